"""From a configuration to a bundle that gives opinions, also when it was interrupted."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from trusting import trust

from xray_core.bundle import BundleManifest, find_bundle
from xray_core.datasets.open import open_dataset
from xray_core.errors import ConfigError, TrainingError
from xray_core.evaluation.evaluate import evaluate
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.imaging.reader import read_radiograph
from xray_core.inference import Status, load_classifier
from xray_core.networks.registry import network
from xray_core.settings import settings
from xray_core.training.config import TrainingConfig
from xray_core.training.films import TRAIN, load_films
from xray_core.training.fit import EpochRecord, fit
from xray_core.training.run import check_taught, train


@pytest.fixture
def config(config_file: Path) -> TrainingConfig:
    return TrainingConfig.read(config_file)


@pytest.fixture(scope="module")
def trained(
    config_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TrainingConfig, Path, list[EpochRecord]]]:
    """Configuration, folder and epochs of a finished run, in an `XRAY_HOME` of this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XRAY_HOME", str(tmp_path_factory.mktemp("home")))
        settings.cache_clear()
        config, seen = TrainingConfig.read(config_file), list[EpochRecord]()
        yield config, train(config, on_epoch=lambda record, _: seen.append(record)), seen
    settings.cache_clear()


def test_a_configuration_becomes_a_bundle_that_gives_opinions(
    trained: tuple[TrainingConfig, Path, list[EpochRecord]],
) -> None:
    config, folder, seen = trained
    assert folder == settings().home / "bundles" / "quick"
    assert [record.epoch for record in seen] == [1, 2]
    info = find_bundle("quick")
    info.verify()
    point = info.manifest.operating_point
    assert point.sensitivity.value is not None
    assert point.sensitivity.value >= config.operating_point.min_sensitivity
    assert {"validation", "internal_test"} <= set(info.manifest.metrics)
    film = phantom_radiograph(draw_phantom(5, PhantomKind.LOBAR))
    prediction = load_classifier("quick").predict(film)
    assert prediction.status is Status.OK
    assert prediction.probabilities is not None
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-5)


def test_the_bundle_lists_every_film_with_its_role_and_no_patient_has_two(
    trained: tuple[TrainingConfig, Path, list[EpochRecord]],
) -> None:
    films = pd.read_csv(trained[1] / "films.csv", dtype=str)
    assert len(films) == 120
    assert set(films["role"]) == {"train", "validation", "internal_test"}
    assert films.groupby("patient")["role"].nunique().max() == 1
    assert films["sha256"].str.len().eq(64).all()
    assert films["patient"].str.fullmatch(r"phantoms/sha256-[0-9a-f]{16}").all(), "no file's name"


def test_the_card_shows_the_figures_of_the_manifest(
    trained: tuple[TrainingConfig, Path, list[EpochRecord]],
) -> None:
    folder = trained[1]
    manifest, card = BundleManifest.read(folder), (folder / "README.md").read_text()
    assert card.startswith("---\nlicense:")
    assert f"{manifest.metrics['internal_test']['auc']:.3f}" in card
    assert f"{manifest.operating_point.threshold:.3f}" in card
    assert "Research use only" in card


def test_the_bundle_says_what_it_knows_without_lungs_without_frame_and_under_stress(
    trained: tuple[TrainingConfig, Path, list[EpochRecord]],
) -> None:
    config, folder, seen = trained
    films, metrics = pd.read_csv(folder / "films.csv"), BundleManifest.read(folder).metrics
    dataset = open_dataset(config.data[0].path, source="phantoms")
    for role in ("validation", "internal_test"):
        mine = dataset.table["sha256"].isin(films["sha256"][films["role"] == role]).to_numpy()
        out = evaluate(load_classifier("quick"), dataset.subset(mine)).to_json()
        assert out["refused"] == 0
        for name in ("auc", "auc_lungs_blanked", "auc_frame_blanked"):
            assert metrics[role][name] == metrics[f"{role}/phantoms"][name] == out[name]
            assert metrics[role][f"{name}_ci"] == out[f"{name}_ci"]
    stressed = metrics["stressed_validation"]
    assert stressed["n"] == metrics["validation"]["n"]
    assert stressed["auc"] == pytest.approx(max(seen, key=_goodness).stressed_auc, abs=0.05)
    assert stressed["loss"] > 0
    assert "auc_lungs_blanked" not in stressed


