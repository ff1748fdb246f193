"""The files of a run: `last` to go on from, `best` to release, the history that ties them."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

import h5py
import pandas as pd

from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import EpochRecord, is_best
from xray_core.training.films import FilmSet
from xray_core.training.start import start_sha256

CHOSEN_LATER = {
    "title", "store", "champion", "preset", "file", "operating_point", "novelty", "confounders",
}  # fmt: skip
"""Settings that do not decide the weights."""
SEEN_IN_FILMS = {"data", "manifest", "division"}
"""Settings that decide which film has which role, and no more."""
HISTORY = "history.json"
CHANCE = "each layer its own\n"
"""How chance is drawn; to be changed with `chance`: a run does not go on in another stream."""


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
        workdir.mkdir(parents=True, exist_ok=True)
        self.best = workdir / "best.weights.h5"
        self._workdir, self._config = workdir, config
        self._history = workdir / HISTORY
        self._last = ""
        self._key = key_of(config, films)

    def history(self) -> list[EpochRecord]:
        """Return the epochs of the same run that are done; any other state is moved aside."""
        self.make_way()
        found = self._read()
        if found is None:
            self.best.unlink(missing_ok=True)
            return []
        self._last, epochs = found
        return epochs

    def make_way(self) -> Path | None:
        """Move what another run has left, and what cannot be read, aside within the folder.

        Returns:
            The folder that it is in now; None where there is nothing of the kind.
        """
        if not self._history.exists() or self._read() is not None:
            return None
        aside = next(p for n in count(1) if not (p := self._workdir / f"before-{n}").exists())
        aside.mkdir()
        # The history last: what is cut short here is found again, and the rest moved as well.
        for path in (*self._workdir.glob("last-*.weights.h5"), self.best, self._history):
            if path.exists():
                path.rename(aside / path.name)
        return aside

    def _read(self) -> tuple[str, list[EpochRecord]] | None:
        """Return the weights to go on from and the epochs; None where they are not of this run.

        Nor are they where a file was cut short, as by a power cut: nothing can be gone on from.
        """
        try:
            content = json.loads(self._history.read_text())
            if content["run"] != self._key:
                return None
            for name in (content["last"], self.best.name):
                with h5py.File(self._workdir / name, "r"):  # which tells whether all of it is there
                    continue
            return content["last"], [EpochRecord(**record) for record in content["epochs"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def restore(self, model: Any) -> None:
        """Load weights and optimiser of the last epoch into a model that is compiled."""
        model.optimizer.build(model.trainable_variables)
        model.load_weights(self._workdir / self._last)

    def save(self, model: Any, history: Sequence[EpochRecord]) -> None:
        """Write the state; the history is replaced last, so a kill leaves the former state.

        So does a power cut: a file is surely on the disk before the history names it. What a
        writing that fails has written is removed. The former state is in other files.
        """
        last = self._workdir / f"last-{len(history) % 2}.weights.h5"
        best = self._workdir / "partial.weights.h5"
        listed = self._history.with_suffix(".partial")
        content = {
            "run": self._key,
            "last": last.name,
            "settings": _settings(self._config),
            "epochs": [asdict(record) for record in history],
        }
        try:
            model.save_weights(last)
            _to_disk(last)
            if better := is_best(self._config, history):
                model.save_weights(best)
                _to_disk(best)
            listed.write_text(json.dumps(content, indent=1))
            _to_disk(listed)
        except BaseException:  # a full disk stays full otherwise, and nobody can note why it failed
            for path in (last, best, listed):
                path.unlink(missing_ok=True)
            raise
        if better:
            best.replace(self.best)
        listed.replace(self._history)


def key_of(config: TrainingConfig, films: dict[str, FilmSet]) -> str:
    """Return a hash of all that decides the weights: the settings, and every film with its role.

    What it starts from counts by its content: other weights may be found under the same name.
    """
    decisive = config.model_dump_json(exclude=CHOSEN_LATER | SEEN_IN_FILMS)
    sources = [(folder.source, folder.weight) for folder in config.data]
    rows = pd.concat([s.table[["sha256", "path", "label", "role"]] for s in films.values()])
    listed = rows.sort_values(list(rows.columns)).to_csv(index=False)
    return hashlib.sha256(
        f"{CHANCE}{decisive}{start_sha256(config.start)}\n{sources}\n{listed}".encode()
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


def _settings(config: TrainingConfig) -> dict[str, Any]:
    """Return what decides a run but for its name, as JSON types, wherever it is called from."""
    content = config.model_dump(mode="json", exclude=CHOSEN_LATER | {"name"})
    for folder in content["data"]:
        folder["path"] = str(Path(folder["path"]).resolve())
    if config.manifest is not None:
        content["manifest"] = str(config.manifest.resolve())
    return content


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
