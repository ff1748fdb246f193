"""Changed batches of an epoch, in an order and with changes that the seed decides."""

import keras
import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.geometry import normalise
from xray_core.networks.poses import POSES
from xray_core.training.segmenter.augment import Example, change, tone
from xray_core.training.segmenter.config import SegmenterConfig
from xray_core.training.segmenter.films import MaskedSet
from xray_core.training.segmenter.no_chest import draw_no_chest, scramble

Targets = tuple[NDArray[np.float32], NDArray[np.float32]]


class MaskedBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of one epoch, made by two threads while the network trains.

    Args:
        films: training canvases.
        config: the run.
        epoch: number of the epoch; with the seed and the batch it keys every random change, so an
            epoch is the same whether the run was interrupted before it or not.
    """

    def __init__(self, films: MaskedSet, config: SegmenterConfig, epoch: int) -> None:
        super().__init__(workers=2, use_multiprocessing=False, max_queue_size=16)
        self.films, self.config, self.epoch = films, config, epoch
        rng = np.random.default_rng([config.seed, epoch])
        self.order = rng.choice(len(films), config.films_per_epoch, p=_weights(films, config))
        self.others = rng.choice(len(films), config.films_per_epoch)

    def __len__(self) -> int:
        return len(self.order) // self.config.batch

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], Targets]:
        """Return inputs (N, S, S, 1) and targets: lungs with weights (N, S, S, 2), pose (N, 3)."""
        rows = slice(index * self.config.batch, (index + 1) * self.config.batch)
        rng = np.random.default_rng([self.config.seed, self.epoch, index])
        how = self.config.preprocessing
        examples = [
            self._example(i, j, rng)
            for i, j in zip(self.order[rows], self.others[rows], strict=True)
        ]
        inputs = [normalise(e.film, how.normalisation, how.low, how.high) for e in examples]
        lungs = [np.stack([e.lungs, e.weight], axis=-1) for e in examples]
        return np.stack(inputs)[..., None], (np.stack(lungs), np.stack([e.pose for e in examples]))

    def _example(self, row: int, other: int, rng: np.random.Generator) -> Example:
        config, canvases = self.config, self.films.canvases
        size = config.input_size
        if rng.random() >= config.changes.no_chest:
            return change(canvases[row], canvases[other], size, config.changes, rng)
        scrambled = rng.random() < 0.4
        if scrambled:
            shown = change(canvases[row], canvases[other], size, config.changes, rng).film
            picture = scramble(np.rint(shown * 255).astype(np.uint8), rng)
        else:
            picture = draw_no_chest(size, rng)
        blank = np.zeros((size, size), np.float32)
        pose = np.eye(len(POSES), dtype=np.float32)[POSES.index("no pair")]
        # Tiles of a film hold pieces of lung: their outline is not scored.
        return Example(tone(picture, config.changes, rng), blank, blank + (not scrambled), pose)


def _weights(films: MaskedSet, config: SegmenterConfig) -> NDArray[np.float64]:
    """Return the probability (N,) with which each training film is drawn."""
    sources = films.table["source"]
    share = {folder.source: folder.share for folder in config.data}
    weights = (sources.map(share) / sources.map(sources.value_counts())).to_numpy(np.float64)
    return weights / weights.sum()
