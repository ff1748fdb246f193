"""What can be explained: any output of a task, or PNEUMONIA."""

import numpy as np
from numpy.typing import NDArray

from xray_core.errors import ExplanationError
from xray_core.labels import PNEUMONIA, Task

Target = str
"""An output of the task, or `PNEUMONIA`, which is 1 − P(NORMAL)."""


def targets_of(task: Task) -> tuple[Target, ...]:
    """Return every target of a task, PNEUMONIA first."""
    return (PNEUMONIA, *(name for name in task.outputs if name != PNEUMONIA))


def target_scores(
    probabilities: NDArray[np.floating], target: Target, task: Task
) -> NDArray[np.float64]:
    """Return P(target), float64 (N,), from probabilities (N, K).

    Raises:
        ExplanationError: the task has no such target.
    """
    if target not in targets_of(task):
        raise ExplanationError(
            f"class {target!r} is not one of {', '.join(targets_of(task))}, which this model knows."
        )
    exact = probabilities.astype(np.float64)
    if target == PNEUMONIA:
        return np.asarray(task.p_pneumonia(exact), np.float64)
    return np.asarray(exact[:, task.outputs.index(target)])
