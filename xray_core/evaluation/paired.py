"""Bootstrap draws of patients that models share, so that figures can be compared draw by draw.

Two models on the same films err together: a draw with many hard films is bad for both. The interval
of their difference is that of the differences within each draw, and narrower than their own two
intervals suggest (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 8).
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000
_VALUES = 2**18
"""Weights at a time: 1 MB of them stays in a processor's cache."""

Weights = NDArray[np.floating]
"""How often each film counts in each draw, (N, B): one row a film, one column a draw."""

Statistics = Callable[[Weights], dict[str, NDArray[np.floating]]]
"""From weights (N, B) to named figures (B,), NaN where undefined."""


Step = Callable[[float], None]
"""Told the share done, 0 to 1; what it raises ends the work."""


def draws_of(
    statistics: Statistics,
    patients: Sequence[str],
    *,
    seed: int = 0,
    draws: int = DRAWS,
    step: Step | None = None,
) -> dict[str, NDArray[np.floating]]:
    """Return each figure in every draw of patients, (draws,).

    The same patients and seed give the same draws: so what is returned for one model and for
    another on the same films may be subtracted.

    Args:
        statistics: see `Statistics`; it may hold the figures of several models.
        patients: (N,) key of each film's patient.
        seed: of the draws.
        draws: how many.
        step: told before each lot of draws, so that seconds of work can be shown and stopped.
    """
    parts, done = [], 0
    for weights in _drawn(patients, seed, draws):
        if step:
            step(done / draws)
        parts.append(statistics(weights))
        done += weights.shape[1]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _drawn(patients: Sequence[str], seed: int, draws: int) -> Iterator[Weights]:
    names, codes = np.unique(np.asarray(patients, dtype=str), return_inverse=True)
    people, rng = len(names), np.random.default_rng(seed)
    chunk = max(16, _VALUES // max(1, len(codes)))
    for first in range(0, draws, chunk):
        columns = min(chunk, draws - first)
        if not people:
            yield np.empty((0, columns), np.float32)
            continue
        picks = rng.integers(people, size=(columns, people), dtype=np.int32)
        picks += people * np.arange(columns, dtype=np.int32)[:, None]
        counts = np.bincount(picks.ravel(), minlength=columns * people)
        weights = counts.reshape(columns, people).T.astype(np.float32)
        yield weights[codes]


def lower_bound(drawn: NDArray[np.floating], level: float = 0.95) -> float | None:
    """Return the one-sided bound that a figure or difference exceeds with this confidence.

    Args:
        drawn: (B,) from `draws_of`, or the difference of two such.
        level: 0.95 leaves 5 % of the draws below the bound.
    """
    defined = drawn[~np.isnan(drawn)]
    return float(np.quantile(defined, 1 - level)) if len(defined) else None
