"""Optuna's database, which is its own: neither Optuna nor MLflow opens a file of the other."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from xray_core.errors import ConfigError, TrainingError
from xray_core.file_lock import exclusive
from xray_core.settings import settings
from xray_core.training.config import TrainingConfig
from xray_core.training.search_space import Space

UNPRUNED = 5
"""Trials that are trained to their end before any is compared with their median."""
CONFIG, SAMPLER, KEY = "config", "sampler", "key"
"""Names under which a study keeps the run that it varies, what draws its trials, and its key."""
REASON = "reason"
"""Name under which a trial keeps why it failed; one that was interrupted has none."""
_AGAIN = "again"
"""Mark of a trial that was interrupted before."""


def storage_url() -> str:
    """Return the address of the database; its folder is made where it is missing."""
    home = settings().home
    home.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{home.resolve() / 'optuna.db'}"


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Say in one sentence that the database cannot be used.

    Raises:
        TrainingError: it is locked or not Optuna's, of another version, or the disk is full.
    """
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, StorageInternalError, OSError) as error:
        raise TrainingError(_unusable(error)) from error


def _unusable(error: Exception) -> str:
    return (
        f"the database of searches cannot be used: {type(error).__name__}; allowed is a file "
        "optuna.db that this version of Optuna made, with room to write beside it."
    )


def _storage() -> Any:
    """Return the database, opened once in this process.

    Under a lock: two processes that made its tables at once would get in each other's way.
    """
    with exclusive(settings().home / "searches", TrainingError, wait=True):
        try:
            return _opened(storage_url())
        except RuntimeError as error:  # its tables are those of another version
            raise TrainingError(_unusable(error)) from error


@lru_cache(maxsize=8)
def _opened(url: str) -> Any:
    import optuna

    return optuna.storages.RDBStorage(url)


def open_study(
    config: TrainingConfig, sampler: str, space: Space, key: str, pruned_from: int
) -> Any:
    """Return the study of a run's name, made where there is none.

    Args:
        config: the run.
        sampler: `tpe`, `random` or `grid`.
        space: what it draws.
        key: another one where trials could not be compared with those that are there.
        pruned_from: epoch from which trials may be pruned.

    Raises:
        ConfigError: the study that is there has another key.
        TrainingError: the database cannot be used.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with in_one_sentence():
        study = optuna.create_study(
            study_name=config.name,
            storage=_storage(),
            pruner=optuna.pruners.MedianPruner(UNPRUNED, n_warmup_steps=pruned_from),
            load_if_exists=True,
        )
    if study.trials and study.user_attrs.get(KEY) != key:
        raise ConfigError(
            f"the search {config.name!r} was of another run, with other settings or films; choose "
            "another name."
        )
    _take_up_interrupted(study)
    study.sampler = _sampler(sampler, space, config.seed, len(study.trials))
    study.set_user_attr(KEY, key)
    study.set_user_attr(CONFIG, config.model_dump_json())
    study.set_user_attr(SAMPLER, sampler)
    return study


def _take_up_interrupted(study: Any) -> None:
    """End what a process that was killed left running, and put it into the queue once more.

    Nobody else runs it: the lock of the search is ours. What was interrupted twice may be what ends
    its process, so it is given up.
    """
    import optuna

    states = optuna.trial.TrialState
    for trial in study.get_trials(states=(states.RUNNING,)):
        study.tell(trial.number, state=states.FAIL)
        if trial.params and _AGAIN not in trial.user_attrs:
            waiting = optuna.create_trial(
                state=states.WAITING,
                params=trial.params,
                distributions=trial.distributions,
                user_attrs={_AGAIN: trial.number},
                # Among them the place in a grid, which would be drawn anew otherwise.
                system_attrs={**trial.system_attrs, "fixed_params": trial.params},
            )
            study.add_trial(waiting)


def load_study(name: str) -> Any:
    """Return a study to read.

    Raises:
        KeyError: there is none of that name, or what made it was ended before it said of which run.
    """
    import optuna

    study = optuna.load_study(study_name=name, storage=_storage())
    if not _is_known(study.user_attrs):
        raise KeyError(name)
    return study


def study_names() -> list[str]:
    """Return the names of all studies that `load_study` knows, sorted.

    Raises:
        TrainingError: the database cannot be used.
    """
    import optuna

    with in_one_sentence():
        studies = optuna.get_all_study_summaries(_storage(), include_best_trial=False)
    return sorted(study.study_name for study in studies if _is_known(study.user_attrs))


def _is_known(attributes: Mapping[str, Any]) -> bool:
    """Tell whether a study says what it is of; it is made first, and told that afterwards."""
    return attributes.keys() >= {CONFIG, SAMPLER}


def _sampler(name: str, space: Space, seed: int, trials: int) -> Any:
    import optuna

    if name == "grid":  # its seed decides the order, which has to stay for none to be left out
        grid = {one.setting: one.grid() for one in space}
        return optuna.samplers.GridSampler(grid, seed % 2**32)
    # A seed of its own for each continuation, or it would draw its first trials again.
    seed = (seed + trials) % 2**32
    if name == "random":
        return optuna.samplers.RandomSampler(seed)
    return optuna.samplers.TPESampler(seed=seed)
