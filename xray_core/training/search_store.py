"""Optuna's database, which is its own: neither Optuna nor MLflow opens a file of the other."""

from typing import Any

from xray_core.errors import TrainingError
from xray_core.settings import settings
from xray_core.training.config import TrainingConfig
from xray_core.training.search_space import Space

UNPRUNED = 5
"""Trials that are trained to their end before any is compared with their median."""
CONFIG, SAMPLER = "config", "sampler"
"""Names under which a study keeps the run that it varies, and what draws its trials."""


def storage_url() -> str:
    """Return the address of the database; its folder is made where it is missing."""
    home = settings().home
    home.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{home / 'optuna.db'}"


def open_study(config: TrainingConfig, sampler: str, space: Space, pruned_from: int) -> Any:
    """Return the study of a run's name, made where there is none.

    Args:
        config: the run.
        sampler: `tpe`, `random` or `grid`.
        space: what it draws.
        pruned_from: epoch from which trials may be pruned.

    Raises:
        TrainingError: the database cannot be used.
    """
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(
            study_name=config.name,
            storage=storage_url(),
            pruner=optuna.pruners.MedianPruner(UNPRUNED, n_warmup_steps=pruned_from),
            load_if_exists=True,
        )
    except (SQLAlchemyError, OSError) as error:
        raise TrainingError(
            f"the database of searches cannot be used: {type(error).__name__}; allowed is a file "
            "optuna.db that Optuna made."
        ) from error
    # What a process that was killed left behind is not running any more: the lock is ours.
    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    study.sampler = _sampler(sampler, space, seed=config.seed + len(study.trials))
    study.set_user_attr(CONFIG, config.model_dump_json())
    study.set_user_attr(SAMPLER, sampler)
    return study


def load_study(name: str) -> Any:
    """Return a study to read.

    Raises:
        KeyError: there is none of that name.
    """
    import optuna

    return optuna.load_study(study_name=name, storage=storage_url())


def study_names() -> list[str]:
    """Return the names of all studies, sorted."""
    import optuna

    return sorted(optuna.get_all_study_names(storage_url()))


def _sampler(name: str, space: Space, seed: int) -> Any:
    import optuna

    # A seed of its own for each continuation, or it would draw its first trials again.
    seed %= 2**32
    if name == "random":
        return optuna.samplers.RandomSampler(seed)
    if name == "grid":
        return optuna.samplers.GridSampler({one.setting: one.grid() for one in space}, seed)
    return optuna.samplers.TPESampler(seed=seed)
