"""The figures of a network that calls pneumonia from a probability of 0.5, as published runs do."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.evaluation.figures import figures
from xray_core.labels import Label, Task

HALF = 0.5
AT_HALF = "at_half"
"""Key of these figures among those of a role."""
_SAME = ("accuracy", "sensitivity", "specificity")


def figures_at_half(
    probabilities: NDArray[np.floating],
    labels: Sequence[Label],
    patients: Sequence[str],
    task: Task,
) -> dict[str, Any]:
    """Return accuracy, sensitivity, specificity and their intervals, and what follows from counts.

    Args:
        probabilities: (N, K), calibrated, in the order of the task's outputs.
        labels: (N,).
        patients: (N,) key of each film's patient.
        task: the outputs.

    Returns:
        As JSON types under the names of `evaluate --json`: `threshold`, `accuracy`, `sensitivity`,
        `specificity`, each with its `_ci`, and `confusion`; and `precision`, `f1` of PNEUMONIA and
        `normal_f1`, None where undefined.
    """
    found = figures(probabilities, labels, patients, task, HALF).to_json()
    names = [name for one in _SAME for name in (one, f"{one}_ci")]
    kept = {name: found[name] for name in ("threshold", *names, "confusion")}
    return kept | shares_of(found["confusion"])


def shares_of(confusion: Sequence[Sequence[int]]) -> dict[str, float | None]:
    """Return the shares that follow from ((true normal, false alarm), (missed, found)).

    Returns:
        `accuracy`, `sensitivity`, `specificity`, `precision`, `f1` and `normal_f1`, in [0, 1]; None
        where a share is of no film.
    """
    (normal, alarm), (missed, found) = confusion
    return {
        "accuracy": _share(normal + found, normal + alarm + missed + found),
        "sensitivity": _share(found, missed + found),
        "specificity": _share(normal, normal + alarm),
        "precision": _share(found, alarm + found),
        "f1": _share(2 * found, 2 * found + alarm + missed),
        "normal_f1": _share(2 * normal, 2 * normal + alarm + missed),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