def _goodness(record: EpochRecord) -> float:
    return -record.worst_loss


def test_the_card_shows_what_was_said_against_what_was_true(
    trained: tuple[TrainingConfig, Path, list[EpochRecord]],
) -> None:
    folder = trained[1]
    bins = BundleManifest.read(folder).metrics["internal_test"]["reliability"]
    card = (folder / "README.md").read_text()
    assert sum(bins["films"]) == BundleManifest.read(folder).metrics["internal_test"]["n"]
    for said, films, true in zip(bins["said"], bins["films"], bins["true"], strict=True):
        assert f"| {said:.3f} | {films} | {true:.3f} (" in card


def test_the_card_says_what_the_shortcut_figures_mean(
    trained: tuple[TrainingConfig, Path, list[EpochRecord]],
) -> None:
    folder = trained[1]
    metrics, card = BundleManifest.read(folder).metrics, (folder / "README.md").read_text()
    assert "lungs blanked (the middle 76 % of height and width) a model should know" in card
    for name in ("auc_lungs_blanked", "auc_frame_blanked"):
        low, high = metrics["internal_test"][f"{name}_ci"]
        assert f"{metrics['internal_test'][name]:.3f} ({low:.3f} to {high:.3f})" in card
    plain, stressed = metrics["validation"]["loss"], metrics["stressed_validation"]["loss"]
    assert f"| {plain:.3f} | {stressed:.3f} |" in card


def test_what_validation_scores_is_what_inference_sees(
    trained: tuple[TrainingConfig, Path, list[EpochRecord]],
) -> None:
    config = trained[0]
    films = load_films(config)["validation"]
    path = config.data[0].path / films.table.iloc[0]["path"]
    view = load_classifier("quick").see(read_radiograph(path.read_bytes(), path.name))
    np.testing.assert_array_equal(view.pixels, films.images[0])


def test_a_run_that_could_not_choose_a_threshold_fails_before_it_trains(
    home: Path, settings_of_run: dict[str, Any], phantom_folder: Path
) -> None:
    manifest = pd.read_csv(phantom_folder / "patients.csv", dtype=str)
    normal = manifest["patient"].str.contains("NORMAL") & (manifest["role"] == "validation")
    manifest.loc[normal, "role"] = "train"
    manifest.to_csv(phantom_folder / "no-normal-validation.csv", index=False)
    path = phantom_folder / "no-threshold.json"
    path.write_text(json.dumps(settings_of_run | {"manifest": "no-normal-validation.csv"}))
    epochs: list[EpochRecord] = []
    with pytest.raises(TrainingError, match="both kinds"):
        train(TrainingConfig.read(path), on_epoch=lambda record, _: epochs.append(record))
    assert not epochs


def test_a_class_that_no_film_teaches_is_told_before_anything_is_trained(
    home: Path, config: TrainingConfig, phantom_folder: Path, tmp_path: Path
) -> None:
    films = shutil.copytree(phantom_folder / "films", tmp_path / "films")
    shutil.rmtree(films / "COVID-19")
    (films / "VIRAL").rename(films / "PNEUMONIA")
    changes = {
        "data": (config.data[0].model_copy(update={"path": films}),),
        "phantoms": config.phantoms.model_copy(update={"films": 8}),
        "division": config.division.model_copy(update={"by": "random"}),
    }
    taught_in_part = config.model_copy(update=changes)
    epochs: list[EpochRecord] = []
    with pytest.raises(
        TrainingError, match="no training film is labelled VIRAL or COVID-19, which"
    ):
        train(taught_in_part, on_epoch=lambda record, _: epochs.append(record))
    assert not epochs
    binary = taught_in_part.changed({"task": "binary"})
    check_taught(load_films(binary), binary)


