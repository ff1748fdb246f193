"""A scheduler and two workers that were started by hand, as on a cluster."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jobstools import ended, until, worker_of

from xray_core.jobs import queue
from xray_core.jobs.state import State
from xray_core.settings import PROJECT_ROOT, settings
from xray_core.tracking.history import epoch_rows

pytestmark = pytest.mark.slow

EPOCHS = 20


@pytest.fixture
def two_workers(jobs_home, monkeypatch):
    """Dask's own commands, with nothing of ours but the environment."""
    where = jobs_home / "scheduler-elsewhere.json"
    common = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    scheduler = ["distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(where)]
    worker = ["distributed.cli.dask_worker", "--scheduler-file", str(where), "--no-nanny"]
    worker += ["--nthreads", "1", "--memory-limit", "0", "--local-directory", str(jobs_home)]
    started = [start(jobs_home, [*scheduler, *common])]
    until(where.exists)
    started += [start(jobs_home, [*worker, *common]) for _ in range(2)]
    monkeypatch.setenv("XRAY_DASK_SCHEDULER", json.loads(where.read_text())["address"])
    settings.cache_clear()
    yield
    for process in reversed(started):
        process.kill()
        process.wait()


def start(home: Path, arguments: list[str]) -> "subprocess.Popen[bytes]":
    with (home / "by-hand.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=PROJECT_ROOT,
            env={**os.environ, "XRAY_HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def test_two_networks_train_side_by_side_and_one_worker_is_killed_on_the_way(
    two_workers, config_named
):
    first = queue.submit(config_named("left", epochs=EPOCHS))
    second = queue.submit(config_named("right", epochs=EPOCHS, network="cnn-separable"))
    until(lambda: epoch_rows(first) and epoch_rows(second))
    jobs = queue.job(first), queue.job(second)
    assert [job.state for job in jobs] == [State.RUNNING] * 2
    assert worker_of(jobs[0]) != worker_of(jobs[1])

    os.kill(worker_of(jobs[0]), signal.SIGKILL)
    lost = ended(first)
    assert lost.state is State.FAILED
    assert "was killed or lost" in lost.reason
    queue.resume(first)
    assert ended(second).state is State.DONE
    done = ended(first)
    assert done.state is State.DONE
    assert [row["epoch"] for row in epoch_rows(first)] == list(range(1, EPOCHS + 1))
    assert worker_of(done) == worker_of(queue.job(second))
