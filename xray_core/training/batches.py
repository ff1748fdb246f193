"""Augmented batches of an epoch, in an order and with changes that the seed decides."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from xray_core.training.augment import augment, mix
from xray_core.training.canvas import CONTEXT
from xray_core.training.config import TrainingConfig
from xray_core.training.films import FilmSet, sampling_weights


class EpochBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of one epoch, made by two threads while the network trains.

    Args:
        films: training canvases.
        config: the run.
        epoch: number of the epoch; with the seed and the film it keys every random change, so an
            epoch is the same whether the run was interrupted before it or not.
    """

    def __init__(self, films: FilmSet, config: TrainingConfig, epoch: int) -> None:
        super().__init__(workers=2, use_multiprocessing=False, max_queue_size=16)
        self.films, self.config, self.epoch = films, config, epoch
        rng = np.random.default_rng([config.seed, epoch])
        weights = sampling_weights(films, config)
        self.order = rng.choice(len(films), config.films_per_epoch, p=weights)
        self.others = rng.choice(len(films), config.films_per_epoch)

    def __len__(self) -> int:
        return len(self.order) // self.config.batch

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        rows = slice(index * self.config.batch, (index + 1) * self.config.batch)
        config, canvases = self.config, self.films.images
        rng = np.random.default_rng([config.seed, self.epoch, index])
        batch = np.stack(
            [
                augment(canvases[i], canvases[j], config.size, config.augmentation, rng, CONTEXT)
                for i, j in zip(self.order[rows], self.others[rows], strict=True)
            ]
        )[..., None]
        targets: Any = self.films.allowed[self.order[rows]].astype(np.float32)
        return mix(batch, targets, config.augmentation.mixup, rng)
