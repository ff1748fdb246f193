"""Waits for jobs, stands in for trainings, and sees to it that no process is left."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from xray_core.jobs import scheduler
from xray_core.jobs.ledger import read_job
from xray_core.jobs.state import JobState

WAIT_SECONDS = 900
"""Importing TensorFlow takes long on a busy machine."""
DONE = '{"done": "a folder"}'


def end_all(home: Path) -> None:
    """End every process that was started with this home."""
    scheduler.disconnect()
    for process in processes_of(home):
        process.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(processes_of(home), timeout=10)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=10)
    scheduler._started[:] = [p for p in scheduler._started if p.poll() is None]
    assert not processes_of(home)


def processes_of(home: Path) -> list[psutil.Process]:
    """Return every other process that has this home in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("XRAY_HOME") == str(home):
                found.append(process)
        except psutil.Error:
            continue
    return [p for p in found if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def gone(process: psutil.Process) -> bool:
    """Return whether a process has ended."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


STAND_IN = """
import json, os, pathlib, sys, threading, time
threading.Thread(target=lambda: (os.read(0, 1), os._exit(1)), daemon=True).start()
folder = pathlib.Path({folder!r})
(folder / sys.argv[1]).write_text(str(os.getpid()))
print("A line of the log.", file=sys.stderr, flush=True)
while not (folder / "say").exists():
    time.sleep(0.02)
sys.stdout.write((folder / "say").read_text())
"""


class StandIn:
    """What stands in for a training's process: it waits until it is told what to say.

    Args:
        folder: for its files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "stand_in.py").write_text(STAND_IN.format(folder=str(folder)))
        self.command = (sys.executable, str(folder / "stand_in.py"))

    def say(self, text: str) -> None:
        """Let all of them end, saying this."""
        (self.folder / "partial").write_text(text)
        (self.folder / "partial").rename(self.folder / "say")

    def hold(self) -> None:
        """Let those that start from now on wait again."""
        (self.folder / "say").unlink()

    def process(self, run: str) -> psutil.Process:
        """Return the process of a job, as soon as there is one."""
        path = self.folder / run
        until(lambda: path.exists() and path.read_text())
        return psutil.Process(int(path.read_text()))

    def started(self, run: str) -> bool:
        """Return whether a job's process was ever started."""
        return (self.folder / run).exists()


def until(true: Callable[[], object], seconds: float = WAIT_SECONDS) -> None:
    """Wait for something that takes as long as the machine is busy."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def ended(run: str) -> JobState:
    """Return a job when it has ended."""
    until(lambda: not read_job(run).active)
    return read_job(run)


def worker_of(job: JobState) -> int:
    """Return the number of the process that is a job's worker."""
    return int(job.worker.rpartition(" ")[2])
