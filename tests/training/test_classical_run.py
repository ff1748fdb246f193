"""From a configuration to a bundle of trees on a network's features that gives opinions."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from trusting import trust

from xray_core.bundle import find_bundle
from xray_core.bundle.classical import read_classical
from xray_core.bundle.store import bundle_sha256
from xray_core.cli import main
from xray_core.datasets.open import open_dataset
from xray_core.errors import BundleError, ConfigError, TrainingError
from xray_core.explain.activations import layers_of
from xray_core.explain.lime import LimeSettings, explain_lime
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.inference import Status, load_classifier
from xray_core.tracking.runs import list_runs
from xray_core.tracking.tags import BUNDLE_SHA256
from xray_core.training.classical.config import ClassicalConfig
from xray_core.training.classical.run import train_classical
from xray_core.training.config import TrainingConfig
from xray_core.training.teacher import Teacher


@pytest.fixture
def config_of(
    phantom_folder: Path, settings_of_run: dict[str, Any], tiny_bundle: Path, tmp_path: Path
) -> Path:
    """A configuration of a decision tree on the features of `tiny`."""
    shared = {name: settings_of_run[name] for name in ("confounders", "operating_point")}
    content = shared | {
        "kind": "classical",
        "name": "tree",
        "title": "A tree",
        "model": "decision-tree",
        "features": "tiny",
        "data": [settings_of_run["data"][0] | {"path": str(phantom_folder / "films")}],
        "manifest": str(phantom_folder / "patients.csv"),
    }
    path = tmp_path / "tree.json"
    path.write_text(json.dumps(content))
    return path


def test_a_configuration_becomes_a_bundle_like_any_other(
    config_of: Path,
    tiny_bundle: Path,
    quick_config: TrainingConfig,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["train", "--config", str(config_of)]) == 0
    folder = Path(capsys.readouterr().out.splitlines()[0])
    info = find_bundle("tree")
    assert info.path == folder
    (run,) = list_runs()
    assert (run.tags["kerley.command"], run.tags[BUNDLE_SHA256]) == ("train", info.sha256)
    assert run.params["model"] == "decision-tree"
    assert info.manifest.network == "decision-tree"
    made_of = info.manifest.training["features"]
    assert made_of == {"model": "tiny", "sha256": bundle_sha256(tiny_bundle)}
    assert "optimiser" not in info.manifest.training
    assert {"validation", "internal_test"} <= set(info.manifest.metrics)
    card = (folder / "README.md").read_text()
    assert "One decision tree on the features that the network of `tiny`" in card
    assert "AdamW" not in card

    model = read_classical(folder)
    assert model is not None
    assert (model.kind, model.features.layer, model.outputs) == ("decision-tree", "flatten", 4)
    assert model.features.sha256 == made_of["sha256"]

    classifier = load_classifier("tree")
    film = phantom_radiograph(draw_phantom(5, PhantomKind.LOBAR))
    prediction = classifier.predict(film)
    assert prediction.status is Status.OK
    assert prediction.probabilities is not None
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert layers_of(classifier.model)
    why = explain_lime(
        classifier.probabilities,
        classifier.see(film).pixels,
        "PNEUMONIA",
        LimeSettings(samples=50, segments=10),
        task=classifier.task,
    )
    assert len(why.weights) > 0

    # Features of a classical model are those of its network: one cannot stand on another.
    other = json.loads(config_of.read_text()) | {"features": "tree", "name": "tree-on-tree"}
    config_of.write_text(json.dumps(other))
    with pytest.raises(ConfigError, match="weighed by a classical model already"):
        train_classical(ClassicalConfig.read(config_of))
    with pytest.raises(ConfigError, match="'tree' is a classical model; networks can teach"):
        Teacher(quick_config.changed({"teacher": "tree"}))


def test_a_command_replaces_no_model_but_its_own(
    config_of: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = tiny_bundle.parent / "tree"
    shutil.copytree(tiny_bundle, network)
    before = trust(network)
    assert main(["train", "--config", str(config_of)]) == 2
    assert "'tree' is an installed model that this training has not" in capsys.readouterr().err
    assert bundle_sha256(network) == before

    shutil.rmtree(network)
    assert main(["train", "--config", str(config_of)]) == 0
    before = bundle_sha256(network)
    config_of.write_text(json.dumps(json.loads(config_of.read_text()) | {"seed": 2}))
    assert main(["train", "--config", str(config_of)]) == 2
    assert bundle_sha256(network) == before
    config_of.write_text(json.dumps(json.loads(config_of.read_text()) | {"seed": 0}))
    assert main(["train", "--config", str(config_of)]) == 0


def test_films_that_the_network_was_trained_on_may_not_judge_the_trees(
    config_of: Path, tiny_bundle: Path, phantom_folder: Path
) -> None:
    patients = pd.read_csv(phantom_folder / "patients.csv", dtype=str)
    table = open_dataset(phantom_folder / "films", source="phantoms").table
    tested = set(patients["patient"][patients["role"] == "internal_test"])
    film = table[table["patient"].isin(tested)].iloc[0]
    with (tiny_bundle / "films.csv").open("a") as films:
        films.write(f"{film['sha256']},,{film['patient']},phantoms,NORMAL,validation\n")
    trust(tiny_bundle, default=True)
    with pytest.raises(
        TrainingError, match="1 films of the internal test were used to make 'tiny'"
    ):
        train_classical(ClassicalConfig.read(config_of))


def test_features_of_an_unknown_model_are_refused(config_of: Path) -> None:
    content = json.loads(config_of.read_text()) | {"features": "nobody"}
    config_of.write_text(json.dumps(content))
    with pytest.raises(BundleError, match="model 'nobody' is not known"):
        train_classical(ClassicalConfig.read(config_of))


@pytest.mark.parametrize(
    "change", [{"model": "forest"}, {"features": "../x"}, {"surprise": 1}, {"data": []}]
)
def test_a_setting_that_is_not_valid_is_named(config_of: Path, change: dict[str, Any]) -> None:
    config_of.write_text(json.dumps(json.loads(config_of.read_text()) | change))
    with pytest.raises(ConfigError, match=f"not valid at '{next(iter(change))}"):
        ClassicalConfig.read(config_of)
