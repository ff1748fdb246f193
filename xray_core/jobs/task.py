"""What a Dask worker does for a job: start its process, watch it, say how it ended.

The worker itself imports no TensorFlow and cannot be taken down by a training; the training's
process reads the end of a pipe when the worker dies, and ends too.
"""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial

from xray_core.child_process import environment, pipe
from xray_core.errors import JobError, TrackingError
from xray_core.jobs import tags
from xray_core.jobs.folder import log_path
from xray_core.jobs.insist import insist
from xray_core.jobs.ledger import note_end, note_running, read_job
from xray_core.jobs.reasons import why_ended, why_failed, why_lost
from xray_core.jobs.state import State
from xray_core.settings import PROJECT_ROOT
from xray_core.tracking.runs import set_tags
from xray_core.training.search_folder import clear_search

COMMAND = (sys.executable, "-P", "-m", "xray_core.jobs.child")
POLL_SECONDS = 1.0
"""How often cancelling is looked for: a job that is cancelled has to end within two seconds."""
HEARTBEAT_SECONDS = 5.0


def run_job(run: str, attempt: int) -> str:
    """Do one attempt of a job and return in what state that has left it.

    A scheduler starts a task anew whose worker died. Training is not to begin again unasked, so an
    attempt that is found running already is noted as failed instead; for the same reason an attempt
    that was cancelled or taken over meanwhile is passed over.

    Raises:
        JobError: there is no such job.
        TrackingError: the store of runs cannot be used.
    """
    job = insist(partial(read_job, run))
    if job.attempt != attempt or not job.active:
        return job.state.value
    if job.state is State.RUNNING:
        note_end(run, State.FAILED, why_lost(job.worker))
        return State.FAILED.value
    worker = f"{socket.gethostname()}, process {os.getpid()}"
    insist(partial(note_running, run, worker))
    try:
        state, reason = _carry_out(run, job.name, attempt)
        if job.is_search and state is not State.DONE:
            clear_search(job.name)
    except Exception as error:  # whatever it is, the job's owner is to read it
        state, reason = State.FAILED, why_failed(error)
    if state is not None:
        insist(partial(note_end, run, state, reason))
    return (state or read_job(run).state).value


def _carry_out(run: str, name: str, attempt: int) -> tuple[State | None, str]:
    """Run the process to its end; the state is None where somebody else has set it already."""
    path = log_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as log:
        child = subprocess.Popen(
            [*COMMAND, run],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=PROJECT_ROOT,
            env=environment(TF_CPP_MIN_LOG_LEVEL=os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2")),
        )
    with child:
        try:
            return _watch(child, run, attempt)
        finally:
            child.kill()


def _watch(child: "subprocess.Popen[bytes]", run: str, attempt: int) -> tuple[State | None, str]:
    """Wait for the process, or until it is not wanted any more; return the state and the reason."""
    beat = time.monotonic()
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(POLL_SECONDS)
            return _outcome(child)
        try:
            job = read_job(run)
            if job.attempt != attempt or job.state is not State.RUNNING:
                return None, ""
            if job.cancelling:
                return State.CANCELLED, ""
            if time.monotonic() - beat > HEARTBEAT_SECONDS:
                beat = time.monotonic()
                set_tags(run, {tags.HEARTBEAT: str(time.time())})
        except JobError:  # it was deleted
            return None, ""
        except TrackingError:  # a store that is away for a moment ends no training
            continue


def _outcome(child: "subprocess.Popen[bytes]") -> tuple[State, str]:
    """Return what the process said of its end, or what its exit code tells."""
    try:
        said = json.loads(pipe(child.stdout).read())
    except ValueError:
        return State.FAILED, why_ended(child.wait())
    return (State.DONE, "") if "done" in said else (State.FAILED, str(said["failed"]))
