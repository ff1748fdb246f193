"""The threshold, from validation patients only."""

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import OperatingPoint
from xray_core.evaluation.figures import figures
from xray_core.labels import NORMAL, Task, parse_label
from xray_core.training.films import FilmSet
from xray_core.training.parts import OperatingRule


def choose_operating_point(
    probabilities: NDArray[np.float64], films: FilmSet, task: Task, rule: OperatingRule
) -> OperatingPoint:
    """Return the highest threshold with at least the wished sensitivity.

    Args:
        probabilities: calibrated (N, K) of the validation films.
        films: the validation films, of which `has_both_kinds` holds.
        task: the outputs.
        rule: the sensitivity, and the data set whose validation patients count.
    """
    rows = np.flatnonzero((films.table["source"] == rule.source).to_numpy())
    p = task.p_pneumonia(probabilities[rows])
    diseased = np.sort(p[~films.allowed[rows, task.normal_index]])
    missed = int(np.floor((1 - rule.min_sensitivity) * len(diseased) + 1e-9))
    # Rounded down, so that the film it stands on is found whatever the batch and the processor.
    threshold = float(np.floor(diseased[missed] * 1e5) / 1e5)
    table = films.table.iloc[rows]
    result = figures(
        probabilities[rows],
        [parse_label(name) for name in table["label"]],
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


def has_both_kinds(films: FilmSet, source: str) -> bool:
    """Tell whether a data set has normal films and others among these."""
    labels = set(films.table.loc[films.table["source"] == source, "label"])
    return NORMAL in labels and len(labels) > 1
