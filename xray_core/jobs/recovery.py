"""Jobs that nobody works on any more: failed if they had begun, in the queue again if not."""

import threading
import time
from datetime import UTC, datetime

from xray_core.errors import JobError
from xray_core.file_lock import exclusive
from xray_core.jobs.cluster import folder
from xray_core.jobs.ledger import list_jobs, note_end, read_job
from xray_core.jobs.reasons import why_lost
from xray_core.jobs.scheduler import hand_over, under_way
from xray_core.jobs.state import JobState, State

STALE_SECONDS = 30.0
"""A worker that was not heard of for so long is gone, where no scheduler can be asked."""
EVERY_SECONDS = 5.0


def recover(*, at_most_every: float = 0.0) -> None:
    """Compare what the runs say with what the scheduler knows, and put right what differs.

    Args:
        at_most_every: seconds since the last time in this process; sooner, nothing is done.

    Raises:
        JobError: a queued job cannot be handed over.
        TrackingError: the store of runs cannot be used.
    """
    global _last
    # Who only wants a list does not wait while somebody else starts a scheduler.
    if not _one_at_a_time.acquire(blocking=at_most_every == 0):
        return
    try:
        if time.monotonic() - _last < at_most_every:
            return
        _last = time.monotonic()
        if any(job.active for job in list_jobs()):
            with exclusive(folder() / "recovery", JobError, wait=True):
                _recover()
    finally:
        _one_at_a_time.release()


_one_at_a_time = threading.Lock()
_last = -1e9


def _recover() -> None:
    # The runs are read first: a job that ends in between is found ended when it is read again.
    jobs = [job for job in reversed(list_jobs()) if job.active]
    known = under_way(jobs)
    queued: list[JobState] = []
    for job in jobs:
        if known is not None and job.key in known:
            continue
        if known is None and not (job.state is State.RUNNING and _is_stale(job)):
            continue
        now = read_job(job.id)
        if now.state is not job.state or now.attempt != job.attempt:
            continue
        if now.state is State.QUEUED:
            queued.append(now)
        elif now.cancelling:
            note_end(now.id, State.CANCELLED)
        else:
            note_end(now.id, State.FAILED, why_lost(now.worker))
    for (
        now
    ) in queued:  # last: where no scheduler can be started, the others have ended all the same
        hand_over(now)


def _is_stale(job: JobState) -> bool:
    heard = job.heartbeat or job.started or job.submitted
    return (datetime.now(UTC) - heard).total_seconds() > STALE_SECONDS
