"""Rows of the table that compares a run with the published one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xray_core.training.at_half import AT_HALF
from xray_core.training.presets import Preset
from xray_core.training.published_figures import published_shares

VALIDATION_FILMS = "its own validation films"
VALIDATION_ONLY = "validation films"
"""What `PublishedFigures.films` says where there was no test."""
ROLES = {"internal_test": "internal test films", "validation": "validation films"}
"""Of a run, the films that nothing was chosen on first."""
FIGURES = {
    "accuracy": "accuracy",
    "sensitivity": "recall",
    "precision": "precision",
    "f1": "F1",
    "specificity": "recall of normal films",
    "normal_f1": "F1 of normal films",
}
"""What is compared where pneumonia is called at a threshold."""
ALWAYS = ("accuracy", "sensitivity")
"""Of these, what stands in the table also where nothing was published of it."""


@dataclass(frozen=True)
class FigureRow:
    """One figure, a share from 0 to 1.

    Attributes:
        figure: its name in words.
        published: as the project states it, or counted from what it states; None where it does not.
        published_on: which films that is of.
        here: of this run; None where it is not defined.
        interval: 95 % of it, bootstrapped over patients; None where there is none.
        here_on: which films that is of.
    """

    figure: str
    published: float | None
    published_on: str
    here: float | None
    interval: tuple[float, float] | None
    here_on: str


Measured = tuple[float | None, tuple[float, float] | None]
"""A figure and its interval."""
Confusion = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class ConfusionRow:
    """Films as ((true normal, false alarm), (missed, found)).

    Attributes:
        published: as the project states it.
        published_on: which films that is of.
        here: of this run.
        here_on: which films that is of.
    """

    published: Confusion
    published_on: str
    here: Confusion
    here_on: str


def figure_rows(
    run: Preset, metrics: Mapping[str, Mapping[str, Any]], role: str
) -> tuple[FigureRow, ...]:
    """Return the figures that were published of a run beside those of a role's films, and the AUC.

    Args:
        run: the published one.
        metrics: of the bundle, by role.
        role: of the films that are compared.
    """
    told, mine = run.published, metrics[role]
    here_on = _films(role, mine)
    rows: list[FigureRow] = []

    def add(figure: str, published: float | None, here: Measured) -> None:
        rows.append(FigureRow(figure, published, told.films, *here, here_on))

    if run.task == "four-class":
        add("accuracy, 4 classes", told.accuracy, (_accuracy_of_classes(mine), None))
        for name, (precision, recall) in (told.by_class or {}).items():
            found = mine["per_class"].get(name, {})
            add(f"precision of {name}", precision, (found.get("precision"), None))
            add(f"recall of {name}", recall, (found.get("recall"), None))
    elif told.films != VALIDATION_ONLY:
        at_half = _at_half(mine)
        for name, published in published_shares(told).items():
            if name in ALWAYS or (published is not None and name in at_half):
                add(FIGURES[name], published, _measured(at_half, name))
        add("AUC", None, _measured(mine, "auc"))
    if told.validation_accuracy is not None and (own := metrics.get("validation")):
        found = _measured(_at_half(own), "accuracy")
        on = _films("validation", own)
        stated = told.validation_accuracy
        rows.append(FigureRow("accuracy, validation", stated, VALIDATION_FILMS, *found, on))
    return tuple(rows)


def confusion_row(run: Preset, figures: Mapping[str, Any], role: str) -> ConfusionRow | None:
    """Return both confusion matrices, or None where none was published."""
    told, here = run.published, _at_half(figures).get("confusion")
    if told.confusion is None or here is None:
        return None
    (normal, alarm), (missed, found) = here
    mine = ((normal, alarm), (missed, found))
    return ConfusionRow(told.confusion, told.films, mine, _films(role, figures))


def _films(role: str, figures: Mapping[str, Any]) -> str:
    return f"{figures['n']} {ROLES[role]} of {figures['patients']} patients"


def _at_half(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the figures at 0.5, or those at the threshold of a model that was not scored there."""
    return figures.get(AT_HALF, figures)


def _measured(metrics: Mapping[str, Any], name: str) -> Measured:
    ends = metrics.get(f"{name}_ci")
    return metrics.get(name), (ends[0], ends[1]) if ends else None


def _accuracy_of_classes(metrics: Mapping[str, Any]) -> float | None:
    """Return the share of exactly labelled films whose most probable output is theirs."""
    classes = metrics["per_class"].values()
    films = sum(one["support"] for one in classes)
    if len(classes) < 4 or not films:
        return None
    return float(sum((one["recall"] or 0.0) * one["support"] for one in classes) / films)
