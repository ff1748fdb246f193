"""What a class might be told from although it cannot be disease, as numbers for each film."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.datasets.audit.survey import PICTURE, Survey
from xray_core.datasets.medmnist import NpzStore

Features = NDArray[np.float32]

THUMBNAIL = 16
BORDER = 6


@dataclass(frozen=True)
class ProbeKind:
    """One thing that a class might be told from.

    Attributes:
        name: short key.
        title: the same in words, as the subject of a sentence.
        warning: from this cross-validated AUC on it is warned of.
        serious: from this one on nobody should train without doing something about it.
        features: measured films → float32 (N, F), or None where it means nothing for them.
    """

    name: str
    title: str
    warning: float
    serious: float
    features: Callable[[Survey], Features | None]


def _file(survey: Survey) -> Features | None:
    if isinstance(survey.dataset.store, NpzStore):
        return None  # films of an array have no files of their own
    facts = survey.facts
    formats = [facts["format"] == name for name in sorted(facts["format"].unique())]
    return _columns(facts["file_bytes"], facts["bits"], *formats)


def _dimensions(survey: Survey) -> Features:
    width, height = survey.facts["width"], survey.facts["height"]
    return _columns(width, height, width / height.clip(lower=1))


def _border(survey: Survey) -> Features:
    """Return the frame, in 2×2 means: as telling as every pixel, at an eighth of the time."""
    half = PICTURE // 2
    blocks = survey.pictures.reshape(-1, half, 2, half, 2).mean((2, 4), dtype=np.float32)
    frame = np.ones((half, half), bool)
    inside = slice(BORDER // 2, -BORDER // 2)
    frame[inside, inside] = False
    return np.asarray(blocks[:, frame], np.float32)


def _thumbnail(survey: Survey) -> Features:
    size = (THUMBNAIL, THUMBNAIL)
    shrunk = [cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in survey.pictures]
    return np.asarray(shrunk, np.float32).reshape(-1, THUMBNAIL**2)


def _sharpness(survey: Survey) -> Features:
    return _columns(survey.facts["sharpness"])


def _columns(*values: object) -> Features:
    return np.stack([np.asarray(value, np.float32) for value in values], axis=1)


PROBES = (
    ProbeKind("border", "the outer border of the film alone", 0.75, 0.90, _border),
    # Not only framing: at 16 pixels a large shadow can still be seen, so more is allowed.
    ProbeKind("thumbnail", "a thumbnail of 16×16 pixels", 0.85, 0.97, _thumbnail),
    ProbeKind("markers", "markers in the corners of the film", 0.75, 0.90, lambda s: s.markers),
    ProbeKind("sharpness", "the sharpness of the film alone", 0.65, 0.85, _sharpness),
    ProbeKind("file", "the size and format of the file", 0.65, 0.85, _file),
    ProbeKind("dimensions", "the dimensions of the film", 0.65, 0.85, _dimensions),
)
"""The border: films shrunk to 56×56, 6 pixels on each side. Sharpness: see `FilmMeasure`."""
