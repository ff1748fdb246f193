"""Weighted statistics of binary scores, for many sets of weights at once.

Every function takes weights (B, N), one row for each resampling of the N films, and returns (B,):
ones give the plain figure, multinomial counts give bootstrap draws. Undefined is NaN.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ECE_BINS = 15


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, NaN where whole is 0."""
    result: Floats = np.full(np.shape(whole), np.nan)
    return np.divide(part, whole, out=result, where=whole > 0)


def auc(scores: Floats, truth: Bools, weights: Floats) -> Floats:
    """Return the area under the ROC curve: the chance that a positive outscores a negative.

    Ties count one half (Mann and Whitney 1947; Hanley and McNeil 1982, Radiology 143:29).

    Args:
        scores: (N,), higher for positives.
        truth: bool (N,), True for positives.
        weights: (B, N), not negative.

    Returns:
        (B,) in [0, 1]; NaN where positives or negatives have no weight.
    """
    if len(scores) == 0:
        return np.full(len(weights), np.nan)
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))
    positives = np.add.reduceat((weights * truth)[:, order], starts, axis=1)
    negatives = np.add.reduceat((weights * ~truth)[:, order], starts, axis=1)
    below = np.cumsum(negatives, axis=1) - negatives / 2
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    return ratio((positives * below).sum(axis=1), pairs)


def share(hit: Bools, among: Bools, weights: Floats) -> Floats:
    """Return the share of `hit` (N,) among the films where `among` (N,) is True, (B,)."""
    return ratio(weights @ (hit & among).astype(float), weights @ among.astype(float))


def expected_calibration_error(p: Floats, truth: Bools, weights: Floats) -> Floats:
    """Return the expected calibration error of p, 15 equal-width bins on [0, 1].

    The mean over films of |mean p − share of positives| of the film's bin (Naeini, Cooper and
    Hauskrecht 2015, AAAI 29:2901; Guo et al. 2017, arXiv:1706.04599, who use 15 bins). A bin holds
    its lower edge; the last holds 1 as well.

    Args:
        p: (N,) probability of the positive class, in [0, 1].
        truth: bool (N,).
        weights: (B, N), not negative.
    """
    bins = np.minimum((p * ECE_BINS).astype(int), ECE_BINS - 1)
    gaps = (p - truth)[:, None] * (bins[:, None] == np.arange(ECE_BINS))
    return ratio(np.abs(weights @ gaps).sum(axis=1), weights.sum(axis=1))


def brier(p: Floats, truth: Bools, weights: Floats) -> Floats:
    """Return the mean of (p − truth)² (Brier 1950, Monthly Weather Review 78:1), (B,)."""
    return ratio(weights @ np.square(p - truth), weights.sum(axis=1))
