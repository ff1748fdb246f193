"""Stock MLflow says which run's model is the champion, after a promotion and a roll back."""

import logging
import shutil

import pytest
from trusting import trust

from xray_core.bundle import find_bundle
from xray_core.evaluation.data_ref import DataRef
from xray_core.inference import ModelRef
from xray_core.promotion.champion import promote, rollback
from xray_core.promotion.check import Check
from xray_core.promotion.evidence import champion_ref
from xray_core.promotion.gate import Gate
from xray_core.promotion.record import read_record
from xray_core.tracking.runs import create_run, set_tags
from xray_core.tracking.tags import BUNDLE, BUNDLE_SHA256
from xray_core.training.config import TrainingConfig


def gate(name):
    """A gate that was passed, on no evidence."""
    info = find_bundle(name)
    return Gate(
        challenger=ModelRef(info.name, info.sha256),
        champion=champion_ref(),
        data=DataRef("ward", None, "0" * 64, 8, 8, {}, {}),
        margin=0.02,
        films=8,
        patients=8,
        checks=(Check("sensitivity", "As good", True, "It is."),),
    )


def run_of(folder, tmp_path):
    """A run that has written a bundle, and its id."""
    config = TrainingConfig.model_validate(
        {
            "name": folder.name, "title": "Run of a test", "network": "residual", "balance": 0.5,
            "data": [{"path": tmp_path, "source": "set", "population": "x", "licence": "y"}],
            "confounders": "None that is known.", "operating_point": {"source": "set"},
        }
    )  # fmt: skip
    run = create_run(config, {})
    set_tags(run, {BUNDLE: str(folder), BUNDLE_SHA256: find_bundle(folder.name).sha256})
    return run


@pytest.fixture
def trained(tiny_bundle):
    """Two bundles beside the champion `tiny`."""
    folders = []
    for name in ("first", "second"):
        folder = shutil.copytree(tiny_bundle, tiny_bundle.parent / name)
        text = (folder / "bundle.json").read_text().replace('"name": "tiny"', f'"name": "{name}"')
        (folder / "bundle.json").write_text(text)
        trust(folder)
        folders.append(folder)
    return folders


def alias(home):
    """The run whose model stock MLflow calls the champion, None where it calls none so."""
    from mlflow import MlflowClient

    where = f"sqlite:///{home / 'mlflow.db'}"
    client = MlflowClient(tracking_uri=where, registry_uri=where)
    found = [m for m in client.search_registered_models() if "champion" in m.aliases]
    return client.get_model_version_by_alias("kerley", "champion").run_id if found else None


def test_the_alias_follows_promotions_and_roll_backs(home, trained, tmp_path):
    first, second = (run_of(folder, tmp_path) for folder in trained)
    assert alias(home) is None
    promote(gate("first"), by="A", reason="better")
    assert alias(home) == first
    promote(gate("second"), by="A", reason="better still")
    assert alias(home) == second
    rollback(by="A")
    assert alias(home) == first
    rollback(by="A")
    assert alias(home) is None, "no run has made the champion of the beginning"


def test_without_a_run_nothing_is_written(home, trained):
    promote(gate("first"), by="A", reason="better")
    assert find_bundle().name == "first"
    assert not (home / "mlflow.db").exists()


def test_a_store_of_runs_that_is_damaged_stops_no_promotion(home, trained, caplog):
    (home / "mlflow.db").write_bytes(b"this is no database" * 100)
    with caplog.at_level(logging.WARNING, logger="kerley"):
        promote(gate("first"), by="A", reason="better")
    assert find_bundle().name == "first" and len(read_record()) == 1
    assert "The alias of the champion was not moved" in caplog.text
