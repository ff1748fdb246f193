"""The run of each fold of a cross-validation, and where its state lies."""

from pathlib import Path

from xray_core.errors import ConfigError
from xray_core.settings import settings
from xray_core.training.config import TrainingConfig

MOST = 20
"""Folds of a cross-validation."""


def fold_of(config: TrainingConfig, number: int, folds: int) -> TrainingConfig:
    """Return the run of one fold, from 1.

    Raises:
        ConfigError: there are fewer than 2 folds, or more than 20.
    """
    if not 2 <= folds <= MOST:
        raise ConfigError(f"{folds} folds; allowed are 2 to {MOST}.")
    division = config.division.model_dump() | {"by": "folds", "fold": number, "folds": folds}
    return config.changed({"division": division, "manifest": None, "champion": False})


def folds_folder(name: str) -> Path:
    """Return where a cross-validation of that name keeps the state of its trainings."""
    return settings().home / "runs" / f"{name}.folds"


def fold_folder(name: str, number: int) -> Path:
    """Return where the training of one fold keeps its state."""
    return folds_folder(name) / f"fold-{number}"
