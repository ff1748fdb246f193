"""The figures of a run beside those that were published of the run that it repeats."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xray_core.bundle import BundleManifest
from xray_core.errors import ConfigError
from xray_core.training.preset_choices import changed_settings
from xray_core.training.presets import Preset, PublishedFigures, preset

OFFICIAL_TEST, WITH_PNEUMONIA = "624 test films", 390
"""The official test split of Kermany 2018, and how many of its films show pneumonia."""
VALIDATION_FILMS = "its own validation films"
ROLES = {"internal_test": "internal test films", "validation": "validation films"}
"""Of a run, the films that nothing was chosen on first."""
OTHER_FILMS = (
    "The published figures and those of this run are of different films, so a difference between "
    "them may lie in the films alone."
)
SAME_FOLDER = (
    "Both have as many test films, and those of this run are from the data set's own test folder: "
    "where that is the one of Kermany 2018 the films are the same, otherwise a difference may lie "
    "in the films alone."
)
COUNTED = "What is not stated there was counted from its confusion matrix or its missed films."


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


@dataclass(frozen=True)
class BesidePublished:
    """A run beside the published one.

    Attributes:
        preset: name of the published run.
        title: of it.
        source: the project.
        rows: the figures.
        remark: sentences that belong to the published figures.
        films: the sentence on whose films they are.
        changed: settings of this run that are not those of the published one, in words.
    """

    preset: str
    title: str
    source: str
    rows: tuple[FigureRow, ...]
    remark: str
    films: str
    changed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return asdict(self)


def beside_published(manifest: BundleManifest) -> BesidePublished | None:
    """Return a bundle's figures beside those of the preset that it was started from.

    Returns None where it was started from none, or from one that this version does not know.
    """
    try:
        run = preset(str(manifest.training.get("preset") or ""))
    except ConfigError:
        return None
    role = next((role for role in ROLES if manifest.metrics.get(role, {}).get("n")), None)
    if role is None:
        return None
    figures = manifest.metrics[role]
    counted = run.published.accuracy is None or run.published.recall is None
    counted = counted and (run.published.confusion or run.published.missed) is not None
    by = manifest.training.get("division", {}).get("by")
    same = by == "own" and run.published.films == f"{figures['n']} test films"
    return BesidePublished(
        preset=run.name,
        title=run.title,
        source=run.source,
        rows=_rows(run, manifest.metrics, role),
        remark=" ".join(filter(None, (run.published.remark, COUNTED if counted else ""))),
        films=SAME_FOLDER if same else OTHER_FILMS,
        changed=changed_settings(run.name, manifest.training),
    )


def _rows(
    run: Preset, metrics: Mapping[str, Mapping[str, Any]], role: str
) -> tuple[FigureRow, ...]:
    told, mine = run.published, metrics[role]
    here_on = f"{mine['n']} {ROLES[role]} of {mine['patients']} patients"
    rows: list[FigureRow] = []

    def add(figure: str, published: float | None, name: str) -> None:
        rows.append(FigureRow(figure, published, told.films, *_measured(mine, name), here_on))

    if run.task == "four-class":
        called = _accuracy_of_classes(mine)
        rows.append(
            FigureRow("accuracy, 4 classes", told.accuracy, told.films, called, None, here_on)
        )
        for name, (_, recall) in (told.by_class or {}).items():
            here = mine["per_class"].get(name, {}).get("recall")
            rows.append(FigureRow(f"recall of {name}", recall, told.films, here, None, here_on))
    elif told.films != "validation films":
        add("accuracy", _accuracy(told), "accuracy")
        add("recall", _recall(told), "sensitivity")
        if (normal := _normal_recall(told)) is not None:
            add("recall of normal films", normal, "specificity")
        add("AUC", None, "auc")
    if told.validation_accuracy is not None and (own := metrics.get("validation")):
        words = f"{own['n']} validation films of {own['patients']} patients"
        found = _measured(own, "accuracy")
        stated = told.validation_accuracy
        rows.append(FigureRow("accuracy, validation", stated, VALIDATION_FILMS, *found, words))
    return tuple(rows)


def _measured(
    metrics: Mapping[str, Any], name: str
) -> tuple[float | None, tuple[float, float] | None]:
    ends = metrics.get(f"{name}_ci")
    return metrics.get(name), (ends[0], ends[1]) if ends else None


def _accuracy_of_classes(metrics: Mapping[str, Any]) -> float | None:
    """Return the share of exactly labelled films whose most probable output is theirs."""
    classes = metrics["per_class"].values()
    films = sum(one["support"] for one in classes)
    if len(classes) < 4 or not films:
        return None
    return float(sum((one["recall"] or 0.0) * one["support"] for one in classes) / films)


def _accuracy(told: PublishedFigures) -> float | None:
    if told.accuracy is not None or told.confusion is None:
        return told.accuracy
    (normal, alarm), (missed, found) = told.confusion
    return (normal + found) / (normal + alarm + missed + found)


def _recall(told: PublishedFigures) -> float | None:
    if told.recall is not None:
        return told.recall
    if told.confusion is not None:
        missed, found = told.confusion[1]
        return found / (missed + found)
    if told.missed is not None and told.films == OFFICIAL_TEST:
        return 1 - told.missed / WITH_PNEUMONIA
    return None


def _normal_recall(told: PublishedFigures) -> float | None:
    if told.normal_recall is not None or told.confusion is None:
        return told.normal_recall
    normal, alarm = told.confusion[0]
    return normal / (normal + alarm)
