"""A search for settings as a job: its trials go to its run as they come."""

import statistics
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from xray_core.errors import ConfigError, TrackingError
from xray_core.jobs import tags
from xray_core.jobs.insist import insist
from xray_core.jobs.report import Report
from xray_core.tracking.runs import config_of, read_run
from xray_core.tracking.searches import log_search, log_trial

if TYPE_CHECKING:
    from xray_core.training.epochs import EpochRecord
    from xray_core.training.search_result import TrialResult


def carry_out_search(run: str) -> str:
    """Try as many settings as the plan of a run still lacks, and return the name of the search.

    Trials are in the search's own database, so one that was interrupted goes on with what is left.

    Raises:
        XrayError: as `training.search.search`.
    """
    report = _TrialReport(run)
    report.stage("Starting.")
    from xray_core.training.search import search
    from xray_core.training.search_plan import SearchPlan
    from xray_core.training.search_result import read_search

    config = insist(partial(config_of, run))
    plan = SearchPlan.model_validate_json(insist(partial(read_run, run)).tags[tags.PLAN])
    report.begin(_done(config.name), plan.trials)
    if report.done < plan.trials:
        search(
            config,
            plan.trials - report.done,
            sampler=plan.sampler,
            epochs=plan.trial_epochs,
            on_load=report.on_load,
            on_films=report.on_films,
            on_trial=report.on_trial,
            on_epoch=report.on_epoch,
            log=report.stage,
        )
    found = read_search(config.name)
    report.begin(found.done, found.done)  # a grid may have been complete before
    insist(partial(log_search, run, found))
    report.stage("Done.")
    return config.name


def _done(name: str) -> int:
    """Return how many trials were made by former attempts."""
    from xray_core.training.search_result import read_search

    try:
        return read_search(name).done
    except ConfigError:  # none was begun
        return 0


class _TrialReport(Report):
    """Also logs the trials."""

    def __init__(self, run: str) -> None:
        super().__init__(run)
        self.done = self.trials = 0
        self._durations: list[float] = []

    def begin(self, done: int, trials: int) -> None:
        """Note how many trials there are of how many."""
        self.done, self.trials = done, trials
        self.note({tags.EPOCH: str(done), tags.EPOCHS: str(trials)})

    def on_epoch(self, trial: int, record: "EpochRecord", epochs: int) -> None:
        """Note how far a trial is, not more often than anybody looks."""
        if self.looked_for():
            self.note({tags.STAGE: f"Trial {trial + 1}: epoch {record.epoch} of {epochs}."})

    def on_trial(self, trial: "TrialResult") -> None:
        """Note a trial."""
        from xray_core.training.search_space import value_in_words

        self.done += 1
        loss = "no loss" if trial.loss is None else f"loss {trial.loss:.4g}"
        tried = "  ".join(f"{name} {value_in_words(v)}" for name, v in trial.settings.items())
        self.print(f"trial {trial.number + 1}  {trial.state}  {loss}  {tried}  {trial.reason}")
        self._durations.append(trial.seconds or 0.0)
        self.note(
            {
                tags.STAGE: f"Trial {self.done} of {self.trials} is complete.",
                tags.EPOCH: str(self.done),
                tags.EPOCHS: str(self.trials),
                tags.EPOCH_AT: str(time.time()),
                tags.EPOCH_SECONDS: f"{statistics.fmean(self._durations):.3f}",
            }
        )
        with suppress(TrackingError):
            log_trial(self.run, trial)
