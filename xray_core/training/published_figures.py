"""The figures of a published run: as its project states them, or counted from what it states."""

from xray_core.training.at_half import shares_of
from xray_core.training.presets import PublishedFigures

OFFICIAL_TEST, WITH_PNEUMONIA = "624 test films", 390
"""The official test split of Kermany 2018, and how many of its films show pneumonia."""
STATED = {
    "accuracy": "accuracy",
    "sensitivity": "recall",
    "precision": "precision",
    "f1": "f1",
    "specificity": "normal_recall",
    "normal_f1": "normal_f1",
}
"""Names of the figures here, and of the fields of `PublishedFigures` that state them."""


def published_shares(told: PublishedFigures) -> dict[str, float | None]:
    """Return each figure of `STATED`, in [0, 1]; None where it can be neither read nor counted."""
    counted = counted_shares(told)
    return {
        name: stated if (stated := getattr(told, field)) is not None else counted.get(name)
        for name, field in STATED.items()
    }


def counted_shares(told: PublishedFigures) -> dict[str, float | None]:
    """Return those of the figures that are not stated but counted, by name."""
    found: dict[str, float | None] = {}
    if told.confusion is not None:
        found = shares_of(told.confusion)
    elif told.missed is not None and told.films == OFFICIAL_TEST:
        found = {"sensitivity": 1 - told.missed / WITH_PNEUMONIA}
    return {name: value for name, value in found.items() if getattr(told, STATED[name]) is None}
