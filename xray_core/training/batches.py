"""Augmented batches of an epoch, in an order and with changes that the seed decides."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from xray_core.labels import task_named
from xray_core.training.augment import augment, mix
from xray_core.training.canvas import CONTEXT
from xray_core.training.config import TrainingConfig
from xray_core.training.films import FilmSet
from xray_core.training.grain import lay_grain
from xray_core.training.hide_lungs import hide_lungs
from xray_core.training.imbalance import class_weights, draw_order
from xray_core.training.teacher import Teacher

Batch = tuple[NDArray[np.float32], ...]
WORKERS, QUEUE = 2, 16
"""Threads that make batches, and the batches they may be ahead."""


class EpochBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of one epoch, made by two threads while the network trains.

    Args:
        films: training canvases.
        config: the run.
        epoch: number of the epoch; with the seed and the film it keys every random change, so an
            epoch is the same whether the run was interrupted before it or not.
        teacher: of the run, if it has one.
    """

    def __init__(
        self, films: FilmSet, config: TrainingConfig, epoch: int, teacher: Teacher | None = None
    ) -> None:
        super().__init__(workers=WORKERS, use_multiprocessing=False, max_queue_size=QUEUE)
        self.films, self.config, self.epoch, self.teacher = films, config, epoch, teacher
        rng = np.random.default_rng([config.seed, epoch])
        self.order = draw_order(films, config, rng)
        self.others = rng.choice(len(films), config.films_per_epoch)
        self.weights = class_weights(films, config)
        self.normal = task_named(config.task).normal_index

    def __len__(self) -> int:
        return len(self.order) // self.config.batch

    def __getitem__(self, index: int) -> Batch:
        """Return inputs (N, S, S, 1), packed targets (N, 2K + 1), and weights (N,), if any.

        With a teacher the targets are (N, 3K + 1): its probabilities follow, and zeros of a film
        whose lungs are hidden, of which it is not asked.
        """
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
        if self.weights is not None:
            # A column beside the targets: it goes where they go, to another film or into a mixture.
            targets = np.column_stack([targets, self.weights[self.order[rows]]])
        mixed: Batch = mix(batch, targets, config.augmentation.mixup, rng)
        if self.weights is not None:
            mixed = _unpack_weights(*mixed)
        inputs, packed, *weights = mixed
        told = [self.teacher(inputs)] if self.teacher else []
        if share := config.augmentation.grain:
            lay_grain(inputs[..., 0], share, config.augmentation.grain_strength, rng)
        if share := config.augmentation.hide_lungs:
            packed, hidden = hide_lungs(inputs[..., 0], packed, self.normal, share, rng)
            for probabilities in told:
                probabilities[hidden] = 0
        return (inputs, np.column_stack([packed, *told]), *weights)


def _unpack_weights(films: NDArray[np.float32], packed: NDArray[np.float32]) -> Batch:
    """Return films, targets (N, 2K + 1) and weights (N,) of targets packed with weights."""
    half = packed.shape[1] // 2
    share = packed[:, -1]
    weights = share * packed[:, half - 1] + (1 - share) * packed[:, 2 * half - 1]
    targets = np.delete(packed, (half - 1, 2 * half - 1), axis=1)
    return films, targets, weights.astype(np.float32)
