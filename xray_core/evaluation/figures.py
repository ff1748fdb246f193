"""From probabilities and labels to the figures that cards, pages and `evaluate` show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Interval
from xray_core.evaluation.bootstrap import (
    intervals,
    with_width,
    without_exception,
    without_overlap,
)
from xray_core.evaluation.opinions import Kinds, Opinions
from xray_core.evaluation.statistics import (
    Bools,
    Floats,
    auc,
    brier,
    expected_calibration_error,
    share,
)
from xray_core.labels import BACTERIAL, NORMAL, PNEUMONIA_CLASSES, VIRAL, Label, Task


@dataclass(frozen=True)
class ClassFigures:
    """How well the most probable output finds one class, over exactly labelled films.

    Attributes:
        precision: share of the films given this class that are of it; None where none was given.
        recall: share of the films of this class that were given it; None where there is none.
        f1: their harmonic mean, 0 where no film was found; None where there is none to find.
        support: films of this class.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True)
class Figures:
    """How a model does on labelled films; `None` stands for what is undefined.

    AUC, accuracy, sensitivity, specificity and confusion are of NORMAL against PNEUMONIA, the last
    four at the threshold. Intervals are 95 %, bootstrapped over patients.

    Attributes:
        n: films that were scored.
        unscored: films left out because the task has no place for their label.
        patients: patients of the scored films.
        threshold: PNEUMONIA at or above it.
        confusion: ((true normal, false alarm), (missed, found)), films.
        ece: expected calibration error of p_pneumonia, 15 bins.
        brier: mean squared error of p_pneumonia.
        per_class: for each output of the task.
        bacterial_vs_viral_auc: by p(B) / (p(B) + p(V)) over films exactly labelled so.
    """

    n: int
    unscored: int
    patients: int
    threshold: float
    auc: Interval
    accuracy: Interval
    sensitivity: Interval
    specificity: Interval
    confusion: tuple[tuple[int, int], tuple[int, int]]
    ece: Interval
    brier: Interval
    per_class: dict[str, ClassFigures]
    bacterial_vs_viral_auc: Interval

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON types: the metric keys of `evaluate --json`, in its order."""
        return {
            "auc": self.auc.value,
            "auc_ci": ends(self.auc),
            "accuracy": self.accuracy.value,
            "accuracy_ci": ends(self.accuracy),
            "sensitivity": self.sensitivity.value,
            "specificity": self.specificity.value,
            "confusion": [list(row) for row in self.confusion],
            "threshold": self.threshold,
            "ece": self.ece.value,
            "brier": self.brier.value,
            "per_class": {name: vars(one).copy() for name, one in self.per_class.items()},
            "bacterial_vs_viral_auc": self.bacterial_vs_viral_auc.value,
            "sensitivity_ci": ends(self.sensitivity),
            "specificity_ci": ends(self.specificity),
            "ece_ci": ends(self.ece),
            "brier_ci": ends(self.brier),
            "bacterial_vs_viral_auc_ci": ends(self.bacterial_vs_viral_auc),
            "patients": self.patients,
            "unscored": self.unscored,
        }


def figures(
    probabilities: NDArray[np.floating],
    labels: Sequence[Label],
    patients: Sequence[str],
    task: Task,
    threshold: float,
    *,
    seed: int = 0,
    draws: int = 2000,
) -> Figures:
    """Return the figures of a model's probabilities on labelled films.

    A label may be partial. NORMAL is a label of that class alone, PNEUMONIA one that allows nothing
    but its kinds; a film that could be either, or that the task has no output for, is left out. A
    film is exactly labelled where one output covers all that its label allows.

    Args:
        probabilities: (N, K), calibrated, in the order of the task's outputs.
        labels: (N,).
        patients: (N,) key of each film's patient.
        task: the outputs.
        threshold: on p_pneumonia, in [0, 1]: PNEUMONIA at or above it.
        seed: of the bootstrap.
        draws: of the bootstrap.
    """
    scored = [i for i, label in enumerate(labels) if has_place(label, task)]
    kept = [labels[i] for i in scored]
    people = [patients[i] for i in scored]
    p = np.asarray(probabilities).reshape(-1, len(task.outputs))[scored]
    truth = np.array([label <= PNEUMONIA_CLASSES for label in kept], dtype=bool)
    p_pneumonia = task.p_pneumonia(p).astype(np.float64)
    called = p_pneumonia >= threshold
    opinions = Opinions(
        task, threshold, p.astype(np.float64), np.empty((len(p), 0)), tuple(kept), tuple(people)
    )

    def statistics(weights: Floats) -> dict[str, Floats]:
        return {
            "auc": auc(p_pneumonia, truth, weights),
            "accuracy": share(called == truth, np.ones_like(truth), weights),
            "sensitivity": share(called, truth, weights),
            "specificity": share(~called, ~truth, weights),
            "ece": expected_calibration_error(p_pneumonia, truth, weights),
            "brier": brier(p_pneumonia, truth, weights),
            "bacterial_vs_viral_auc": _bacterial_vs_viral(opinions.kinds, weights),
        }

    found = intervals(statistics, people, seed=seed, draws=draws)
    for name, among in (
        ("accuracy", np.ones_like(truth)),
        ("sensitivity", truth),
        ("specificity", ~truth),
    ):
        count = len(set(np.asarray(people, dtype=str)[among]))
        found[name] = without_exception(found[name], count)
    for name in ("ece", "brier"):
        found[name] = with_width(found[name])
    sides = {
        "auc": (PNEUMONIA_CLASSES, frozenset({NORMAL})),
        "bacterial_vs_viral_auc": (frozenset({BACTERIAL}), frozenset({VIRAL})),
    }
    for name, (positive, negative) in sides.items():
        found[name] = without_overlap(
            found[name],
            [key for key, label in zip(people, kept, strict=True) if label <= positive],
            [key for key, label in zip(people, kept, strict=True) if label <= negative],
        )
    return Figures(
        n=len(kept),
        unscored=len(labels) - len(kept),
        patients=len(set(people)),
        threshold=float(threshold),
        confusion=_confusion(truth, called),
        per_class=_per_class(p, kept, task),
        **found,
    )


def has_place(label: Label, task: Task) -> bool:
    """Tell whether a film is NORMAL or PNEUMONIA by its label, and of a class the task knows."""
    one_side = label == {NORMAL} or label <= PNEUMONIA_CLASSES
    return one_side and bool(task.allowed(label).any())


def _confusion(truth: Bools, called: Bools) -> tuple[tuple[int, int], tuple[int, int]]:
    (tn, fp), (fn, tp) = (
        tuple(int(np.sum((truth == actual) & (called == said))) for said in (False, True))
        for actual in (False, True)
    )
    return (tn, fp), (fn, tp)


def _per_class(
    p: NDArray[np.floating], labels: Sequence[Label], task: Task
) -> dict[str, ClassFigures]:
    exact = np.array([[label <= members for members in task.classes] for label in labels])
    exact = exact.reshape(-1, len(task.outputs))
    rows = exact.any(axis=1)
    actual = exact[rows].argmax(axis=1)
    given = p[rows].argmax(axis=1)
    return {name: _class_figures(actual == k, given == k) for k, name in enumerate(task.outputs)}


def _class_figures(actual: Bools, given: Bools) -> ClassFigures:
    support, named, found = (int(np.sum(x)) for x in (actual, given, actual & given))
    return ClassFigures(
        precision=found / named if named else None,
        recall=found / support if support else None,
        f1=2 * found / (named + support) if support else None,
        support=support,
    )


def _bacterial_vs_viral(kinds: Kinds | None, weights: Floats) -> Floats:
    if kinds is None:
        return np.full(len(weights), np.nan)
    rows, scores, truth = kinds
    return auc(scores, truth, weights[:, rows])


def ends(interval: Interval) -> list[float] | None:
    """Return the ends of an interval as `evaluate --json` prints them, None where it has none."""
    if interval.low is None or interval.high is None:
        return None
    return [interval.low, interval.high]
