"""The name of a model that a command trains: it takes the place of no other run's."""

import re
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from xray_core.bundle.manifest import NAME, NAME_IN_WORDS
from xray_core.errors import ConfigError

if TYPE_CHECKING:
    from xray_core.training.config import TrainingConfig


def check_name(name: str) -> None:
    """Refuse what is no name of a model.

    Raises:
        ConfigError: it is none.
    """
    if not re.fullmatch(NAME, name):
        raise ConfigError(f"{name!r} is no name of a model; allowed are {NAME_IN_WORDS}.")


def under_own_name(config: "TrainingConfig", *, made_up: bool) -> "TrainingConfig":
    """Return the run under a name that takes the place of no model but its own.

    Args:
        config: the run.
        made_up: another name is made up where it is taken by another run, or by the state that one
            has left to go on from: nobody gave it.

    Raises:
        ConfigError: another run has made the model of the name that was given.
        TrainingError: the name is that of a model that no training may replace.
    """
    from xray_core.bundle.store import stores
    from xray_core.training.free_name import check_free

    if made_up:
        return config.changed({"name": _own_name(config)})
    folder = (config.store or stores()[1]) / config.name
    check_free(folder, "classifier")
    if folder.exists() and not _made(folder, config):
        raise ConfigError(
            f"{config.name!r} is a model that another run has made; allowed is a name that no "
            "model has (--name)."
        )
    return config


def _own_name(config: "TrainingConfig") -> str:
    """Return the name of the run, or one made of it, that neither model nor other run has."""
    from xray_core.settings import settings
    from xray_core.training.free_name import LONGEST, free_name
    from xray_core.training.run import name_finder
    from xray_core.training.run_state import is_of_other_settings

    runs, asked = settings().home / "runs", name_finder(config)
    ends = chain([""], (f"-{number}" for number in count(2)))
    names = (config.name[: LONGEST - len(end)].rstrip("-") + end for end in ends)
    return next(
        name
        for name in names
        if free_name(name) == name and not is_of_other_settings(runs / name, asked)
    )


def _made(folder: Path, config: "TrainingConfig") -> bool:
    """Tell whether a bundle was made by a run of these settings."""
    from xray_core.bundle import BundleManifest
    from xray_core.errors import BundleError
    from xray_core.training.config import TrainingConfig
    from xray_core.training.config_file import make_config
    from xray_core.training.run import name_finder
    from xray_core.training.run_state import CHOSEN_LATER

    try:
        stated = BundleManifest.read(folder).training
        known = {key: stated[key] for key in stated.keys() & TrainingConfig.model_fields.keys()}
        # Completed: what was not yet to be chosen when it was made, it had at its default.
        made = make_config(TrainingConfig, known).portable()
    except (BundleError, ConfigError):
        return False
    asked = name_finder(config).portable()
    return all(made[key] == asked[key] for key in asked.keys() - CHOSEN_LATER)
