"""The files of a run: `last` to go on from, `best` to release, the history that ties them."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import EpochRecord, is_best
from xray_core.training.films import FilmSet
from xray_core.training.start import start_sha256, teacher_sha256
from xray_core.training.state_folder import HISTORY, StateFolder

CHOSEN_LATER = {
    "title", "store", "champion", "preset", "file", "operating_point", "novelty", "confounders",
}  # fmt: skip
"""Settings that do not decide the weights."""
SEEN_IN_FILMS = {"data", "manifest", "division"}
"""Settings that decide which film has which role, and no more."""
OF_TEACHING = {"teacher", "teacher_share"}
"""Settings that decide nothing where nobody teaches, as in all runs before there were teachers."""
CHANCE = "each layer its own\n"
"""How chance is drawn; to be changed with `chance`: a run does not go on in another stream."""
JUDGED = "calibrated\n"
"""How epochs are compared; to be changed with `validation`: a history holds losses of one kind."""


class RunState:
    """What a run leaves after every epoch.

    Args:
        workdir: folder of the run, made where it is missing.
        config: the run.
        films: from `load_films`.

    Attributes:
        best: file of the weights of the best epoch.
    """

    def __init__(self, workdir: Path, config: TrainingConfig, films: dict[str, FilmSet]) -> None:
        self._folder = StateFolder(workdir, key_of(config, films), EpochRecord)
        self.best = self._folder.best
        self.make_way, self.restore = self._folder.make_way, self._folder.restore
        self._config = config

    def history(self) -> list[EpochRecord]:
        """Return the epochs of the same run that are done; any other state is moved aside."""
        return self._folder.epochs()

    def save(self, model: Any, history: Sequence[EpochRecord]) -> None:
        """Write the state (see `StateFolder.write`)."""
        self._folder.write(
            model.save_weights,
            history,
            best=is_best(self._config, history),
            settings=_settings(self._config),
        )


def key_of(config: TrainingConfig, films: dict[str, FilmSet]) -> str:
    """Return a hash of all that decides the weights: the settings, and every film with its role.

    What it starts from and who teaches count by their content: other weights may be found under the
    same name.
    """
    decisive = config.model_dump_json(exclude=_undecided(config) | SEEN_IN_FILMS)
    parents = start_sha256(config.start) + teacher_sha256(config.teacher)
    sources = [(folder.source, folder.weight) for folder in config.data]
    rows = pd.concat([s.table[["sha256", "path", "label", "role"]] for s in films.values()])
    listed = rows.sort_values(list(rows.columns)).to_csv(index=False)
    return hashlib.sha256(
        f"{CHANCE}{JUDGED}{decisive}{parents}\n{sources}\n{listed}".encode()
    ).hexdigest()


def is_of_other_settings(workdir: Path, config: TrainingConfig) -> bool:
    """Tell whether a folder holds the state of a run of other settings, or on other films.

    A state that does not say its settings, or cannot be read, is not taken for one.

    Args:
        workdir: folder of a run, whether it is there or not.
        config: the run, whatever its name.
    """
    try:
        found = json.loads((workdir / HISTORY).read_text())["settings"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(found != _settings(config))


def _undecided(config: TrainingConfig) -> set[str]:
    """Return the settings that do not decide the weights of a run."""
    return CHOSEN_LATER | (set() if config.teacher else OF_TEACHING)


def _settings(config: TrainingConfig) -> dict[str, Any]:
    """Return what decides a run but for its name, as JSON types, wherever it is called from."""
    content = config.model_dump(mode="json", exclude=_undecided(config) | {"name"})
    for folder in content["data"]:
        folder["path"] = str(Path(folder["path"]).resolve())
    if config.manifest is not None:
        content["manifest"] = str(config.manifest.resolve())
    return content
