"""The threshold, from validation patients only."""

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import OperatingPoint
from xray_core.errors import ConfigError
from xray_core.evaluation.figures import figures
from xray_core.labels import Task
from xray_core.training.config import OperatingRule
from xray_core.training.films import FilmSet


def choose_operating_point(
    probabilities: NDArray[np.float64], films: FilmSet, task: Task, rule: OperatingRule
) -> OperatingPoint:
    """Return the highest threshold with at least the wished sensitivity.

    Args:
        probabilities: calibrated (N, K) of the validation films.
        films: the validation films.
        task: the outputs.
        rule: the sensitivity, and the data set whose validation patients count.

    Raises:
        ConfigError: that data set has no validation films of both kinds.
    """
    rows = np.flatnonzero((films.table["source"] == rule.source).to_numpy())
    p = task.p_pneumonia(probabilities[rows])
    diseased = np.sort(p[~films.allowed[rows, task.normal_index]])
    if not 0 < len(diseased) < len(rows):
        raise ConfigError(f"{rule.source!r} has no validation films of both kinds.")
    missed = int(np.floor((1 - rule.min_sensitivity) * len(diseased) + 1e-9))
    # Rounded down, so that what is written to JSON still finds the film that it stands on.
    threshold = float(np.floor(diseased[missed] * 1e6) / 1e6)
    table = films.table.iloc[rows]
    result = figures(
        probabilities[rows],
        [_label(films.allowed[row], task) for row in rows],
        table["patient"].tolist(),
        task,
        threshold,
    )
    return OperatingPoint(
        name="sensitive",
        threshold=threshold,
        rule=f"the highest threshold with a sensitivity of at least {rule.min_sensitivity:.1%}",
        chosen_on=f"validation patients of {rule.source}",
        films=len(rows),
        patients=int(table["patient"].nunique()),
        sensitivity=result.sensitivity,
        specificity=result.specificity,
    )


def _label(allowed: NDArray[np.bool_], task: Task) -> frozenset[str]:
    members = (c for c, yes in zip(task.classes, allowed, strict=True) if yes)
    return frozenset().union(*members)
