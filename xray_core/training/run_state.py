"""The files of a run: `last` to go on from, `best` to release, the history that ties them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

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
        self._history = workdir / "history.json"
        self._last = ""
        self._key = key_of(config, films)

    def history(self) -> list[EpochRecord]:
        """Return the epochs of the same run that are done; what another run left is dropped."""
        content = json.loads(self._history.read_text()) if self._history.exists() else {}
        if content.get("run") != self._key:
            self._history.unlink(missing_ok=True)
            self.best.unlink(missing_ok=True)
            return []
        self._last = content["last"]
        return [EpochRecord(**record) for record in content["epochs"]]

    def restore(self, model: Any) -> None:
        """Load weights and optimiser of the last epoch into a model that is compiled."""
        model.optimizer.build(model.trainable_variables)
        model.load_weights(self._workdir / self._last)

    def save(self, model: Any, history: Sequence[EpochRecord]) -> None:
        """Write the state; the history is replaced last, so a kill leaves the former state.

        What a writing that fails has written is removed. The former state is in other files.
        """
        last = self._workdir / f"last-{len(history) % 2}.weights.h5"
        best = self._workdir / "partial.weights.h5"
        listed = self._history.with_suffix(".partial")
        content = {
            "run": self._key,
            "last": last.name,
            "epochs": [asdict(record) for record in history],
        }
        try:
            model.save_weights(last)
            if better := is_best(self._config, history):
                model.save_weights(best)
            listed.write_text(json.dumps(content, indent=1))
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
        f"{decisive}{start_sha256(config.start)}\n{sources}\n{listed}".encode()
    ).hexdigest()
