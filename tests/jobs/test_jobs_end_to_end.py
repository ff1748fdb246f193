"""Real trainings in real processes: killed, resumed, cancelled, out of disk and memory."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from jobstools import ended, gone, processes_of, until, worker_of

from xray_core.bundle import find_bundle
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.inference import load_classifier
from xray_core.jobs import queue, recovery
from xray_core.jobs.cluster import scheduler_file
from xray_core.jobs.reasons import DISK, MEMORY
from xray_core.jobs.state import State
from xray_core.settings import PROJECT_ROOT, settings
from xray_core.tracking.history import epoch_rows
from xray_core.tracking.runs import read_run
from xray_core.tracking.tags import BUNDLE_SHA256

MANY = 30
"""Epochs, a fraction of a second each: enough to do something on the way."""


def child_of(home: Path) -> psutil.Process:
    """Return the process of the training that runs."""
    (found,) = [p for p in processes_of(home) if "xray_core.jobs.child" in p.cmdline()]
    return found


def failed(run: str) -> bool:
    recovery._last = -1e9
    return next(job for job in queue.jobs() if job.id == run).state is State.FAILED


def epochs_of(run: str) -> list[float]:
    return [row["epoch"] for row in epoch_rows(run)]


@pytest.mark.slow
def test_a_training_whose_worker_is_killed_is_resumed_and_gives_a_usable_bundle(
    jobs_home, config_named
):
    run = queue.submit(config_named("survivor", epochs=MANY))
    until(lambda: len(epoch_rows(run)) >= 2)
    child = child_of(jobs_home)
    os.kill(worker_of(queue.job(run)), signal.SIGKILL)
    until(lambda: failed(run))
    assert "was killed or lost; Resume goes on from the last epoch" in queue.job(run).reason
    until(lambda: gone(child))
    assert not (jobs_home / "bundles").exists() or not any((jobs_home / "bundles").iterdir())
    before = len(epoch_rows(run))

    queue.resume(run)
    until(lambda: len(epoch_rows(run)) > before)
    assert f"epoch {before + 1} of {MANY}" in queue.log(run)
    done = ended(run)
    assert (done.state, done.reason) == (State.DONE, "")
    assert epochs_of(run) == list(range(1, MANY + 1))

    info = find_bundle("survivor")
    info.verify()
    assert read_run(run).tags[BUNDLE_SHA256] == info.sha256
    assert done.bundle == info.path
    film = phantom_radiograph(draw_phantom(5, PhantomKind.LOBAR))
    said = load_classifier("survivor").predict(film)
    assert said.probabilities is not None
    files = {path.name for path in (jobs_home / "mlflow").rglob("*") if path.is_file()}
    assert {
        "config.json",
        "patients.csv",
        "division.csv",
        "films.csv",
        "validation_predictions.csv",
    } <= files


@pytest.mark.slow
def test_a_training_that_is_cancelled_leaves_no_process_and_no_bundle(jobs_home, config_named):
    run = queue.submit(config_named("unwanted", epochs=1000))
    until(lambda: epoch_rows(run))
    child = child_of(jobs_home)
    queue.cancel(run)
    assert ended(run).state is State.CANCELLED
    assert gone(child)
    assert not (jobs_home / "bundles" / "unwanted").exists()


@pytest.mark.slow
def test_a_process_killed_in_the_middle_of_an_epoch_goes_on_from_the_epoch_before(
    jobs_home, config_named
):
    run = queue.submit(config_named("killed", epochs=MANY))
    until(lambda: len(epoch_rows(run)) >= 2)
    child_of(jobs_home).kill()
    assert "its process was killed" in ended(run).reason
    queue.resume(run)
    assert ended(run).state is State.DONE
    assert epochs_of(run) == list(range(1, MANY + 1))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_fails_the_job_with_a_sentence(jobs_home, config_named):
    folder = settings().home / "runs" / "full"
    folder.mkdir(parents=True)
    (folder / "history.partial").symlink_to("/dev/full")
    run = queue.submit(config_named("full"))
    assert ended(run).reason == DISK
    assert not (folder / "history.partial").exists(), "what was half written takes no room"
    queue.resume(run)
    assert ended(run).state is State.DONE


@pytest.mark.slow
def test_a_configuration_that_needs_too_much_memory_fails_with_a_sentence(jobs_home, config_named):
    run = queue.submit(config_named("greedy", films_per_epoch=10**14))
    assert ended(run).reason == MEMORY


@pytest.mark.slow
def test_a_data_set_that_disappears_fails_the_job_with_a_sentence(
    jobs_home, config_named, films, tmp_path
):
    copy = shutil.copytree(films / "films", tmp_path / "going")
    data = config_named("x").model_dump()["data"][0] | {"path": copy}
    run = queue.submit(config_named("sad", data=[data]))
    shutil.rmtree(copy)
    reason = ended(run).reason
    assert "going" in reason and reason.endswith(".")


@pytest.mark.slow
def test_jobs_go_on_when_what_started_them_ends(jobs_home, config_named, films):
    config = jobs_home / "config.json"
    config.write_text(config_named("orphan").model_dump_json())
    code = (
        "import sys; from pathlib import Path; from xray_core.jobs import queue;"
        "from xray_core.training.config import TrainingConfig as C;"
        "print(queue.submit(C.model_validate_json(Path(sys.argv[1]).read_text())))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(config)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "XRAY_HOME": str(jobs_home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended(said.stdout.strip()).state is State.DONE


@pytest.mark.slow
def test_a_machine_that_goes_down_leaves_failed_jobs_that_can_be_resumed_and_queued_ones_wait(
    jobs_home, config_named
):
    first, second = (queue.submit(config_named(name, epochs=MANY)) for name in ("one", "two"))
    until(lambda: epoch_rows(first))
    for process in processes_of(jobs_home):
        process.kill()
    assert scheduler_file().exists()
    until(lambda: failed(first))
    assert queue.job(second).active
    queue.resume(first)
    assert ended(first).state is ended(second).state is State.DONE
