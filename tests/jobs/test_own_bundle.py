"""A job replaces no model but its own, and knows its own whenever it was ended."""

import shutil

import pytest

from xray_core.bundle import BundleManifest
from xray_core.bundle.store import stores
from xray_core.errors import JobError, TrainingError
from xray_core.jobs import classical, queue, training
from xray_core.jobs.ledger import note_end, note_running
from xray_core.jobs.state import State
from xray_core.tracking import outcome
from xray_core.training.classical.config import ClassicalConfig
from xray_core.training.free_name import IMPORT, origin
from xray_core.training.new_bundle import new_bundle, put_in_place
from xray_core.training.on_bundles import SHARED


@pytest.fixture
def model(jobs_home, tiny_bundle, monkeypatch):
    """Return `model(folder, title)`: write a whole bundle there; jobs are not handed over."""
    monkeypatch.setattr(queue, "hand_over", lambda job: None)
    monkeypatch.setattr(outcome, "log_predictions", lambda run, config, folder: None)

    def write(folder, name):
        shutil.copytree(tiny_bundle, folder, dirs_exist_ok=True)
        BundleManifest.read(folder).model_copy(update={"name": name}).write(folder)

    return write


@pytest.fixture
def imported(model):
    """Return `imported(name)`: what an import of that name leaves, its folder."""

    def put(name):
        new, folder = stores()[1] / ".import", stores()[1] / name
        model(new, name)
        put_in_place(new, folder, IMPORT)
        return folder

    return put


def submitted(kind, config):
    """Put a training, or the fit of a classical model, of this name into the queue."""
    if kind == "training":
        return queue.submit(config)
    shared = {name: value for name, value in config.model_dump().items() if name in SHARED}
    tree = shared | {"model": "decision-tree", "features": "tiny"}
    return queue.submit_classical(ClassicalConfig.model_validate(tree))


WORK = {
    "training": (training.carry_out_training, "xray_core.training.run.train"),
    "classical": (
        classical.carry_out_classical,
        "xray_core.training.classical.run.train_classical",
    ),
}


@pytest.mark.parametrize("end", [State.FAILED, State.CANCELLED])
@pytest.mark.parametrize("kind", list(WORK))
def test_what_was_ended_with_its_bundle_in_place_is_resumed_and_only_records_it(
    model, config_named, monkeypatch, kind, end
):
    run = submitted(kind, config_named("mine"))
    carry_out, train = WORK[kind]

    def killed(config, **_):
        with new_bundle(stores()[1] / config.name, "classifier", default=False) as new:
            model(new, config.name)
        raise KeyboardInterrupt

    def never(*_, **__):
        raise AssertionError("it was trained again")

    note_running(run, "here, process 1")
    with monkeypatch.context() as first:
        first.setattr(train, killed)
        with pytest.raises(KeyboardInterrupt):
            carry_out(run)
    note_end(run, end)
    assert queue.job(run).bundle is None
    queue.resume(run)
    monkeypatch.setattr(train, never)
    assert carry_out(run) == str(stores()[1] / "mine")
    assert queue.job(run).bundle == stores()[1] / "mine"


@pytest.mark.parametrize("kind", list(WORK))
def test_a_model_that_came_while_a_job_was_queued_stays_and_the_job_fails_before_it_reads_films(
    imported, config_named, kind
):
    run = submitted(kind, config_named("mine"))
    folder = imported("mine")
    note_running(run, "here, process 1")
    with pytest.raises(TrainingError, match="'mine' is an installed model that this training"):
        WORK[kind][0](run)
    assert origin(folder) == IMPORT


def test_a_job_whose_name_an_import_has_got_is_not_resumed(imported, config_named):
    run = queue.submit(config_named("mine"))
    queue.cancel(run)
    imported("mine")
    with pytest.raises(JobError, match="a model 'mine' has been installed since"):
        queue.resume(run)
