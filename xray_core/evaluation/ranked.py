"""Figures that depend on the order of scores, for many weightings of the films at once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xray_core.evaluation.paired import Weights
from xray_core.evaluation.statistics import Bools, Floats

Values = NDArray[np.floating]
Rows = NDArray[np.intp]

_SLACK = 1e-3
"""Weights are whole numbers: what is closer to a limit than this is at it."""


@dataclass(frozen=True)
class Ranking:
    """The order of scored films, found once for all weightings.

    Attributes:
        positives: (P,) film numbers, highest score first.
        negatives: (Q,) film numbers, highest score first.
        above: (P,) negatives that outscore each of the positives.
        through: (P,) the same, with those of equal score.
        found: (G + 1,) positives that are called when the threshold is above every score, and at
            each different score from the highest down.
        alarms: (G + 1,) negatives that are called there.
    """

    positives: Rows
    negatives: Rows
    above: Rows
    through: Rows
    found: Rows
    alarms: Rows

    @classmethod
    def of(cls, scores: Floats, truth: Bools) -> "Ranking":
        """Rank films by scores (N,), higher for positives; truth is bool (N,)."""
        order = np.argsort(-scores, kind="stable")
        positives, negatives = order[truth[order]], order[~truth[order]]
        # Negated, so that both rise as searchsorted wants them.
        ill, well = -scores[positives], -scores[negatives]
        levels = np.unique(-scores)
        return cls(
            positives,
            negatives,
            np.searchsorted(well, ill, side="left"),
            np.searchsorted(well, ill, side="right"),
            np.append(0, np.searchsorted(ill, levels, side="right")),
            np.append(0, np.searchsorted(well, levels, side="right")),
        )

    def steps(self, weights: Weights) -> "Steps":
        """Return the weighted ROC curves, one for each column of weights (N, B)."""
        return Steps(self, weights)


class Steps:
    """ROC curves of B weightings, from calling no film to calling all; every figure is (B,)."""

    def __init__(self, ranking: Ranking, weights: Weights) -> None:
        self._ranking = ranking
        self._ill = weights[ranking.positives]
        self._alarms = _summed(weights[ranking.negatives])

    @cached_property
    def found(self) -> Values:
        """Weight of the positives called, (G + 1, B), from 0."""
        return np.asarray(_summed(self._ill)[self._ranking.found])

    @cached_property
    def alarms(self) -> Values:
        """Weight of the negatives called, (G + 1, B), from 0."""
        return np.asarray(self._alarms[self._ranking.alarms])

    def area(self) -> Values:
        """Return the area under the ROC curve, ties counting one half."""
        well = self._alarms[-1]
        passed = self._alarms[self._ranking.above]
        passed += self._alarms[self._ranking.through]
        lost = np.einsum("pb,pb->b", self._ill, passed) / 2
        pairs = self._ill.sum(axis=0) * well
        return 1 - _share(lost, pairs)

    def average_precision(self) -> Values:
        """Return the area under the precision-recall curve as a sum of steps.

        The precision at each threshold, weighted by the recall that it adds, as scikit-learn
        defines it; the straight line between two points would flatter (Davis and Goadrich 2006).
        Undefined without a negative: it would be 1 whatever the scores.
        """
        found, alarms = self.found[1:], self.alarms[1:]
        precision = _share(found, found + alarms, undefined=0.0)
        gained = found - self.found[:-1]
        area = _share(np.einsum("gb,gb->b", gained, precision), self.found[-1])
        return np.where(self.alarms[-1] > 0, area, np.nan)

    def sensitivity_at(self, specificity: float) -> Values:
        """Return the highest sensitivity with at least this specificity."""
        allowed = (1 - specificity) * self.alarms[-1]
        last = (self.alarms <= allowed + _SLACK).sum(axis=0) - 1
        sensitivity = _share(_picked(self.found, last), self.found[-1])
        return np.where(self.alarms[-1] > 0, sensitivity, np.nan)

    def specificity_at(self, sensitivity: float) -> Values:
        """Return the highest specificity with at least this sensitivity."""
        wanted = sensitivity * self.found[-1]
        first = (self.found < wanted - _SLACK).sum(axis=0)
        alarms = _share(_picked(self.alarms, first), self.alarms[-1])
        return np.where(self.found[-1] > 0, 1 - alarms, np.nan)


def _summed(values: Values) -> Values:
    """Return running sums down the rows (n, B), from 0: (n + 1, B)."""
    out = np.zeros((len(values) + 1, values.shape[1]), values.dtype)
    np.cumsum(values, axis=0, out=out[1:])
    return out


def _picked(values: Values, rows: Rows) -> Values:
    return np.asarray(values[rows, np.arange(values.shape[1])])


def _share(part: Values, of: Values, undefined: float = np.nan) -> Values:
    result = np.full(np.shape(of), undefined, np.result_type(part, np.float32))
    return np.divide(part, of, out=result, where=of > 0)
