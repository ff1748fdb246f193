"""The way to the Dask scheduler: found, or started on demand."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from xray_core.errors import JobError, TrainingError
from xray_core.jobs.cluster import cluster_folder, folder, scheduler_file
from xray_core.jobs.state import JobState
from xray_core.jobs.task import run_job
from xray_core.settings import PROJECT_ROOT, settings
from xray_core.training.lock import exclusive

COMMAND = (sys.executable, "-P", "-m", "xray_core.jobs.cluster")
START_SECONDS = 240.0
KNOCK_SECONDS = 2.0
CONNECT_SECONDS = 10.0
ARRIVE_SECONDS = 5.0


def hand_over(job: JobState) -> None:
    """Give an attempt of a job to the scheduler; one that it has already is left as it is.

    Raises:
        JobError: no scheduler can be reached or started.
    """
    from distributed import fire_and_forget

    address = find() or _start()
    with _one_sentence(address):
        client = _client(address)
        future = client.submit(run_job, job.id, job.attempt, key=job.key, pure=False, retries=0)
        fire_and_forget(future)
        # What was submitted is sent a moment later; a command that ended at once would lose it.
        end = time.monotonic() + ARRIVE_SECONDS
        while future.status == "pending" and job.key not in _processing(client):
            if time.monotonic() > end:
                break
            time.sleep(0.02)


def under_way() -> frozenset[str] | None:
    """Return the keys of the attempts that a worker has or that wait for one; None if unknown.

    Unknown means that no scheduler answers; nothing is started.
    """
    address = find()
    if address is None:
        return frozenset() if settings().dask_scheduler is None else None
    try:
        with _one_sentence(address):
            return _processing(_client(address))
    except JobError:
        return None


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
        with exclusive(cluster_folder()):
            return False
    except TrainingError:
        return True


def _start() -> str:
    """Start the scheduler and the worker, and return the address when they are ready."""
    with exclusive(folder(), wait=True):
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
                env=_environment(),
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


def _environment() -> dict[str, str]:
    paths = [str(PROJECT_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    home = str(settings().home.resolve())
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "XRAY_HOME": home}


@contextmanager
def _one_sentence(address: str) -> Iterator[None]:
    """Turn what a lost connection raises into a `JobError`."""
    try:
        yield
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise JobError(
            f"the Dask scheduler at {address} does not answer; jobs wait until it does."
        ) from error


def _processing(client: Any) -> frozenset[str]:
    return frozenset(str(key) for keys in client.processing().values() for key in keys)


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
