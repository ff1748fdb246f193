"""A training as a job: its stages, epochs and bundle go to its run as they come."""

import json
import statistics
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xray_core.errors import TrackingError, XrayError
from xray_core.jobs import tags
from xray_core.jobs.insist import insist
from xray_core.jobs.report import Report
from xray_core.settings import settings
from xray_core.tracking.history import epoch_rows, log_epochs
from xray_core.tracking.runs import config_of, set_tags

if TYPE_CHECKING:
    from xray_core.training.config import TrainingConfig
    from xray_core.training.epochs import EpochRecord


def carry_out_training(run: str) -> str:
    """Train as the configuration of a run says, and return the folder of the bundle.

    A run that was interrupted goes on from its last epoch.

    Raises:
        XrayError: as `training.run.train`.
    """
    report = _EpochReport(run)
    report.stage("Starting.")
    from xray_core.training.run import train

    config = insist(partial(config_of, run))
    report.name = config.name
    folder = train(
        config,
        on_load=report.on_load,
        on_epoch=report.on_epoch,
        on_step=report.on_step,
        log=report.stage,
    )
    try:
        _note_outcome(report, config, folder)
    except XrayError as error:  # the model is in its store, whatever the run says of it
        report.stage(f"The bundle is complete; its run lacks part of the record: {error}")
    else:
        report.stage("Done.")
    return str(folder)


def _note_outcome(report: "_EpochReport", config: "TrainingConfig", folder: Path) -> None:
    from xray_core.tracking.outcome import log_bundle, log_predictions

    insist(report.catch_up)
    insist(partial(log_bundle, report.run, folder))
    report.stage("Noting what the network says of every validation film.")
    insist(partial(log_predictions, report.run, config, folder))


class _EpochReport(Report):
    """Also logs the epochs."""

    def __init__(self, run: str) -> None:
        super().__init__(run)
        self.name = ""
        self._known: set[int] | None = None
        self._last = time.monotonic()
        self._durations: list[float] = []

    def stage(self, sentence: str) -> None:
        """Note what is being done."""
        super().stage(sentence)
        self._last = time.monotonic()

    def on_step(self, epoch: int, done: int, steps: int, loss: float) -> None:
        """Note how far an epoch is, not more often than anybody looks."""
        if self.looked_for():
            self.note({tags.STAGE: f"Epoch {epoch}: step {done} of {steps}."})

    def on_epoch(self, record: "EpochRecord", epochs: int) -> None:
        """Note an epoch."""
        figures = asdict(record)
        words = "  ".join(f"{k} {v:.4g}" for k, v in figures.items() if isinstance(v, float))
        self.print(f"epoch {record.epoch} of {epochs}  {words}")
        now = time.monotonic()
        self._durations.append(now - self._last)
        self._last = now
        noted = {
            tags.STAGE: f"Epoch {record.epoch} of {epochs} is complete.",
            tags.EPOCH: str(record.epoch),
            tags.EPOCHS: str(epochs),
            tags.EPOCH_AT: str(time.time()),
            # The first of an attempt also prepares the network, so it is no measure of the others.
            tags.EPOCH_SECONDS: f"{statistics.fmean(self._durations[1:] or self._durations):.3f}",
        }
        with suppress(TrackingError):
            self._log_missing(figures)
            set_tags(self.run, noted)

    def catch_up(self) -> None:
        """Log the epochs that the run's state has and the store does not."""
        if saved := self._saved():
            self._log_missing(saved[-1])
            last = str(int(saved[-1]["epoch"]))
            set_tags(self.run, {tags.EPOCH: last, tags.EPOCHS: last})

    def _log_missing(self, latest: Mapping[str, Any]) -> None:
        """Log the latest epoch, and before it those that a kill or an absent store left out."""
        if self._known is None:
            began_anew = latest["epoch"] == 1
            known = () if began_anew else (int(row["epoch"]) for row in epoch_rows(self.run))
            self._known = set(known)
        rows = {int(row["epoch"]): row for row in [*self._saved(), latest]}
        missing = [n for n in sorted(rows) if n <= latest["epoch"] and n not in self._known]
        log_epochs(self.run, [rows[n] for n in missing])
        self._known.update(missing)

    def _saved(self) -> list[dict[str, Any]]:
        path = settings().home / "runs" / self.name / "history.json"
        with suppress(OSError, ValueError, KeyError):
            return list(json.loads(path.read_text(encoding="utf-8"))["epochs"])
        return []
