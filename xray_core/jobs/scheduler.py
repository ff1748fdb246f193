"""The way to the Dask scheduler: found, or started on demand."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from xray_core.child_process import environment
from xray_core.errors import JobError, XrayError
from xray_core.file_lock import exclusive
from xray_core.jobs.cluster import cluster_folder, folder, scheduler_file
from xray_core.jobs.ledger import note_end, read_job
from xray_core.jobs.state import JobState, State
from xray_core.jobs.task import run_job
from xray_core.settings import PROJECT_ROOT, masked, settings

COMMAND = (sys.executable, "-P", "-m", "xray_core.jobs.cluster")
START_SECONDS = 240.0
KNOCK_SECONDS = 2.0
CONNECT_SECONDS = 10.0
ARRIVE_SECONDS = 5.0
BEGUN = frozenset({"processing"})
IN_HAND = BEGUN | {"waiting", "queued", "no-worker"}
"""Dask's words for a task that a worker has, and for one that waits for a worker."""


def hand_over(job: JobState) -> None:
    """Give an attempt of a job to the scheduler; one that it has already is left as it is.

    A worker that cannot even begin, because it reads another store of runs, fails the job.

    Raises:
        JobError: no scheduler can be reached or started.
    """
    from distributed import fire_and_forget

    address = find() or _start()
    with _one_sentence(address):
        client = _client(address)
        future = client.submit(run_job, job.id, job.attempt, key=job.key, pure=False, retries=0)
        fire_and_forget(future)
        future.add_done_callback(partial(_note_refusal, job))
        # What was submitted is sent a moment later; a command that ended at once would lose it.
        end = time.monotonic() + ARRIVE_SECONDS
        while future.status == "pending" and _states(client, [job])[job.key] not in IN_HAND:
            if time.monotonic() > end:
                break
            time.sleep(0.02)


def _note_refusal(job: JobState, future: Any) -> None:
    """Fail a job whose task ended with an error before it had begun: it would wait for ever."""
    if future.status != "error":
        return
    with suppress(XrayError):  # as long as the store is away, the job is queued and tried again
        now = read_job(job.id)
        if now.state is State.QUEUED and now.attempt == job.attempt:
            reason = masked(f"no worker can do it: {future.exception()}")
            note_end(job.id, State.FAILED, reason)


def under_way(jobs: Collection[JobState]) -> frozenset[str] | None:
    """Return the keys of those jobs that the scheduler has in hand; None if unknown.

    Of a job that runs a worker has to have the task; that of a queued one may also wait for one.
    Unknown means that no scheduler answers; nothing is started.
    """
    address = find()
    if address is None:
        return frozenset() if settings().dask_scheduler is None else None
    try:
        with _one_sentence(address):
            states = _states(_client(address), jobs)
    except JobError:
        return None
    wanted = {State.QUEUED: IN_HAND, State.RUNNING: BEGUN}
    return frozenset(j.key for j in jobs if states[j.key] in wanted.get(j.state, ()))


def find() -> str | None:
    """Return the address of the scheduler, or None where ours does not run."""
    if named := settings().dask_scheduler:
        return named
    if not _held():
        return None
    try:
        address = str(json.loads(scheduler_file().read_text())["address"])
    except (OSError, ValueError, KeyError):
        return None
    return address if _listens(address) else None


def _listens(address: str) -> bool:
    """Return whether anything listens there; Dask itself goes on trying for long."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), KNOCK_SECONDS):
            return True
    except (OSError, ValueError):
        return False


def _held() -> bool:
    """Return whether a cluster of ours lives: a file alone may be left from one that was killed."""
    if not cluster_folder().is_dir():
        return False
    if find_spec("fcntl") is None:  # Windows locks nothing: whether it listens has to do
        return True
    try:
        with exclusive(cluster_folder(), JobError):
            return False
    except JobError:
        return True


def _start() -> str:
    """Start the scheduler and the worker, and return the address when they are ready."""
    with exclusive(folder(), JobError, wait=True):
        if found := find():
            return found
        scheduler_file().unlink(missing_ok=True)
        log = folder() / "cluster.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                COMMAND,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=PROJECT_ROOT,
                env=environment(),
                start_new_session=True,  # what ends the app does not end it
            )
        _started.append(process)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and process.poll() is None:
            if found := find():
                return found
            time.sleep(0.1)
    with suppress(OSError):
        process.kill()
    raise JobError(f"the process that runs jobs could not be started; {log} says more.")


_started: list["subprocess.Popen[bytes]"] = []
"""Kept, because Python complains of a process that outlives what started it."""


@contextmanager
def _one_sentence(address: str) -> Iterator[None]:
    """Turn what a lost connection raises into a `JobError`."""
    try:
        yield
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise JobError(
            f"the Dask scheduler at {masked(address)} does not answer; jobs wait until it does."
        ) from error


def _states(client: Any, jobs: Collection[JobState]) -> dict[str, str | None]:
    """Return the state of each job's task by its key, None for one that is not there.

    `Client.processing` would not do: of many tasks of one kind Dask keeps all but two back.
    """
    keys = [job.key for job in jobs]
    found: dict[str, str | None] = client.sync(client.scheduler.get_task_status, keys=keys)
    return found


_clients: dict[str, Any] = {}
_connecting = threading.Lock()


def _client(address: str) -> Any:
    """Return this process's connection to a scheduler."""
    from distributed import Client

    with _connecting:
        client = _clients.get(address)
        if client is not None and client.status == "running":
            return client
        if not _listens(address):
            raise ConnectionRefusedError(address)
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        _clients[address] = client
        return client


def disconnect() -> None:
    """Close this process's connections; the jobs go on."""
    with _connecting:
        while _clients:
            _clients.popitem()[1].close()
