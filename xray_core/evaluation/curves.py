"""Curves of binary scores: ROC, precision-recall, reliability, decision."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.evaluation.ranked import Ranking
from xray_core.evaluation.statistics import Bools, Floats

RELIABILITY_BINS = 10
RELIABILITY = "reliability"
"""Key of a reliability curve among the figures of a bundle."""


@dataclass(frozen=True)
class Curve:
    """Points of a curve, from left to right.

    Attributes:
        x: float64 (G,).
        y: float64 (G,).
        thresholds: float64 (G,), the score from which on pneumonia is called at each point.
    """

    x: Floats
    y: Floats
    thresholds: Floats


@dataclass(frozen=True)
class Reliability:
    """What was said against what was true, in bins of equal width; bins without films left out.

    Attributes:
        said: float64 (G,), mean P(pneumonia) of each bin.
        true: float64 (G,), share of films with pneumonia.
        low: float64 (G,), lower end of the 95 % interval of that share (Wilson 1927).
        high: float64 (G,), upper end.
        films: int (G,).
    """

    said: Floats
    true: Floats
    low: Floats
    high: Floats
    films: NDArray[np.intp]

    def to_json(self) -> dict[str, list[float]]:
        """Return the bins as JSON types, a list for each attribute."""
        return {name: values.tolist() for name, values in vars(self).items()}

    @classmethod
    def from_json(cls, content: Any) -> "Reliability":
        """Return what `to_json` has written.

        Raises:
            ValueError: it is something else.
        """
        try:
            found = {f.name: np.asarray(content[f.name], np.float64) for f in fields(cls)}
        except (KeyError, TypeError) as error:
            raise ValueError("these are no bins of a reliability curve.") from error
        if {values.shape for values in found.values()} != {(found["films"].size,)}:
            raise ValueError("the bins of a reliability curve have not one length.")
        films = found.pop("films").astype(np.intp)
        return cls(**found, films=films)


def roc_curve(p: Floats, truth: Bools) -> Curve:
    """Return false alarms (1 − specificity) against sensitivity; empty without both kinds.

    Args:
        p: (N,) scores, higher for positives.
        truth: bool (N,).
    """
    found, alarms, thresholds = _steps(p, truth)
    if not len(found) or not found[-1] or not alarms[-1]:
        return _EMPTY
    return Curve(alarms / alarms[-1], found / found[-1], thresholds)


def precision_recall_curve(p: Floats, truth: Bools) -> Curve:
    """Return recall against precision at each threshold; empty without both kinds."""
    found, alarms, thresholds = _steps(p, truth)
    if not len(found) or not found[-1] or not alarms[-1]:
        return _EMPTY
    found, alarms = found[1:], alarms[1:]
    return Curve(found / found[-1], found / (found + alarms), thresholds[1:])


def stepped(curve: Curve) -> Curve:
    """Return a precision-recall curve with its steps drawn out.

    Between two thresholds recall is gained at the precision of the second, so that the area is
    that of `ranked.Steps.average_precision`; no threshold gives the straight line between the two
    (Davis and Goadrich 2006, ICML 23:233).
    """
    if len(curve.x) < 2:
        return curve
    x, at = np.repeat(curve.x, 2)[:-1], np.repeat(curve.thresholds, 2)[1:]
    return Curve(x, np.repeat(curve.y, 2)[1:], at)


def decision_curve(p: Floats, truth: Bools, thresholds: Floats) -> Curve:
    """Return the net benefit of acting on the model from each threshold on.

    Films rightly called, less those wrongly called times the odds of the threshold, for each film
    (Vickers and Elkin 2006, Medical Decision Making 26:565): it counts a false alarm as much as a
    doctor does who would act from that probability on.

    Args:
        p: (N,) calibrated probabilities.
        truth: bool (N,).
        thresholds: (G,) in (0, 1).
    """
    if not len(p):
        return _EMPTY
    called = p >= thresholds[:, None]
    found, alarms = (called & truth).mean(axis=1), (called & ~truth).mean(axis=1)
    return Curve(thresholds, found - alarms * thresholds / (1 - thresholds), thresholds)


def treat_all(truth: Bools, thresholds: Floats) -> Curve:
    """Return the net benefit of calling every film pneumonia, to be beaten."""
    return decision_curve(np.ones(len(truth)), truth, thresholds)


def reliability(p: Floats, truth: Bools, bins: int = RELIABILITY_BINS) -> Reliability:
    """Return mean probability and share of positives in bins of equal width on [0, 1]."""
    number = np.minimum((p * bins).astype(int), bins - 1)
    films = np.bincount(number, minlength=bins)
    there = films > 0
    n = films[there]
    said = np.bincount(number, p, bins)[there] / n
    true = np.bincount(number, truth, bins)[there] / n
    z = 1.959964
    middle = (true + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * np.sqrt(true * (1 - true) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Reliability(said, true, middle - reach, middle + reach, n)


_EMPTY = Curve(np.empty(0), np.empty(0), np.empty(0))


def _steps(p: Floats, truth: Bools) -> tuple[Floats, Floats, Floats]:
    if not len(p):
        return np.empty(0), np.empty(0), np.empty(0)
    steps = Ranking.of(p, truth).steps(np.ones((len(p), 1)))
    thresholds = np.append(np.inf, np.unique(p)[::-1])
    found, alarms = (np.asarray(curve[:, 0], np.float64) for curve in (steps.found, steps.alarms))
    return found, alarms, thresholds
