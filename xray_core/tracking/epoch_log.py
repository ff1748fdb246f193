"""The epochs of one training as they come, those too that a kill or an absent store left out."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from xray_core.tracking.history import epoch_rows, log_epochs


class EpochLog:
    """Logs the epochs of a training in a run.

    Args:
        run: the run.
        workdir: where the training keeps its state, whose history knows every epoch.
        prefix: of the names of its metrics, such as `fold-1/`, in a run of several trainings.
    """

    def __init__(self, run: str, workdir: Path, prefix: str = "") -> None:
        self.run, self._workdir, self._prefix = run, workdir, prefix
        self._known: set[int] | None = None

    def log(self, latest: Mapping[str, Any]) -> None:
        """Log the latest epoch, and those before it that are not in the run.

        Args:
            latest: `epoch`, from 1, and its figures.

        Raises:
            TrackingError: the store cannot be used.
        """
        if self._known is None:
            began_anew = latest["epoch"] == 1
            known = () if began_anew else epoch_rows(self.run, self._prefix)
            self._known = {int(row["epoch"]) for row in known}
        rows = {int(row["epoch"]): row for row in [*self._saved(), latest]}
        missing = [n for n in sorted(rows) if n <= latest["epoch"] and n not in self._known]
        log_epochs(self.run, [rows[n] for n in missing], self._prefix)
        self._known.update(missing)

    def catch_up(self) -> int | None:
        """Log what the training's state has and the run has not; return the last epoch, if any.

        Raises:
            TrackingError: the store cannot be used.
        """
        saved = self._saved()
        if not saved:
            return None
        self.log(saved[-1])
        return int(saved[-1]["epoch"])

    def _saved(self) -> list[dict[str, Any]]:
        with suppress(OSError, ValueError, KeyError):
            text = (self._workdir / "history.json").read_text(encoding="utf-8")
            return list(json.loads(text)["epochs"])
        return []
