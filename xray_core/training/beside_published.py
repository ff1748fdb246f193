"""The figures of a run beside those that were published of the run that it repeats."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xray_core.bundle import BundleManifest
from xray_core.errors import ConfigError
from xray_core.training.at_half import AT_HALF
from xray_core.training.preset_choices import changed_settings
from xray_core.training.presets import Preset, preset
from xray_core.training.published_figures import counted_shares
from xray_core.training.published_rows import (
    ROLES,
    ConfusionRow,
    FigureRow,
    confusion_row,
    figure_rows,
)

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
MOST_PROBABLE = "Both call the most probable class."
SAME_THRESHOLD = (
    "Both call pneumonia from a probability of 0.5; the threshold of this model is "
    "{threshold:.3f}, and its figures there stand in the other tables of its card."
)
OTHER_THRESHOLD = (
    "The published figures are of calling pneumonia from a probability of 0.5, those of this run "
    "from its threshold {threshold:.3f}, so they differ for that alone; trained again, it is "
    "scored at 0.5 too."
)


@dataclass(frozen=True)
class BesidePublished:
    """A run beside the published one.

    Attributes:
        preset: name of the published run.
        title: of it.
        source: the project.
        rows: the figures.
        confusion: both matrices; None where none was published.
        decided: the sentence on the thresholds.
        remark: sentences that belong to the published figures.
        films: the sentence on whose films they are.
        changed: settings of this run that are not those of the published one, in words.
    """

    preset: str
    title: str
    source: str
    rows: tuple[FigureRow, ...]
    confusion: ConfusionRow | None
    decided: str
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
    by = manifest.training.get("division", {}).get("by")
    same = by == "own" and run.published.films == f"{figures['n']} test films"
    return BesidePublished(
        preset=run.name,
        title=run.title,
        source=run.source,
        rows=figure_rows(run, manifest.metrics, role),
        confusion=confusion_row(run, figures, role),
        decided=_decided(run, figures),
        remark=" ".join(
            filter(None, (run.published.remark, COUNTED if counted_shares(run.published) else ""))
        ),
        films=SAME_FOLDER if same else OTHER_FILMS,
        changed=changed_settings(run.name, manifest.training),
    )


def _decided(run: Preset, figures: Mapping[str, Any]) -> str:
    if run.task == "four-class":
        return MOST_PROBABLE
    sentence = SAME_THRESHOLD if AT_HALF in figures else OTHER_THRESHOLD
    return sentence.format(threshold=figures["threshold"])
