"""What can be asked of jobs: submit, list, cancel, resume, read the log."""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from xray_core.errors import ConfigError, JobError, TrackingError
from xray_core.file_lock import exclusive
from xray_core.jobs import tags
from xray_core.jobs.cluster import folder
from xray_core.jobs.folder import log_path, read_tail
from xray_core.jobs.ledger import (
    ask_to_cancel,
    list_jobs,
    note_end,
    note_queued,
    read_job,
)
from xray_core.jobs.names import check_name, is_installed, own_bundle
from xray_core.jobs.paths import absolute
from xray_core.jobs.recovery import EVERY_SECONDS, recover
from xray_core.jobs.scheduler import hand_over
from xray_core.jobs.state import JobState, State
from xray_core.tracking.runs import create_run

if TYPE_CHECKING:  # it brings TensorFlow, which a list of jobs does without
    from xray_core.training.classical.config import ClassicalConfig
    from xray_core.training.config import TrainingConfig
    from xray_core.training.search_plan import SearchPlan

    AnyConfig = TypeVar("AnyConfig", TrainingConfig, ClassicalConfig)


def submit(config: "TrainingConfig") -> str:
    """Put a training into the queue and return the id of its job.

    Args:
        config: the run; its paths are made absolute.

    Raises:
        ConfigError: it does not hold together, its name is taken, or it names a store of its own.
        DatasetError: a data folder or the manifest is not there.
        JobError: it is in the queue, but no worker can be reached or started.
        TrackingError: the store of runs cannot be written.
    """
    config.check()
    return _submit(config, {tags.KIND: tags.TRAINING, tags.EPOCHS: str(config.epochs)})


def submit_folds(config: "TrainingConfig", folds: int) -> str:
    """Put a cross-validation of a run into the queue and return the id of its job.

    Args:
        config: the run; its name is that of the cross-validation, its division is replaced, but for
            the seed and the share of validation.
        folds: how many, 2 to 20.

    Raises:
        ConfigError: as `submit`; also where the folds are too few or too many.
        DatasetError: as `submit`.
        JobError: as `submit`.
        TrackingError: as `submit`.
    """
    from xray_core.training.fold_runs import fold_of

    config = fold_of(config, 1, folds)
    config.check()
    return _submit(config, {tags.KIND: tags.FOLDS, tags.EPOCHS: str(folds * config.epochs)})


def submit_classical(config: "ClassicalConfig") -> str:
    """Put the fit of a classical model into the queue and return the id of its job.

    Args:
        config: all that decides it; its paths are made absolute.

    Raises:
        BundleError: the bundle that makes the features is not one that may be used.
        ConfigError: as `submit`; also where that bundle is a classical model itself.
        DatasetError: as `submit`.
        JobError: as `submit`.
        TrackingError: as `submit`.
    """
    from xray_core.training.classical.run import find_base

    config.on(find_base(config.features).manifest)
    return _submit(config, {tags.KIND: tags.CLASSICAL, tags.EPOCHS: "1"})


def submit_search(config: "TrainingConfig", plan: "SearchPlan") -> str:
    """Put a search for the best settings of a run into the queue and return the id of its job.

    Args:
        config: the run that is varied; its name is that of the search.
        plan: how.

    Raises:
        ConfigError: as `submit`; also where a search of that name was made already.
        DatasetError: as `submit`.
        JobError: as `submit`.
        TrackingError: as `submit`.
    """
    from xray_core.training.search_store import study_names

    if config.name in study_names():
        raise ConfigError(f"a search {config.name!r} was made already; choose another name.")
    config.check()
    noted = {tags.KIND: tags.SEARCH, tags.EPOCHS: str(plan.trials)}
    return _submit(config, noted | {tags.PLAN: plan.model_dump_json()})


def _submit(config: "AnyConfig", noted: Mapping[str, str]) -> str:
    config = absolute(config)
    with exclusive(folder() / "submission", JobError, wait=True):
        check_name(config.name)
        fresh = {
            tags.STATE: State.QUEUED.value,
            tags.ATTEMPT: "1",
            tags.SUBMITTED: str(time.time()),
            tags.EPOCH: "0",
        }
        run = create_run(config, fresh | dict(noted))
    try:
        hand_over(read_job(run))
    except JobError as error:
        raise JobError(f"{config.name!r} is in the queue, but {error}") from error
    return run


def jobs() -> tuple[JobState, ...]:
    """Return all jobs, the newest first, after what nobody works on was put right.

    Raises:
        TrackingError: the store of runs cannot be read.
    """
    # The list shows them as they were, and the next reading tries again.
    with suppress(JobError, TrackingError):  # the latter while the disk is full
        recover(at_most_every=EVERY_SECONDS)
    return list_jobs()


def job(run: str) -> JobState:
    """Return one job as it is now.

    Raises:
        JobError: there is none of that id.
        TrackingError: the store of runs cannot be read.
    """
    return read_job(run)


def cancel(run: str) -> None:
    """Stop a job: one that waits at once, one that runs within two seconds.

    Raises:
        JobError: there is none of that id, or it has ended.
        TrackingError: the store of runs cannot be written.
    """
    found = read_job(run)
    if not found.active:
        raise JobError(
            f"job {found.name!r} is {found.state}; only one that is queued or running can be "
            "cancelled."
        )
    # Asked first, so that a worker that takes it from the queue at this moment sees it.
    ask_to_cancel(run)
    if found.state is State.QUEUED:
        note_end(run, State.CANCELLED)


def resume(run: str) -> None:
    """Put a job that failed or was cancelled into the queue again; it goes on where it was.

    A training goes on from its last epoch, a search with the trials that are still to be made, a
    cross-validation in the fold that it was in; a classical model is fitted from the beginning. Of
    a model that is complete only its record is made.

    Raises:
        JobError: there is none of that id, it did not fail, another model has got its name since,
            or no worker can be reached.
        TrackingError: the store of runs cannot be written.
    """
    with exclusive(folder() / "submission", JobError, wait=True):
        found = read_job(run)
        if not found.resumable:
            raise JobError(
                f"job {found.name!r} is {found.state}; only one that failed or was cancelled can "
                "be resumed."
            )
        _check_replaces_nothing(found)
        note_queued(run, found.attempt + 1)
    hand_over(read_job(run))


def _check_replaces_nothing(found: JobState) -> None:
    """Refuse to resume what would write over a model that it has not made itself.

    Raises:
        JobError: there is such a model, by an import or a command that was quicker.
    """
    makes_a_model = found.kind in (tags.TRAINING, tags.CLASSICAL)
    if makes_a_model and is_installed(found.name) and own_bundle(found.id, found.name) is None:
        raise JobError(
            f"a model {found.name!r} has been installed since this job ended, and going on would "
            "replace it; start the training again under another name."
        )


def log(run: str) -> str:
    """Return the end of a job's log, 100 kB at most.

    Raises:
        JobError: there is none of that id.
        TrackingError: the store of runs cannot be read.
    """
    return read_tail(log_path(read_job(run).name))
