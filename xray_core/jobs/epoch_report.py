"""How far a training is, epoch by epoch: into the run of its job, and into its log."""

import statistics
import time
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from xray_core.errors import TrackingError
from xray_core.jobs import tags
from xray_core.jobs.report import Report
from xray_core.tracking.epoch_log import EpochLog
from xray_core.tracking.runs import set_tags

if TYPE_CHECKING:
    from xray_core.training.epochs import EpochRecord


class EpochReport(Report):
    """Also logs the epochs.

    Args:
        run: of the job.
        epochs: where they are logged.

    Attributes:
        where: what the training is part of, such as `fold 2 of 5, `; empty for a whole one.
        before: epochs of the job that came before this training.
        total: epochs of the job; None where they are those of the training.
    """

    def __init__(self, run: str, epochs: EpochLog) -> None:
        super().__init__(run)
        self.epochs = epochs
        self.where, self.before = "", 0
        self.total: int | None = None
        self._last = time.monotonic()
        self._durations: list[float] = []

    def stage(self, sentence: str) -> None:
        """Note what is being done."""
        super().stage(sentence)
        self._last = time.monotonic()

    def on_step(self, epoch: int, done: int, steps: int, loss: float) -> None:
        """Note how far an epoch is, not more often than anybody looks."""
        if self.looked_for():
            self.note({tags.STAGE: self._sentence(f"epoch {epoch}: step {done} of {steps}.")})

    def on_epoch(self, record: "EpochRecord", epochs: int) -> None:
        """Note an epoch."""
        figures = asdict(record)
        words = "  ".join(f"{k} {v:.4g}" for k, v in figures.items() if isinstance(v, float))
        self.print(f"{self.where}epoch {record.epoch} of {epochs}  {words}")
        now = time.monotonic()
        self._durations.append(now - self._last)
        self._last = now
        noted = {
            tags.STAGE: self._sentence(f"epoch {record.epoch} of {epochs} is complete."),
            tags.EPOCH: str(self.before + record.epoch),
            tags.EPOCHS: str(self.total or epochs),
            tags.EPOCH_AT: str(time.time()),
            # The first of an attempt also prepares the network, so it is no measure of the others.
            tags.EPOCH_SECONDS: f"{statistics.fmean(self._durations[1:] or self._durations):.3f}",
        }
        with suppress(TrackingError):
            self.epochs.log(figures)
            set_tags(self.run, noted)

    def catch_up(self) -> None:
        """Note the division, and the epochs that the training's state has and the store has not."""
        self.note_divisions()
        if last := self.epochs.catch_up():
            set_tags(self.run, {tags.EPOCH: str(last), tags.EPOCHS: str(last)})

    def _sentence(self, words: str) -> str:
        said = self.where + words
        return said[0].upper() + said[1:]
