"""The state of a run on the disk: weights, and the history that is replaced last and names them."""

import json
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import h5py

HISTORY = "history.json"
WEIGHTS = ".weights.h5"
BEST = f"best{WEIGHTS}"
"""Weights that are kept whatever the following epochs give."""


class StateFolder:
    """What a run leaves after every epoch, so that it goes on after a kill or a power cut.

    Args:
        folder: of the run, made where it is missing.
        key: hash of all that decides the weights; a state of another key is that of another run.
    """

    def __init__(self, folder: Path, key: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.best = folder / BEST
        self._folder, self._key = folder, key
        self._history = folder / HISTORY

    def epochs(self) -> list[dict[str, Any]]:
        """Return what each epoch of this run gave, as written; any other state is moved aside."""
        self.make_way()
        content = self._read()
        if content is None:
            self.best.unlink(missing_ok=True)
            return []
        epochs: list[dict[str, Any]] = content["epochs"]
        return epochs

    def restore(self, model: Any) -> None:
        """Load weights and optimiser of the last epoch into a model that is compiled."""
        content = self._read()
        assert content is not None, "there are epochs to go on from"
        model.optimizer.build(model.trainable_variables)
        model.load_weights(self._folder / content["last"])

    def _read(self) -> dict[str, Any] | None:
        """Return the history, as written; None where there is none of this run that is whole.

        It is not where a file was cut short, as by a power cut: nothing can be gone on from.
        """
        try:
            content: dict[str, Any] = json.loads(self._history.read_text())
            if content["run"] != self._key:
                return None
            for name in (content["last"], BEST):
                with h5py.File(self._folder / name, "r"):  # which tells whether all of it is there
                    continue
            return content
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def make_way(self) -> Path | None:
        """Move what another run has left, and what cannot be read, aside within the folder.

        Returns:
            The folder that it is in now; None where there is nothing of the kind.
        """
        if not self._history.exists() or self._read() is not None:
            return None
        aside = next(p for n in count(1) if not (p := self._folder / f"before-{n}").exists())
        aside.mkdir()
        # The history last: what is cut short here is found again, and the rest moved as well.
        for path in (*self._folder.glob(f"last-*{WEIGHTS}"), self.best, self._history):
            if path.exists():
                path.rename(aside / path.name)
        return aside

    def write(
        self, save: Callable[[Path], None], epochs: list[Any], *, best: bool, **more: Any
    ) -> None:
        """Write the state; the history is replaced last, so a kill leaves the former state.

        So does a power cut: a file is surely on the disk before the history names it. What a
        writing that fails has written is removed. The former state is in other files.

        Args:
            save: writes the weights to a path.
            epochs: what each epoch gave, as JSON types.
            best: whether the weights are those to release, as far as one knows.
            more: what else the history is to say.
        """
        last = self._folder / f"last-{len(epochs) % 2}{WEIGHTS}"
        partial = self._folder / f"partial{WEIGHTS}"
        listed = self._history.with_suffix(".partial")
        content = {"run": self._key, "last": last.name, **more, "epochs": epochs}
        try:
            for path in (last, partial) if best else (last,):
                save(path)
                _to_disk(path)
            listed.write_text(json.dumps(content, indent=1))
            _to_disk(listed)
        except BaseException:  # a full disk stays full otherwise, and nobody can note why it failed
            for path in (last, partial, listed):
                path.unlink(missing_ok=True)
            raise
        if best:
            partial.replace(self.best)
        listed.replace(self._history)


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
