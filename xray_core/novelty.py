"""How unlike the training films a film is: the check before an opinion on something else.

Two descriptions of the network's own input are compared with those of the training films: a small
thumbnail (where it is bright) and a histogram of edge directions in an 8×8 grid (where it has which
edges; Dalal and Triggs 2005). Principal components of each span what a frontal chest film looks
like. A film's distance has two parts in each (Jackson and Mudholkar 1979, Technometrics 21:341):
what the components cannot draw (Q), and how far out it lies within them (Hotelling's T²). Each part
is divided by its 99th percentile over the training films, and the largest counts: 1 is as far out
as one training film in a hundred.
"""

import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.datasets.archive_limits import DAMAGE
from xray_core.errors import BundleError

Floats = NDArray[np.float32]

THUMBNAIL_SIDE = 32
EDGE_SIDE, EDGE_CELL, EDGE_DIRECTIONS = 64, 8, 8
COMPONENTS = 60
LEAST_REST = 0.05
"""Of what a film has beside the mean; of thousands of films the rest has some ten times as much."""
MAX_BYTES = 2**20
"""Of all arrays together; those of this form take half of that."""


@dataclass(frozen=True)
class _Span:
    """What one description of the training films spans.

    Attributes:
        mean: float32 (D,).
        components: float32 (C, D), orthonormal rows.
        scales: float32 (C,), standard deviation along each component.
        units: float32 (2,), the 99th percentiles of Q and T over the training films.
    """

    mean: Floats
    components: Floats
    scales: Floats
    units: Floats

    @classmethod
    def fit(cls, described: Floats) -> "_Span":
        mean = described.mean(axis=0)
        _, singular, rows = np.linalg.svd(described - mean, full_matrices=False)
        # Of few films at most half as many: all of them would draw these films without a rest, and
        # the last ones would be noise. Through float16, as they are stored, so that the units fit.
        count = min(COMPONENTS, max(1, len(described) // 2))
        components = rows[:count].astype(np.float16).astype(np.float32)
        scales = np.maximum(singular[: len(components)] / np.sqrt(len(described) - 1), 1e-6)
        bare = cls(mean, components, scales.astype(np.float32), np.ones(2, np.float32))
        units = np.percentile(bare.parts(described), 99, axis=0).astype(np.float32)
        # Nor may the rest that these few have be the unit of all others.
        spread = np.linalg.norm(described - mean) / np.sqrt(len(described))
        least = np.maximum([LEAST_REST * spread, 0], 1e-6).astype(np.float32)
        return cls(bare.mean, bare.components, bare.scales, np.maximum(units, least))

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[Any]], name: str, width: int) -> "_Span":
        """Return the span of that name and number of values.

        Raises:
            ValueError: an array has another shape, or what it holds is no measure.
            KeyError: an array is missing.
        """
        keys = ("mean", "components", "scales", "units")
        mean, components, scales, units = (
            arrays[f"{name}_{key}"].astype(np.float32) for key in keys
        )
        count = len(components)
        shapes = ((width,), (count, width), (count,), (2,))
        found = (mean, components, scales, units)
        if tuple(array.shape for array in found) != shapes or not 0 < count <= COMPONENTS:
            raise ValueError(f"{name}: arrays of other shapes")
        if not all(np.isfinite(array).all() for array in found) or min(*scales, *units) <= 0:
            raise ValueError(f"{name}: not finite, or no scale")
        return cls(mean, components, scales, units)

    def parts(self, described: Floats) -> NDArray[np.float64]:
        """Return Q and T (N, 2) in their units."""
        centred = described - self.mean
        scores = centred @ self.components.T
        q = np.linalg.norm(centred - scores @ self.components, axis=1)
        t = np.linalg.norm(scores / self.scales, axis=1)
        return np.stack([q, t], axis=1).astype(np.float64) / self.units


