"""The changes of a job's state, each written to its run at once."""

import time

from xray_core.errors import JobError, TrackingError
from xray_core.jobs import tags
from xray_core.jobs.state import JobState, State, job_of
from xray_core.tracking.runs import RunStatus, list_runs, read_run, set_status, set_tags

STATUS = {
    State.QUEUED: RunStatus.SCHEDULED,
    State.RUNNING: RunStatus.RUNNING,
    State.DONE: RunStatus.FINISHED,
    State.FAILED: RunStatus.FAILED,
    State.CANCELLED: RunStatus.KILLED,
}
REASON_LENGTH = 1000


def read_job(run: str) -> JobState:
    """Return a job.

    Raises:
        JobError: there is none of that id.
        TrackingError: the store cannot be read.
    """
    try:
        found = job_of(read_run(run))
    except TrackingError as error:
        if "not found" in str(error) or "Invalid run id" in str(error):
            found = None
        else:
            raise
    if found is None:
        raise JobError(f"there is no job {run!r}; `jobs` lists those there are.")
    return found


def list_jobs() -> tuple[JobState, ...]:
    """Return all jobs, the newest first.

    Raises:
        TrackingError: the store cannot be read.
    """
    return tuple(found for run in list_runs() if (found := job_of(run)) is not None)


def note_queued(run: str, attempt: int) -> None:
    """Note that an attempt waits for a worker."""
    former = (tags.STAGE, tags.EPOCH_AT, tags.WORKER, tags.STARTED, tags.HEARTBEAT)
    fresh = dict.fromkeys((tags.CANCEL, tags.REASON, *former), "")
    fresh |= {tags.STATE: State.QUEUED.value, tags.ATTEMPT: str(attempt), tags.EPOCH_SECONDS: ""}
    set_tags(run, fresh)
    set_status(run, STATUS[State.QUEUED])


def note_running(run: str, worker: str) -> None:
    """Note that a worker has begun."""
    now = str(time.time())
    noted = {tags.STATE: State.RUNNING.value, tags.WORKER: worker, tags.STARTED: now}
    set_tags(run, noted | {tags.HEARTBEAT: now})
    set_status(run, STATUS[State.RUNNING])


def note_end(run: str, state: State, reason: str = "") -> None:
    """Note how a job has ended."""
    ended = {tags.STATE: state.value, tags.REASON: reason[:REASON_LENGTH], tags.STAGE: ""}
    set_tags(run, ended | {tags.ENDED: str(time.time())})
    set_status(run, STATUS[state])


def ask_to_cancel(run: str) -> None:
    """Note that a job is to stop; its worker looks for it every second."""
    set_tags(run, {tags.CANCEL: str(time.time())})
