"""The films on which models differ, and those on which one is surest and wrong."""

import numpy as np

from xray_core.evaluation.pair import Pair
from xray_core.evaluation.result import ModelResult


def disagreements(pair: Pair) -> list[int]:
    """Return the films that one model has right and the other wrong, the widest apart first.

    Returns:
        Positions in the data set.
    """
    a, b = pair.of_a.opinions, pair.of_b.opinions
    apart = np.where(a.right != b.right, np.abs(a.p - b.p), -1.0)
    rows = np.flatnonzero(pair.rows)
    order = np.argsort(-apart, kind="stable")
    return [int(rows[i]) for i in order if apart[i] >= 0]


def confident_mistakes(model: ModelResult) -> list[int]:
    """Return the films that a model has wrong, the surest first.

    It is as sure as it is far beyond its threshold, as a part of what there is on that side.

    Args:
        model: the result.

    Returns:
        Positions in the data set.
    """
    opinions = model.measured.opinions
    p, at = opinions.p, opinions.threshold
    side = np.where(opinions.called, 1 - at, at)
    sure = np.abs(p - at) / np.maximum(side, 1e-9)
    wrong = ~opinions.right
    rows = np.flatnonzero(model.rows)
    order = np.argsort(-np.where(wrong, sure, -1.0), kind="stable")[: int(wrong.sum())]
    return [int(rows[i]) for i in order]
