"""The name of a model that a command trains: it takes the place of no other run's.

Whose a model is stands in the notes of `training.free_name`. A command that trains is known there
by a hash of what it trains, and from which files.
"""

import hashlib
import json
import re
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from xray_core.bundle.part import NAME, NAME_IN_WORDS
from xray_core.errors import ConfigError

if TYPE_CHECKING:
    from xray_core.training.config import TrainingConfig
    from xray_core.training.on_bundles import OnBundles
    from xray_core.training.segmenter.config import SegmenterConfig


def check_name(name: str) -> None:
    """Refuse what is no name of a model.

    Raises:
        ConfigError: it is none.
    """
    if not re.fullmatch(NAME, name):
        raise ConfigError(f"{name!r} is no name of a model; allowed are {NAME_IN_WORDS}.")


def command_of(config: "TrainingConfig | OnBundles | SegmenterConfig") -> str:
    """Return what a command that trains this run is known by: given again, it is the same.

    What is at its default does not count: it was so, too, before it could be chosen.

    Raises:
        BundleError: the lungs are to be cropped to, and there is no segmenter.
    """
    from xray_core.training.config import TrainingConfig
    from xray_core.training.free_name import COMMAND
    from xray_core.training.run import name_finder
    from xray_core.training.run_state import CHOSEN_LATER

    if isinstance(config, TrainingConfig):
        config = name_finder(config)
    content = config.model_dump(exclude=CHOSEN_LATER, exclude_defaults=True)
    if isinstance(config, TrainingConfig) and config.starts_from_file:
        content["start"] = Path(config.start)
    # Paths whole: those of two runs may end in the same names.
    decisive = json.dumps(content, sort_keys=True, default=lambda path: str(path.resolve()))
    sha256 = hashlib.sha256(f"{type(config).__name__}\n{decisive}".encode()).hexdigest()
    return f"{COMMAND}-{sha256}"


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
    from xray_core.bundle.store import bundle_sha256, stores
    from xray_core.training.free_name import check_free, note_origin, origin

    if made_up:
        return config.changed({"name": _own_name(config)})
    folder = (config.store or stores()[1]) / config.name
    check_free(folder, "classifier")
    if folder.exists() and origin(folder) != (command := command_of(config)):
        if not _made_of_old(folder, config):
            raise ConfigError(
                f"{config.name!r} is a model that another run has made; allowed is a name that no "
                "model has (--name)."
            )
        note_origin(config.name, bundle_sha256(folder), command)
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


def _made_of_old(folder: Path, config: "TrainingConfig") -> bool:
    """Tell whether a bundle of before commands were noted was made by a run of these settings.

    It cuts paths to their names. The state that its run has left has them whole; without that state
    nobody can tell.
    """
    from xray_core.bundle import BundleManifest
    from xray_core.errors import BundleError
    from xray_core.training.config import TrainingConfig
    from xray_core.training.config_file import make_config
    from xray_core.training.free_name import COMMAND, origin
    from xray_core.training.run import name_finder
    from xray_core.training.run_state import CHOSEN_LATER

    if origin(folder) not in (None, COMMAND):
        return False
    try:
        stated = BundleManifest.read(folder).training
        known = {key: stated[key] for key in stated.keys() & TrainingConfig.model_fields.keys()}
        # Completed: what was not yet to be chosen when it was made, it had at its default.
        made = make_config(TrainingConfig, known).portable()
    except (BundleError, ConfigError):
        return False
    asked = name_finder(config).portable()
    same = all(made[key] == asked[key] for key in asked.keys() - CHOSEN_LATER)
    return same and _has_read_there(config, stated.get("history"))


def _has_read_there(config: "TrainingConfig", history: object) -> bool:
    """Tell whether the state of a run of these epochs says that it read the very files of a run."""
    from xray_core.settings import settings
    from xray_core.training.state_folder import HISTORY

    try:
        state = json.loads((settings().home / "runs" / config.name / HISTORY).read_text())
        of = state["settings"]
        found = [of["start"], of["manifest"], *(folder["path"] for folder in of["data"])]
        epochs = state["epochs"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    paths = [config.manifest, *(folder.path for folder in config.data)]
    asked = [config.start, *(path and str(path.resolve()) for path in paths)]
    return bool(epochs == history and found == asked)
