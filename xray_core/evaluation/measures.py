"""Every figure of a model on labelled films, plain and in each bootstrap draw."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xray_core.evaluation.opinions import Opinions
from xray_core.evaluation.paired import Statistics, Weights
from xray_core.evaluation.ranked import Ranking, Values
from xray_core.evaluation.statistics import ECE_BINS, Bools, Floats

FIXED = 0.95
"""Sensitivity is given at this specificity, and specificity at this sensitivity."""
AREAS = frozenset(
    {"auc", "auc_lungs_blanked", "auc_frame_blanked", "bacterial_vs_viral_auc", "reliance"}
)
"""Figures of pairs of films, one of each side."""


@dataclass(frozen=True)
class Measure:
    """One figure: how it is called, which way is better, and whether it is shown in per cent."""

    title: str
    better: Literal["higher", "lower", "neither"]
    percent: bool = False


MEASURES = {
    "auc": Measure("AUC", "higher"),
    "auc_lungs_blanked": Measure("AUC, lungs blanked", "neither"),
    "auc_frame_blanked": Measure("AUC, frame blanked", "higher"),
    "reliance": Measure("Reliance on shortcuts", "lower"),
    "average_precision": Measure("Area under precision-recall", "higher"),
    "sensitivity": Measure("Sensitivity", "higher", True),
    "specificity": Measure("Specificity", "higher", True),
    "balanced_accuracy": Measure("Balanced accuracy", "higher", True),
    "accuracy": Measure("Accuracy", "higher", True),
    "precision": Measure("Precision", "higher", True),
    "f1": Measure("F1", "higher"),
    "sensitivity_at_95_specificity": Measure("Sensitivity at 95 % specificity", "higher", True),
    "specificity_at_95_sensitivity": Measure("Specificity at 95 % sensitivity", "higher", True),
    "ece": Measure("Calibration error", "lower"),
    "brier": Measure("Brier score", "lower"),
    "macro_precision": Measure("Precision, mean of classes", "higher"),
    "macro_recall": Measure("Recall, mean of classes", "higher"),
    "macro_f1": Measure("F1, mean of classes", "higher"),
    "bacterial_vs_viral_auc": Measure("AUC, bacterial against viral", "higher"),
}
"""The figures of normal against pneumonia, and means over the classes, in the order of tables."""

PER_CLASS = ("precision", "recall", "f1")


def statistics_of(opinions: Opinions) -> Statistics:
    """Return the function from weights (N, B) to every figure (B,), NaN where undefined.

    The keys are those of `MEASURES`, and `precision:CLASS`, `recall:CLASS`, `f1:CLASS` for each
    output of the task. Sensitivity, specificity, precision, F1 and the accuracies are of calling
    pneumonia at the threshold; without a normal film precision and the area under its curve are
    undefined, for they would be 1 whatever the model says. Those of a class are of the most
    probable output over exactly labelled films, and their means count the classes that have films,
    a precision of a class that was never named as 0, as scikit-learn does by default.
    """
    ranking = Ranking.of(opinions.p, opinions.truth)
    lungs, frame = (Ranking.of(way, opinions.truth) for way in opinions.blanked.T)
    counts, classes = _counted(opinions), opinions.task.outputs
    kinds = opinions.kinds
    pairs = Ranking.of(kinds[1], kinds[2]) if kinds else None
    blanked = bool(np.isfinite(opinions.blanked).all())

    def statistics(weights: Weights) -> dict[str, NDArray[np.floating]]:
        steps = ranking.steps(weights)
        undefined = np.full(weights.shape[1], np.nan)
        without_lungs = lungs.steps(weights).area() if blanked else undefined
        sums = counts.astype(weights.dtype) @ weights
        return {
            "auc": steps.area(),
            "auc_lungs_blanked": without_lungs,
            "auc_frame_blanked": frame.steps(weights).area() if blanked else undefined,
            "reliance": np.abs(without_lungs - 0.5),
            "average_precision": steps.average_precision(),
            "sensitivity_at_95_specificity": steps.sensitivity_at(FIXED),
            "specificity_at_95_sensitivity": steps.specificity_at(FIXED),
            "bacterial_vs_viral_auc": (
                pairs.steps(weights[kinds[0]]).area() if kinds and pairs else undefined
            ),
            **_at_threshold(sums[:5]),
            **_calibration(sums[5 : 5 + ECE_BINS], sums[4], sums[0] + sums[1]),
            **_by_class(sums[5 + ECE_BINS :], classes),
        }

    return statistics


def _counted(opinions: Opinions) -> Floats:
    """Return what is summed over the films, one row each, (rows, N)."""
    truth, called, p = opinions.truth, opinions.called, opinions.p
    bins = np.minimum((p * ECE_BINS).astype(int), ECE_BINS - 1)
    gaps = (p - truth) * (bins == np.arange(ECE_BINS)[:, None])
    known = opinions.exact >= 0
    rows: list[Bools] = []
    for k in range(len(opinions.task.outputs)):
        actual, given = opinions.exact == k, (opinions.given == k) & known
        rows += [actual, given, actual & given]
    plain = [truth, ~truth, truth & called, ~truth & ~called, np.square(p - truth)]
    return np.vstack([*plain, gaps, *rows]).astype(np.float64)


def _at_threshold(sums: Values) -> dict[str, Values]:
    ill, well, found, passed, _ = sums
    sensitivity, specificity = _ratio(found, ill), _ratio(passed, well)
    alarms = well - passed
    return {
        "sensitivity": sensitivity,
        "specificity": specificity,
        "balanced_accuracy": (sensitivity + specificity) / 2,
        "accuracy": _ratio(found + passed, ill + well),
        "precision": np.where(well > 0, _ratio(found, found + alarms), np.nan),
        "f1": np.where(ill > 0, _ratio(2 * found, ill + found + alarms), np.nan),
    }


def _calibration(gaps: Values, squares: Values, films: Values) -> dict[str, Values]:
    return {"ece": _ratio(np.abs(gaps).sum(axis=0), films), "brier": _ratio(squares, films)}


def _by_class(sums: Values, classes: tuple[str, ...]) -> dict[str, Values]:
    found: dict[str, Values] = {}
    support, named, hit = sums[0::3], sums[1::3], sums[2::3]
    there = support > 0
    precision = np.where(there & (named == 0), 0.0, _ratio(hit, named))
    recall = _ratio(hit, support)
    f1 = np.where(there, _ratio(2 * hit, support + named), np.nan)
    for name, values in zip(PER_CLASS, (precision, recall, f1), strict=True):
        kept = np.where(there, values, 0.0).sum(axis=0)
        found[f"macro_{name}"] = _ratio(kept, there.sum(axis=0))
    for k, output in enumerate(classes):
        found[f"precision:{output}"] = _ratio(hit[k], named[k])
        found[f"recall:{output}"] = recall[k]
        found[f"f1:{output}"] = f1[k]
    return found


def _ratio(part: Values, whole: Values) -> Values:
    result = np.full(np.shape(whole), np.nan, np.result_type(part, np.float32))
    return np.divide(part, whole, out=result, where=whole > 0)
