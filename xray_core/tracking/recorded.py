"""The run of a command: made when its films are read, filled as it goes, ended with it.

A store that cannot be written is told once, and stops nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xray_core.bundle.store import stores
from xray_core.errors import TrackingError, XrayError
from xray_core.settings import settings
from xray_core.tracking.division import log_division
from xray_core.tracking.epoch_log import EpochLog
from xray_core.tracking.folds import log_folds
from xray_core.tracking.runs import RunConfig, RunStatus, create_run, set_status
from xray_core.tracking.searches import log_search, log_trial
from xray_core.tracking.tags import COMMAND

if TYPE_CHECKING:
    from xray_core.training.config import TrainingConfig
    from xray_core.training.films import FilmSet
    from xray_core.training.fold_result import FoldResult
    from xray_core.training.on_bundles import OnBundles
    from xray_core.training.search_result import SearchResult, TrialResult


@contextmanager
def recorded(config: RunConfig, command: str, log: Callable[[str], None]) -> Iterator["CommandRun"]:
    """Give what records a command; how the command ends is how the run ends.

    Args:
        config: all that decides the run.
        command: that makes it, such as `train`.
        log: called with a sentence before what takes long, and, once, where the store cannot be
            written.
    """
    record = CommandRun(config, command, log)
    try:
        yield record
    except KeyboardInterrupt:
        record.end(RunStatus.KILLED)
        raise
    except BaseException:
        record.end(RunStatus.FAILED)
        raise
    record.end(RunStatus.FINISHED)


class CommandRun:
    """Records a command; see `recorded` for its arguments.

    The run is made by `begin`, which `on_films` and `in_folds` call: what is refused before the
    films are read leaves no run.
    """

    def __init__(self, config: RunConfig, command: str, log: Callable[[str], None]) -> None:
        self._config, self._command, self._log = config, command, log
        self._epochs: EpochLog | None = None
        self._folds: list[FoldResult] = []
        self._fold = ""
        self._run: str | None = None
        self._told = False

    def begin(self) -> None:
        """Make the run, unless it is there."""
        if self._run is not None:
            return
        try:
            self._run = create_run(self._config, {COMMAND: self._command})
            set_status(self._run, RunStatus.RUNNING)
        except TrackingError as error:
            self._tell(f"This goes on without a run in MLflow: {error}")

    def on_films(self, films: "dict[str, FilmSet]") -> None:
        """Note which film has which role."""
        self.begin()
        self._note(lambda run: log_division(run, films, self._fold))

    def in_folds(self, films: "dict[str, FilmSet]") -> None:
        """Note which film has which role in the next fold, whose epochs follow."""
        self._fold = f"fold-{len(self._folds) + 1}"
        self._epochs = None
        self.on_films(films)

    def on_epoch(self, record: Any, epochs: int) -> None:
        """Note an epoch, and those before it that another command has trained."""
        self._note(lambda run: self._log_of(run).log(asdict(record)))

    def on_fold(self, result: "FoldResult", folds: int) -> None:
        """Note a fold that is done."""
        from xray_core.training.fold_result import summary

        self._note(lambda run: self._log_of(run).catch_up())
        self._folds.append(result)
        config: Any = self._config
        self._note(lambda run: log_folds(run, summary(config, self._folds)))

    def on_trial(self, trial: "TrialResult") -> None:
        """Note a trial."""
        self._note(lambda run: log_trial(run, trial))

    def search(self, found: "SearchResult") -> None:
        """Note what a search has found."""
        self._note(lambda run: log_search(run, found))

    def bundle(self, folder: Path) -> None:
        """Note the epochs that are missing yet, and the bundle."""
        if self._run is None:
            return
        from xray_core.tracking.outcome import log_bundle

        self._note(lambda run: self._log_of(run).catch_up())
        self._note(lambda run: log_bundle(run, folder))

    def predictions(self, config: "TrainingConfig | OnBundles", folder: Path) -> None:
        """Note what a bundle says of every validation film, if it is in one of the stores."""
        if self._run is None:
            return
        from xray_core.tracking.outcome import log_predictions

        if folder.parent.resolve() in {store.resolve() for store in stores()}:
            self._log("Noting in its run what the model says of every validation film.")
            self._note(lambda run: log_predictions(run, config, folder))

    def end(self, status: RunStatus) -> None:
        """Say in MLflow's words how it has ended, if it has begun."""
        self._note(lambda run: set_status(run, status))

    def _log_of(self, run: str) -> EpochLog:
        if self._epochs is None:
            self._epochs = EpochLog(run, self._workdir(), f"{self._fold}/" if self._fold else "")
        return self._epochs

    def _workdir(self) -> Path:
        if not self._fold:
            return settings().home / "runs" / self._config.name
        from xray_core.training.fold_runs import fold_folder

        return fold_folder(self._config.name, len(self._folds) + 1)

    def _note(self, what: Callable[[str], object]) -> None:
        if self._run is None:
            return
        try:
            what(self._run)
        except XrayError as error:
            self._tell(f"This goes on, but its run in MLflow may not be complete: {error}")

    def _tell(self, sentence: str) -> None:
        if not self._told:
            self._log(sentence)
        self._told = True