def test_a_network_that_cannot_be_built_is_told_before_any_film_is_read(
    home: Path, config: TrainingConfig
) -> None:
    learnt = config.changed({"network": "ann-10", "start": "imagenet"})
    read: list[int] = []
    with pytest.raises(ConfigError, match="for the network 'ann-10' there are no ImageNet weights"):
        train(learnt, on_load=lambda done, _: read.append(done))
    assert not read


def test_a_model_that_has_seen_the_films_that_judge_is_no_start(
    trained: tuple[TrainingConfig, Path, list[EpochRecord]],
) -> None:
    config = trained[0].changed({"name": "further", "start": "quick"})
    divided_anew = config.changed({"division": {"by": "random", "seed": 5}})
    with pytest.raises(TrainingError, match="were used to make 'quick'"):
        train(divided_anew)


@pytest.mark.parametrize("end", ["removed", "replaced"])
def test_what_becomes_of_the_start_during_a_training_changes_nothing_of_the_bundle(
    config: TrainingConfig, tiny_bundle: Path, end: str
) -> None:
    network("cnn-tiny").build(64, 4).save(tiny_bundle / "model.keras")
    films = tiny_bundle / "films.csv"
    films.write_text(films.read_text().replace("0" * 64, "e" * 64))
    trust(tiny_bundle)
    before = find_bundle("tiny").sha256

    def change(record: EpochRecord, _: int) -> None:
        if end == "removed":
            shutil.rmtree(tiny_bundle)
        else:
            films.write_text(films.read_text().replace("e" * 64, "f" * 64))
            trust(tiny_bundle)

    changes = {"name": "further", "network": "cnn-tiny", "start": "tiny", "epochs": 1}
    folder = train(config.changed(changes), on_epoch=change)
    listed = set(pd.read_csv(folder / "films.csv", dtype=str)["sha256"])
    assert "e" * 64 in listed and "f" * 64 not in listed
    assert BundleManifest.read(folder).training["start_sha256"] == before


@pytest.mark.slow
def test_other_films_are_another_run(home: Path, config: TrainingConfig, tmp_path: Path) -> None:
    films = load_films(config)
    fit(config, films, tmp_path)
    fewer = films | {TRAIN: replace(films[TRAIN], table=films[TRAIN].table.assign(label="NORMAL"))}
    epochs: list[int] = []
    fit(config, fewer, tmp_path, lambda record, _: epochs.append(record.epoch))
    assert epochs == [1, 2]


@pytest.mark.slow
def test_an_interrupted_run_ends_as_an_uninterrupted_one(
    home: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    films = load_films(config)
    _, whole = fit(config, films, tmp_path / "whole")

    class PowerCut(Exception):
        pass

    def cut(record: EpochRecord, _: int) -> None:
        raise PowerCut

    with pytest.raises(PowerCut):
        fit(config, films, tmp_path / "cut", cut)
    resumed_epochs: list[int] = []
    _, resumed = fit(
        config, films, tmp_path / "cut", lambda record, _: resumed_epochs.append(record.epoch)
    )

    assert resumed_epochs == [2]
    for one, other in zip(whole, resumed, strict=True):
        assert one.loss == pytest.approx(other.loss, abs=0.05)
        assert one.validation_loss == pytest.approx(other.validation_loss, abs=0.3)


@pytest.mark.slow
def test_another_configuration_does_not_go_on_from_the_old_state(
    home: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    films = load_films(config)
    fit(config, films, tmp_path)
    epochs: list[int] = []
    other = config.model_copy(update={"rate": 1e-4})
    fit(other, films, tmp_path, lambda record, _: epochs.append(record.epoch))
    assert epochs == [1, 2]


def test_phantoms_join_the_training_films_only(home: Path, config: TrainingConfig) -> None:
    drawn = config.model_copy(
        update={"phantoms": config.phantoms.model_copy(update={"films": 8, "share": 0.1})}
    )
    films = load_films(drawn)
    plain = load_films(config)
    assert len(films[TRAIN]) == len(plain[TRAIN]) + 8
    assert all(len(films[role]) == len(plain[role]) for role in films if role != TRAIN)
