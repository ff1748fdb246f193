"""Search for the best settings of a run with Optuna (Akiba et al. 2019, arXiv:1907.10902)."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

from xray_core.errors import ConfigError, TrainingError
from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import EpochRecord, is_over, loss_of
from xray_core.training.film_reader import Progress
from xray_core.training.films import FilmSet, OnFilms, load_films
from xray_core.training.fit import check_network, fit
from xray_core.training.lock import exclusive
from xray_core.training.run import check_films, check_taught, name_finder
from xray_core.training.run_state import key_of
from xray_core.training.search_folder import remove_trials, search_folder
from xray_core.training.search_result import (
    SearchResult,
    TrialResult,
    read_search,
    trial_result,
)
from xray_core.training.search_space import Space, suggest_space, with_settings
from xray_core.training.search_store import REASON, open_study

Sampler = Literal["tpe", "random", "grid"]
SAMPLERS: tuple[Sampler, ...] = ("tpe", "random", "grid")
OnTrial = Callable[[TrialResult], None]
OnTrialEpoch = Callable[[int, EpochRecord, int], None]
"""Called with the number of the trial, its epoch and the number of epochs."""


def search(
    config: TrainingConfig,
    trials: int,
    *,
    sampler: Sampler = "tpe",
    epochs: int | None = None,
    space: Space | None = None,
    on_load: Progress | None = None,
    on_films: OnFilms | None = None,
    on_trial: OnTrial | None = None,
    on_epoch: OnTrialEpoch | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> SearchResult:
    """Try settings, each by a short training, and return all trials and the best of them.

    What is compared is the loss by which the run compares its epochs, on validation patients. A
    trial whose least loss is worse than the median of the others at the same epoch is ended, unless
    that epoch was its last (median pruning).
    The trials are kept in `XRAY_HOME/optuna.db`; a search of the same name is continued.

    Args:
        config: the run; what the space does not name stays as it is.
        trials: how many more; a grid ends when it is complete.
        sampler: `tpe` learns from the trials before (Bergstra et al. 2011), `random` draws, `grid`
            tries everything.
        epochs: of a trial; by default those of the run.
        space: by default `suggest_space`.
        on_load: called with the films read so far and their number.
        on_films: called with the films by role, before anything is trained on them.
        on_trial: called with each trial that is done.
        on_epoch: called after each epoch of a trial.
        log: called with a sentence at each stage.

    Raises:
        ConfigError: the configuration does not hold together, the sampler is not known, or a search
            of the same name was of other settings, films, epochs or space.
        DatasetError: as `training.run.train`.
        TrainingError: the search is under way elsewhere.
    """
    if sampler not in SAMPLERS or trials < 1:
        raise ConfigError(
            f"{trials} trials by {sampler!r}; allowed are 1 or more by {', '.join(SAMPLERS)}."
        )
    config.check()
    space = suggest_space(config) if space is None else space
    tried = name_finder(config if epochs is None else config.changed({"epochs": epochs}))
    workdir = search_folder(config.name)
    with exclusive(workdir):
        remove_trials(workdir)  # of a process that was killed
        check_network(tried)
        log("Reading the films.")
        films = load_films(tried, on_load, log)
        if on_films:
            on_films(films)
        check_films(films, config)
        check_taught(films, config)
        key = f"{key_of(tried, films)} {space!r}"
        study = open_study(config, sampler, space, key, pruned_from=max(1, tried.epochs // 4))
        if _is_complete(study):
            log("Every setting of the grid was tried before.")
            return read_search(config.name)
        log(f"Trying {trials} settings of {', '.join(one.setting for one in space)}.")
        study.optimize(
            partial(
                _try, films=films, config=tried, space=space, workdir=workdir, on_epoch=on_epoch
            ),
            n_trials=trials,
            callbacks=[partial(_tell, on_trial)] if on_trial else None,
            catch=(TrainingError,),
        )
    return read_search(config.name)


def _is_complete(study: Any) -> bool:
    """Tell whether a grid has nothing left to try: Optuna would try one of it again, and then end.

    What was interrupted counts as tried, and waits to be made again.
    """
    import optuna

    grid = study.sampler
    if not isinstance(grid, optuna.samplers.GridSampler) or not grid.is_exhausted(study):
        return False
    return not study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.WAITING,))


def _try(
    trial: Any,
    films: dict[str, FilmSet],
    config: TrainingConfig,
    space: Space,
    workdir: Path,
    on_epoch: OnTrialEpoch | None,
) -> float:
    """Train one trial and return the loss of the epoch whose weights it would release."""
    import optuna

    chosen = with_settings(config, {one.setting: one.suggest(trial) for one in space})
    history: list[EpochRecord] = []
    losses: list[float] = []

    def judge(record: EpochRecord, epochs: int) -> None:
        history.append(record)
        losses.append(loss_of(config, record))
        if on_epoch:
            on_epoch(trial.number, record, epochs)
        trial.report(losses[-1], record.epoch)
        # One that has come to its end cost all that it costs, and may be the best for its least.
        if not is_over(chosen, history) and trial.should_prune():
            raise optuna.TrialPruned

    folder = workdir / f"trial-{trial.number}"
    try:
        fit(chosen, films, folder, judge)
    except TrainingError as error:
        trial.set_user_attr(REASON, str(error))
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return losses[-1] if config.best == "last" else min(losses)


def _tell(on_trial: OnTrial, study: Any, trial: Any) -> None:
    on_trial(trial_result(trial))
