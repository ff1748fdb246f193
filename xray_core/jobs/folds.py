"""A cross-validation as a job: its folds and their epochs go to its run as they come."""

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from xray_core.errors import TrackingError
from xray_core.jobs import tags
from xray_core.jobs.epoch_report import EpochReport
from xray_core.jobs.insist import insist
from xray_core.jobs.ledger import read_job
from xray_core.jobs.report import Report
from xray_core.tracking.epoch_log import EpochLog
from xray_core.tracking.folds import log_folds
from xray_core.tracking.runs import config_of

if TYPE_CHECKING:
    from xray_core.training.config import TrainingConfig
    from xray_core.training.films import FilmSet
    from xray_core.training.fold_result import FoldResult


def carry_out_folds(run: str) -> str:
    """Train and test every fold of the patients of a run, and return the name of the run.

    One that was interrupted goes on from the last epoch of the fold that it was in; folds before it
    are scored again, but not trained again. No bundle is written.

    Raises:
        XrayError: as `training.folds.cross_validate`.
    """
    Report(run).stage("Starting.")
    config = insist(partial(config_of, run))
    report = _FoldReport(run, config, insist(partial(read_job, run)).epoch)
    from xray_core.training.folds import cross_validate

    found = cross_validate(
        config,
        config.division.folds,
        on_load=report.on_load,
        on_films=report.on_films,
        on_epoch=report.on_epoch,
        on_step=report.on_step,
        on_fold=report.on_fold,
        log=report.stage,
    )
    insist(report.note_divisions)
    insist(partial(log_folds, run, found))
    report.stage("Done.")
    return config.name


class _FoldReport(EpochReport):
    """Counts the epochs of all folds together; a fold that stopped early counts as a whole one.

    Args:
        run: of the job.
        config: the run; its division says how many folds there are.
        former: epochs that former attempts have made.
    """

    def __init__(self, run: str, config: "TrainingConfig", former: int) -> None:
        super().__init__(run, _log_of(run, config, 1))
        self.total = config.division.folds * config.epochs
        self._config, self._former = config, former
        self._done: list[FoldResult] = []
        self._begin()

    def _begin(self) -> None:
        number = len(self._done) + 1
        self.where = f"fold {number} of {self._config.division.folds}, "
        self.before = len(self._done) * self._config.epochs
        self.epochs = _log_of(self.run, self._config, number)

    def on_films(self, films: "dict[str, FilmSet]") -> None:
        """Note which film has which role in this fold."""
        self.divide(films, f"fold-{len(self._done) + 1}")

    def on_fold(self, result: "FoldResult", folds: int) -> None:
        """Note a fold, whether it was trained now or before."""
        from xray_core.training.fold_result import summary

        auc = result.metrics["auc"]
        said = "undefined" if auc is None else f"{auc:.4f}"
        self.print(f"fold {result.fold} of {folds} is complete: {result.films} films, AUC {said}")
        with suppress(TrackingError):
            self.note_divisions()
            self.epochs.catch_up()
        self._done.append(result)
        self._begin()
        with suppress(TrackingError):
            log_folds(self.run, summary(self._config, self._done))
        self.note({tags.EPOCH: str(max(self.before, self._former))})


def _log_of(run: str, config: "TrainingConfig", number: int) -> EpochLog:
    from xray_core.training.fold_runs import fold_folder

    return EpochLog(run, fold_folder(config.name, number), f"fold-{number}/")
