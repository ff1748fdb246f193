"""A classical model in the queue, from a network that is installed to a bundle that is used."""

import json

import pytest
from jobstools import DONE, ended

from xray_core.bundle import find_bundle
from xray_core.errors import BundleError, DatasetError
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.inference import load_classifier
from xray_core.jobs import queue
from xray_core.jobs.state import State
from xray_core.tracking.runs import read_config, read_run
from xray_core.training.classical.config import ClassicalConfig
from xray_core.training.on_bundles import SHARED


@pytest.fixture
def tree(tiny_bundle, config_named):
    """Return `tree(name, **changes)`: a decision tree on the features of `tiny`."""

    def make(name, **changes):
        shared = {k: v for k, v in config_named(name).model_dump().items() if k in SHARED}
        return ClassicalConfig.model_validate(
            shared | {"model": "decision-tree", "features": "tiny"} | changes
        )

    return make


def test_it_is_queued_like_a_training_and_counts_as_one(worker, stand_in, tree):
    run = queue.submit_classical(tree("tree"))
    stand_in.process(run)
    job = queue.job(run)
    assert (job.kind, job.is_classical, job.network) == ("classical", True, "decision-tree")
    assert (job.epoch, job.epochs) == (0, 1)
    assert read_config(run, ClassicalConfig) == tree("tree")
    assert read_run(run).params["features"] == "tiny"
    stand_in.say(DONE)
    assert ended(run).state is State.DONE


def test_what_cannot_be_fitted_is_told_at_once(worker, tree, tmp_path):
    with pytest.raises(BundleError, match="model 'nobody' is not known"):
        queue.submit_classical(tree("tree", features="nobody"))
    with pytest.raises(DatasetError, match="nowhere is not there"):
        queue.submit_classical(tree("tree", manifest=tmp_path / "nowhere"))
    assert queue.jobs() == ()


@pytest.mark.slow
def test_it_becomes_a_model_that_gives_opinions_and_its_run_holds_all_of_it(jobs_home, tree):
    run = queue.submit_classical(tree("line", model="logistic-regression"))
    done = ended(run)
    assert (done.state, done.reason, done.epoch) == (State.DONE, "", 1)
    info = find_bundle("line")
    assert done.bundle == info.path
    film = phantom_radiograph(draw_phantom(5, PhantomKind.LOBAR))
    assert load_classifier("line").predict(film).probabilities is not None
    artifacts = jobs_home / "mlflow" / run / "artifacts"
    assert (artifacts / "validation_predictions.csv").exists()
    rows = (artifacts / "data" / "division.csv").read_text().splitlines()
    assert rows[0] == "source,path,sha256,patient,label,role"
    assert len(rows) == 49
    assert json.loads((artifacts / "config.json").read_text())["features"] == "tiny"
