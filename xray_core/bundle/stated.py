"""What others may have written into `bundle.json` where its form is free, checked as it is read.

Figures and the training's configuration are kept as they were stated. Pages and cards print some of
them, so these must be what they are taken for: a bundle that somebody brought breaks no list.
"""

import math
import sys
from collections.abc import Mapping
from typing import Any

NUMBERS = ("n", "patients", "auc", "dice", "accuracy", "sensitivity", "specificity", "threshold")
"""Figures that are numbers, or null, wherever they stand."""
_INTERVAL = "_ci"

Metrics = dict[str, dict[str, Any]]


def check_metrics(metrics: Metrics) -> Metrics:
    """Return metrics whose figures are numbers, and intervals two numbers, all of them finite.

    Raises:
        ValueError: one of them is not.
    """
    for films, figures in metrics.items():
        for name, value in figures.items():
            number = name in NUMBERS or f"{name}{_INTERVAL}" in figures
            if number and not (value is None or _is_number(value)):
                raise ValueError(f"{films}: {name} is {value!r}, not a number")
            if name.endswith(_INTERVAL) and not (value is None or _is_pair(value)):
                raise ValueError(f"{films}: {name} is {value!r}, not two numbers")
            if not _is_finite(value):
                raise ValueError(f"{films}: {name} holds a number that is not finite")
        of_class = figures.get("per_class", {})
        for found in of_class.values() if isinstance(of_class, dict) else [of_class]:
            if not isinstance(found, dict) or not all(
                value is None or _is_number(value) for value in found.values()
            ):
                raise ValueError(f"{films}: per_class holds {found!r}, not figures by name")
    return metrics


def check_training(training: dict[str, Any]) -> dict[str, Any]:
    """Return a training's configuration whose data sets are named, and ages two numbers.

    Raises:
        ValueError: one of them is not.
    """
    data = training.get("data", [])
    if not isinstance(data, list | tuple):
        raise ValueError(f"data is {data!r}, not a list")
    for folder in data:
        if not isinstance(folder, dict) or not isinstance(folder.get("source"), str):
            raise ValueError(f"data holds {folder!r}, not a data set with its source")
        if (ages := folder.get("ages")) and not _is_pair(ages):
            raise ValueError(f"ages of {folder['source']} are {ages!r}, not two numbers")
    for name, form in (("operating_point", dict), ("history", list | tuple)):
        if name in training and not isinstance(training[name], form):
            raise ValueError(f"{name} is {training[name]!r}, of another form")
    return training


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_number, value))


def _is_number(value: Any) -> bool:
    """Tell whether it is a number that a float can be, and so neither NaN nor infinite."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) <= sys.float_info.max


def _is_finite(value: Any) -> bool:
    """Tell whether no number in it is NaN or infinite: lists that are printed as JSON have none."""
    if isinstance(value, Mapping):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or math.isfinite(value)
