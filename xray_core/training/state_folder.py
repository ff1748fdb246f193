"""The state of a run on the disk: weights, and the history that is replaced last and names them."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import h5py

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

HISTORY = "history.json"
WEIGHTS = ".weights.h5"
BEST = f"best{WEIGHTS}"
"""Weights that are kept whatever the following epochs give."""

Record = TypeVar("Record", bound="DataclassInstance")


class StateFolder(Generic[Record]):
    """What a run leaves after every epoch, so that it goes on after a kill or a power cut.

    Args:
        folder: of the run, made where it is missing.
        key: hash of all that decides the weights; a state of another key is that of another run.
        record: the class of what an epoch gives.
        keeps_best: whether the run releases the best of its epochs and not the last.
    """

    def __init__(
        self, folder: Path, key: str, record: type[Record], *, keeps_best: bool = True
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.best = folder / BEST
        self._folder, self._key = folder, key
        self._record, self._keeps_best = record, keeps_best
        self._history, self._last = folder / HISTORY, ""

    def epochs(self) -> list[Record]:
        """Return what each epoch of this run gave; any other state is moved aside."""
        self.make_way()
        found = self._read()
        if found is None:
            self.best.unlink(missing_ok=True)
            return []
        self._last, epochs = found
        return epochs

    def restore(self, model: Any) -> None:
        """Load weights and optimiser of the last of the `epochs` into a model that is compiled."""
        model.optimizer.build(model.trainable_variables)
        model.load_weights(self._folder / self._last)

    def _read(self) -> tuple[str, list[Record]] | None:
        """Return the weights to go on from and the epochs; None where they are not of this run.

        Nor are they where a file was cut short, as by a power cut: nothing can be gone on from.
        """
        try:
            content = json.loads(self._history.read_text())
            if content["run"] != self._key:
                return None
            for name in (content["last"], BEST) if self._keeps_best else (content["last"],):
                with h5py.File(self._folder / name, "r"):  # which tells whether all of it is there
                    continue
            return content["last"], [self._record(**record) for record in content["epochs"]]
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
        self,
        save: Callable[[Path], None],
        epochs: Sequence[Record],
        *,
        best: bool = False,
        **more: Any,
    ) -> None:
        """Write the state; the history is replaced last, so a kill leaves the former state.

        So does a power cut: a file is surely on the disk before the history names it. What a
        writing that fails has written is removed. The former state is in other files, but for the
        best weights: a kill just before the history is replaced leaves those of an epoch that is
        trained once more.

        Args:
            save: writes the weights to a path.
            epochs: what each epoch gave.
            best: whether the weights are those to release, as far as one knows.
            more: what else the history is to say.
        """
        last = self._folder / f"last-{len(epochs) % 2}{WEIGHTS}"
        partial = self._folder / f"partial{WEIGHTS}"
        listed = self._history.with_suffix(".partial")
        content = {"run": self._key, "last": last.name, **more}
        content["epochs"] = [asdict(record) for record in epochs]
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
