"""Every film of a data set measured once, in a pool, with what is known already taken from disk."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xray_core.datasets.audit.cache import AuditCache
from xray_core.datasets.audit.markers import MARKER_FEATURES, marker_features
from xray_core.datasets.audit.measure import SIDE, FilmMeasure, State, measure_film
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.open import sha256_of
from xray_core.errors import DatasetError
from xray_core.imaging.guard import PROCESSES

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it and of how much; what it raises ends the audit."""

PICTURE = 56
"""Side of the pictures that an audit keeps in memory."""

READING = "Reading films"
_AT_ONCE = 64
FACTS = (
    "state", "reason", "format", "bits", "file_bytes", "width", "height", "synthetic", "mean",
    "spread", "sharpness",
)  # fmt: skip


@dataclass(frozen=True)
class Survey:
    """A data set with what its films look like.

    Attributes:
        dataset: with `sha256` and `phash` filled in; empty where a film could not be read.
        facts: DataFrame, one row a film, columns `FACTS`; see `measure.FilmMeasure`.
        pictures: uint8 (N, 56, 56), area-averaged; black where a film could not be read.
        markers: float32 (N, F), see `markers.marker_features`.
        means: label → float32 (112, 112) in [0, 1], the mean film of each class.
    """

    dataset: Dataset
    facts: pd.DataFrame
    pictures: NDArray[np.uint8]
    markers: NDArray[np.float32]
    means: dict[str, NDArray[np.float32]]

    @property
    def readable(self) -> NDArray[np.bool_]:
        """Which films are films, bool (N,)."""
        return np.asarray(self.facts["state"] == State.READ, bool)


def survey_films(dataset: Dataset, progress: Progress | None = None) -> Survey:
    """Measure every film.

    Films are decoded once, by guarded processes, and kept by their SHA-256 under `XRAY_HOME`: a
    second survey of the same films decodes none.

    Raises:
        Exception: whatever `progress` raises; the films measured until then are kept.
    """
    count = len(dataset)
    pictures = np.zeros((count, PICTURE, PICTURE), np.uint8)
    markers = np.zeros((count, MARKER_FEATURES), np.float32)
    labels = dataset.table["label"].tolist()
    sums: dict[str, NDArray[np.float64]] = {}
    facts: list[tuple[object, ...]] = []
    hashes: list[tuple[str, str]] = []
    cache = AuditCache()
    try:
        with ThreadPoolExecutor(PROCESSES + 1, thread_name_prefix="audit") as pool:
            for first in range(0, count, _AT_ONCE):
                if progress:
                    progress(READING, first, count)
                rows = range(first, min(first + _AT_ONCE, count))
                for row, measure in zip(rows, _measured(dataset, rows, cache, pool), strict=True):
                    facts.append(tuple(getattr(measure, name) for name in FACTS))
                    hashes.append((measure.sha256, measure.phash))
                    if measure.small is not None:
                        pictures[row] = _halved(measure.small)
                        markers[row] = marker_features(measure.small)
                        total = sums.setdefault(labels[row], np.zeros((SIDE, SIDE)))
                        total += measure.small
    finally:
        cache.close()
    table = dataset.table.copy()
    table[["sha256", "phash"]] = pd.DataFrame(hashes, table.index, ["sha256", "phash"])
    frame = pd.DataFrame(facts, table.index, list(FACTS))
    counts = table["label"][frame["state"] == State.READ].value_counts()
    means = {
        name: (total / (255 * counts[name])).astype(np.float32) for name, total in sums.items()
    }
    if progress:
        progress(READING, count, count)
    return Survey(replace(dataset, table=table), frame, pictures, markers, means)


def _measured(
    dataset: Dataset, rows: Sequence[int], cache: AuditCache, pool: ThreadPoolExecutor
) -> list[FilmMeasure]:
    """Return the measures of some films, from the cache where it knows them."""
    hashes = list(pool.map(lambda row: _sha256(dataset, row), rows))
    known = cache.films([sha256 for sha256 in hashes if sha256])
    missing = [row for row, sha256 in zip(rows, hashes, strict=True) if sha256 not in known]
    stated = dict(zip(rows, hashes, strict=True))
    measures = pool.map(lambda row: _measure(dataset, row, stated[row]), missing)
    new = dict(zip(missing, measures, strict=True))
    cache.keep_films(new.values())
    return [
        new[row] if row in new else known[sha256] for row, sha256 in zip(rows, hashes, strict=True)
    ]


def _sha256(dataset: Dataset, row: int) -> str:
    """Return the hash of a film that the table knows, or else of its bytes."""
    known = str(dataset.table["sha256"].iloc[row])
    if known:
        return known
    try:
        return sha256_of(dataset.store, str(dataset.table["path"].iloc[row]))
    except DatasetError:  # `_measure` says why
        return ""


def _measure(dataset: Dataset, row: int, sha256: str) -> FilmMeasure:
    name = PurePosixPath(str(dataset.table["path"].iloc[row])).name
    try:
        return measure_film(dataset.film_bytes(row), name)
    except DatasetError as error:
        return FilmMeasure(sha256, State.UNREADABLE, str(error))


def _halved(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    blocks = small.reshape(PICTURE, SIDE // PICTURE, PICTURE, SIDE // PICTURE)
    return np.asarray(np.round(blocks.mean((1, 3), dtype=np.float32)), np.uint8)
