"""The model of a run is used where the run has put it, or it is said why it cannot be."""

import json
import shutil

import pytest
from trusting import trust

from xray_core.bundle.store import bundle_sha256
from xray_core.errors import BundleError
from xray_core.inference import Classifier
from xray_core.tracking.last_ended import last_ended
from xray_core.tracking.run_bundles import find_run_bundle, is_run, run_bundles
from xray_core.tracking.runs import RunStatus, create_run, list_runs, set_status, set_tags
from xray_core.tracking.tags import BUNDLE, BUNDLE_SHA256
from xray_core.training.config import TrainingConfig


def config(tmp_path, name):
    return TrainingConfig.model_validate(
        {
            "name": name,
            "title": "Run of a test",
            "network": "residual",
            "data": [{"path": tmp_path, "source": "set", "population": "x", "licence": "y"}],
            "balance": 0.5,
            "confounders": "None that is known.",
            "operating_point": {"source": "set"},
        }
    )


@pytest.fixture
def run(tiny_bundle, tmp_path):
    """A finished run whose bundle lies in a store of its own, and another that never finished."""
    folder = tmp_path / "elsewhere" / "trial"
    shutil.copytree(tiny_bundle, folder)
    path = folder / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "trial"}))
    trust(folder)
    create_run(config(tmp_path, "unfinished"), {})
    made = create_run(config(tmp_path, "trial"), {})
    set_tags(made, {BUNDLE: str(folder), BUNDLE_SHA256: bundle_sha256(folder)})
    return f"trial@{made[:8]}", folder


def test_the_model_of_a_run_is_used_where_it_lies(run):
    name, folder = run
    assert [one.name for one in run_bundles()] == [name] and run_bundles()[0].there
    found = find_run_bundle(name)
    assert is_run(name) and not is_run("trial")
    assert (found.path, found.name, found.champion) == (folder, name, False)
    classifier = Classifier(found)
    assert (classifier.name, classifier.sha256) == (name, found.sha256)


def test_a_run_whose_files_are_gone_says_so(run):
    name, folder = run
    shutil.rmtree(folder)
    assert not run_bundles()[0].there
    with pytest.raises(BundleError, match=f"files of run '{name}' are gone from elsewhere/trial"):
        find_run_bundle(name)


def test_a_run_whose_files_another_training_has_replaced_says_so(run):
    name, folder = run
    (folder / "README.md").write_text("another card")
    trust(folder)
    assert not run_bundles()[0].there
    with pytest.raises(BundleError, match="were replaced or changed"):
        find_run_bundle(name)


def test_files_that_were_changed_by_hand_are_not_used(run):
    name, folder = run
    (folder / "README.md").write_text("another card")
    with pytest.raises(BundleError, match="were replaced or changed"):
        find_run_bundle(name)


def test_a_hash_that_no_index_trusts_is_not_used(run):
    """Whoever may write to a server of runs cannot name any folder of this computer."""
    name, folder = run
    (folder.parent / "index.json").unlink()
    with pytest.raises(BundleError, match="were replaced or changed"):
        find_run_bundle(name)


def test_a_run_that_nobody_made_is_one_sentence(run):
    with pytest.raises(BundleError, match=r"no run 'trial@00000000' has written a model; allowed"):
        find_run_bundle("trial@00000000")


def test_where_no_run_was_made_no_store_is_made_by_looking(home):
    assert run_bundles() == ()
    assert last_ended() == ("", 0)
    assert not (home / "mlflow.db").exists()


def test_the_run_that_ended_last_is_known_without_reading_the_others(run):
    assert last_ended() == ("", 0)
    second, first = (made.id for made in list_runs())
    set_status(second, RunStatus.FINISHED)
    assert last_ended()[0] == second
    set_status(first, RunStatus.FAILED)
    name, at = last_ended()
    assert name == first and at > 0
