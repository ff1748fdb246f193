"""A worker that is killed on real films: the resumed run beside one that nothing disturbed."""

import os
import signal
from pathlib import Path

import pytest
from jobstools import ended, until, worker_of

from xray_core.datasets.open import open_dataset
from xray_core.jobs import queue
from xray_core.jobs.state import State
from xray_core.tracking.history import epoch_rows
from xray_core.training.suggest import suggest_config

pytestmark = [pytest.mark.slow, pytest.mark.real]

EPOCHS = 6


@pytest.fixture
def films(real_data, tmp_path):
    """A hundred and twenty films of each class of the children's set."""
    dataset = open_dataset(real_data / "chest_xray", hashed=False)
    for label, table in dataset.table.groupby("label"):
        (tmp_path / "films" / label).mkdir(parents=True)
        for index, path in table["path"].sample(120, random_state=0).items():
            name = f"{index}-{Path(path).name}"
            (tmp_path / "films" / label / name).write_bytes(dataset.film_bytes(index))
    return tmp_path / "films"


@pytest.fixture
def config_of(films):
    """Return `config_of(name)`: a short deterministic training of the separable CNN on them."""

    def make(name):
        suggested = suggest_config(open_dataset(films), name=name, network="cnn-separable")
        return suggested.model_copy(
            update={"epochs": EPOCHS, "input_size": 64, "deterministic": True}
        )

    return make


def noticed(run):
    """Return a job as the page does, which looks after those whose worker is lost."""
    return next(job for job in queue.jobs() if job.id == run)


def figures(run):
    """Return the epochs of a run without when they were."""
    return [{name: row[name] for name in row if name != "time"} for row in epoch_rows(run)]


def test_a_killed_worker_costs_an_epoch_and_changes_no_figure(jobs_home, config_of):
    undisturbed = queue.submit(config_of("undisturbed"))
    assert ended(undisturbed).state is State.DONE

    run = queue.submit(config_of("killed"))
    until(lambda: len(epoch_rows(run)) >= 2)
    os.kill(worker_of(queue.job(run)), signal.SIGKILL)
    until(lambda: noticed(run).state is State.FAILED)
    assert "Resume goes on from the last epoch" in queue.job(run).reason
    assert len(epoch_rows(run)) < EPOCHS
    queue.resume(run)
    assert ended(run).state is State.DONE
    assert [row["epoch"] for row in figures(run)] == list(range(1, EPOCHS + 1))
    assert figures(run) == figures(undisturbed)
