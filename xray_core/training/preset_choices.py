"""A published run as settings of ours: what it states, and nothing that it did not have."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from xray_core.training.augmentation_config import Augmentation
from xray_core.training.division import Division
from xray_core.training.parts import Phantoms
from xray_core.training.presets import Preset, preset

STILL = Augmentation(
    rotation=0, shift=0, zoom=0, shear=0, flip=0, gamma=0, contrast=0, cutout=0, frame=0, blur=0,
    style=0, mixup=0,
)  # fmt: skip
TEST_SHARE = 0.1
"""Share of the patients kept for the internal test where a set has no test folder."""
MANY_FILMS = 10**9
"""So many that a batch is of the published size."""
COMPARED = (
    "network", "task", "input_size", "preprocessing", "start", "transfer", "epochs",
    "early_stopping", "best", "batch", "optimiser", "rate", "schedule", "rate_factor", "rate_steps",
    "momentum", "weight_decay", "clip_norm", "label_smoothing", "imbalance", "style_floor",
    "augmentation", "phantoms", "teacher",
)  # fmt: skip
"""Settings of a run that a published one states; who is in the test is the data set's own."""


def choices_of(name: str, films: int, division: Division) -> dict[str, Any]:
    """Return the fields of a `TrainingConfig` that repeat a published run.

    The data and who is in the test stay those of the data at hand. Validation films are never test
    films, whatever was published.

    Args:
        name: of the preset.
        films: number of training films: an epoch shows each of them once.
        division: of the patients; it takes over the published share of validation films.

    Raises:
        ConfigError: there is no such preset.
    """
    run = preset(name)
    return {
        "title": run.title,
        "preset": run.name,
        "network": run.network,
        "task": run.task,
        "input_size": run.input_size,
        "preprocessing": {"crop": "none", "normalisation": run.normalisation, "clahe": 0.0},
        "start": run.start,
        "transfer": run.strategy,
        "epochs": run.epochs,
        "early_stopping": run.patience,
        "best": "validation" if run.keep == "best" else "last",
        "films_per_epoch": max(films, 2),
        "batch": max(2, min(run.batch, films)),
        "optimiser": run.optimiser,
        "momentum": 0.0,
        "rate": run.rate,
        "weight_decay": 0.0,
        "clip_norm": None,
        "schedule": run.schedule.kind,
        "rate_factor": run.schedule.factor,
        "rate_steps": run.schedule.after,
        "label_smoothing": 0.0,
        "imbalance": "none",
        "style_floor": None,
        "teacher": "",
        "augmentation": _augmentation(run),
        "phantoms": Phantoms(),
        "division": _division(run, division),
    }


def _augmentation(run: Preset) -> Augmentation:
    how = run.augmentation
    return STILL.model_copy(
        update={
            "rotation": how.rotation,
            "shift": how.shift,
            "shear": how.shear,
            "zoom": how.zoom,
            "flip": how.flip,
            "flip_vertical": how.vertical_flip,
        }
    )


def _division(run: Preset, division: Division) -> Division:
    share = run.validation_share
    if share is None:
        return division
    rest = 1 - TEST_SHARE
    fractions = (rest * (1 - share), rest * share, TEST_SHARE)
    return division.model_copy(update={"fractions": fractions})


def changed_settings(name: str, training: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which settings of a run are not those of the published run it was started from.

    Args:
        name: of the preset.
        training: configuration of the run as JSON types.

    Raises:
        ConfigError: there is no such preset.
    """
    stated = choices_of(name, MANY_FILMS, Division())
    return tuple(
        setting.replace("_", " ")
        for setting in COMPARED
        if setting in training and not _agrees(stated[setting], training[setting])
    )


def _agrees(stated: Any, found: Any) -> bool:
    if isinstance(stated, BaseModel):
        try:  # what was not yet to be chosen when the run was made, it had at its default
            return bool(stated == type(stated).model_validate(found))
        except ValidationError:
            return False
    if isinstance(stated, dict):
        return all(_agrees(value, found.get(key)) for key, value in stated.items())
    return bool(found == (list(stated) if isinstance(stated, tuple) else stated))