@dataclass(frozen=True)
class NoveltyModel:
    """The spans of the training films' thumbnails and edges."""

    thumbnails: _Span
    edges: _Span

    @classmethod
    def fit(cls, inputs: Iterable[Floats]) -> "NoveltyModel":
        """Fit to the inputs (S, S) in [0, 1] of the training films, two at least; kept is none."""
        described = [(_thumbnail(film), _edges(film)) for film in inputs]
        thumbnails, edges = (np.stack(kind) for kind in zip(*described, strict=True))
        return cls(_Span.fit(thumbnails), _Span.fit(edges))

    def distance(self, inputs: Floats) -> NDArray[np.float64]:
        """Return the distance (N,) of inputs (N, S, S) in [0, 1]."""
        parts = [
            self.thumbnails.parts(_describe(inputs, _thumbnail)),
            self.edges.parts(_describe(inputs, _edges)),
        ]
        return np.concatenate(parts, axis=1).max(axis=1)

    def save(self, path: Path) -> None:
        """Write the arrays as `.npz`."""
        arrays: dict[str, NDArray[np.floating]] = {}
        for name, span in (("thumbnails", self.thumbnails), ("edges", self.edges)):
            arrays |= {f"{name}_{key}": value for key, value in vars(span).items()}
            arrays[f"{name}_components"] = span.components.astype(np.float16)
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> "NoveltyModel":
        """Read what `save` wrote.

        Raises:
            BundleError: the file is missing or not of that form.
        """
        try:
            # Opened here, because NumPy leaves it open where it is no archive.
            with path.open("rb") as file, zipfile.ZipFile(file) as archive:
                if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                    raise ValueError("a small file claims large arrays")
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls(
                    _Span.read(arrays, "thumbnails", THUMBNAIL_SIDE**2),
                    _Span.read(arrays, "edges", (EDGE_SIDE // EDGE_CELL) ** 2 * EDGE_DIRECTIONS),
                )
        # NumPy gives members that are no arrays as bytes, which have no astype.
        except (*DAMAGE, KeyError, AttributeError, TypeError) as error:
            raise BundleError(f"{path.name}: the novelty check cannot be read.") from error


def _describe(inputs: Floats, one: Callable[[Floats], Floats]) -> Floats:
    return np.stack([one(film) for film in inputs])


def _thumbnail(film: Floats) -> Floats:
    """Return a standardised thumbnail (1024,), so that exposure and contrast do not count."""
    side = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    thumb: Floats = cv2.resize(film, side, interpolation=cv2.INTER_AREA).ravel()
    return (thumb - thumb.mean()) / max(float(thumb.std()), 1e-3)


def _edges(film: Floats) -> Floats:
    """Return the root of the share of edge strength (512,) by direction and cell."""
    small = cv2.resize(film, (EDGE_SIDE, EDGE_SIDE), interpolation=cv2.INTER_AREA)
    dx, dy = (cv2.Sobel(small, cv2.CV_32F, *order, ksize=3) for order in ((1, 0), (0, 1)))
    strength = np.hypot(dx, dy)
    turn = np.arctan2(dy, dx) % (2 * np.pi) * (EDGE_DIRECTIONS / (2 * np.pi))
    lower = np.floor(turn).astype(int) % EDGE_DIRECTIONS
    upper_share = turn - np.floor(turn)
    cells = np.arange(EDGE_SIDE) // EDGE_CELL
    cell = cells[:, None] * (EDGE_SIDE // EDGE_CELL) + cells[None, :]
    bins = EDGE_DIRECTIONS * (EDGE_SIDE // EDGE_CELL) ** 2
    histogram = np.bincount(
        np.concatenate(
            [
                (cell * EDGE_DIRECTIONS + lower).ravel(),
                (cell * EDGE_DIRECTIONS + (lower + 1) % EDGE_DIRECTIONS).ravel(),
            ]
        ),
        np.concatenate([(strength * (1 - upper_share)).ravel(), (strength * upper_share).ravel()]),
        minlength=bins,
    )
    return np.sqrt(histogram / (histogram.sum() + 1e-6)).astype(np.float32)
