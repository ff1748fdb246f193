"""What augmentation does to films, as pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Preprocessing
from xray_core.datasets.dataset import Dataset
from xray_core.errors import XrayError
from xray_core.imaging.guard import read_guarded
from xray_core.training.augment import augment
from xray_core.training.canvas import CONTEXT, Canvas, centre_of
from xray_core.training.config import Augmentation
from xray_core.training.grain import lay_grain
from xray_core.training.preparation import FilmPreparation

CHANGED = 4
GAP = 4
GROUND = 11
SIDE = 176
"""Pixels of a film on the screen."""


@dataclass(frozen=True)
class Sample:
    """A film to show augmentation on.

    Attributes:
        label: of the film.
        canvas: uint8 (M, M), what training films are augmented from.
    """

    label: str
    canvas: Canvas


def samples(dataset: Dataset, how: Preprocessing, size: int) -> tuple[Sample, ...]:
    """Return one readable film of each label, prepared as for training.

    Args:
        dataset: the films.
        how: the network's preprocessing.
        size: side of its input in pixels.

    Raises:
        BundleError: the lungs are to be cropped to, and there is no segmenter.
    """
    prepare, found = FilmPreparation(how, size), list[Sample]()
    labels = dataset.table["label"]
    for label in sorted(labels.unique()):
        for row in np.flatnonzero(labels == label)[:3]:
            try:
                film = read_guarded(dataset.film_bytes(int(row)), str(label))
                found.append(Sample(str(label), prepare.canvas(film.pixels)))
                break
            except XrayError:  # the next one of its label will do
                continue
    return tuple(found)


def preview(
    shown: Sequence[Sample], which: int, how: Augmentation, size: int, seed: int
) -> NDArray[np.uint8]:
    """Draw a film as the network sees it unchanged, and `CHANGED` times changed, side by side.

    Mixing of two films, hidden lungs and borrowed feature maps (`Augmentation.mixup`, `hide_lungs`,
    `mix_style`) are not drawn: they are done with whole batches.

    Args:
        shown: from `samples`.
        which: the film to draw; the others lend their frames.
        how: probabilities and ranges.
        size: side of the network's input in pixels.
        seed: of the changes.

    Returns:
        uint8 grey values (SIDE, width).
    """
    canvas, other = shown[which].canvas, shown[(which + 1) % len(shown)].canvas
    tiles = [centre_of(canvas, size)]
    for number in range(CHANGED):
        rng = np.random.default_rng([seed, which, number])
        changed = augment(canvas, other, size, how, rng, CONTEXT)
        lay_grain(changed[None], how.grain, how.grain_strength, rng)
        tiles.append(np.rint(changed * 255).astype(np.uint8))
    gap = np.full((SIDE, GAP), GROUND, np.uint8)
    drawn = [cv2.resize(tile, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) for tile in tiles]
    row = [part for tile in drawn for part in (np.asarray(tile, np.uint8), gap)]
    return np.concatenate(row[:-1], axis=1)
