"""A training in the user's own store never changes the champion."""

import shutil

import pytest
from trusting import trust

from xray_core.bundle import BundleManifest, LungsUsed, find_bundle
from xray_core.errors import TrainingError
from xray_core.settings import settings
from xray_core.training.config import TrainingConfig
from xray_core.training.free_name import check_free
from xray_core.training.run import train


@pytest.fixture
def config(config_file):
    """A run of one short epoch that says it wants to be the champion."""
    few = {"epochs": 1, "films_per_epoch": 16, "champion": True}
    return TrainingConfig.read(config_file).model_copy(update=few)


@pytest.mark.slow
def test_a_trained_bundle_is_there_and_the_champion_is_the_same(tiny_bundle, config):
    train(config)
    assert find_bundle("quick").champion is False
    assert find_bundle().name == "tiny"


@pytest.mark.slow
def test_a_store_that_a_configuration_names_has_its_own_champion(tiny_bundle, config, tmp_path):
    """As the project ships its model: `configs/bundled.json` names `models/`."""
    from xray_core.bundle.index import read_index

    train(config.model_copy(update={"store": tmp_path / "shipped"}))
    assert read_index(tmp_path / "shipped").default == "quick"
    assert find_bundle().name == "tiny"


def test_the_name_of_the_champion_is_refused_before_a_film_is_read(tiny_bundle, config):
    before = find_bundle().sha256
    with pytest.raises(TrainingError, match="'tiny' is the champion, which a training may not"):
        train(config.model_copy(update={"name": "tiny"}))
    assert find_bundle().sha256 == before


def test_a_bundled_champion_is_not_hidden_by_a_training_either(
    tiny_bundle, config, tmp_path, monkeypatch
):
    bundled = tmp_path / "bundled"
    bundled.mkdir()
    shutil.move(tiny_bundle, bundled / "tiny")
    (tiny_bundle.parent / "index.json").unlink()
    trust(bundled / "tiny", default=True)
    monkeypatch.setenv("XRAY_MODELS_DIR", str(bundled))
    settings.cache_clear()
    with pytest.raises(TrainingError, match="'tiny' is the champion"):
        train(config.model_copy(update={"name": "tiny"}))


@pytest.fixture
def bound(tiny_segmenter):
    """`tiny` as a classifier that was trained with the lung finder `tiny-lungs`."""
    finder, folder = find_bundle(kind="segmenter"), tiny_segmenter.parent / "tiny"
    manifest = BundleManifest.read(folder)
    how = manifest.preprocessing.model_copy(
        update={"crop": "lungs", "lungs": LungsUsed(name=finder.name, sha256=finder.sha256)}
    )
    manifest.model_copy(update={"preprocessing": how}).write(folder)
    trust(folder, default=True)


def test_the_lung_finder_that_the_champion_needs_is_not_written_over(bound, config):
    finder = find_bundle(kind="segmenter").sha256
    folder = settings().home / "bundles" / "tiny-lungs"
    with pytest.raises(TrainingError, match="'tiny-lungs' finds the lungs for tiny"):
        check_free(folder, "segmenter")
    with pytest.raises(TrainingError, match="name of an installed model of another kind"):
        train(config.model_copy(update={"name": "tiny-lungs"}))
    assert find_bundle(kind="segmenter").sha256 == finder
    check_free(folder.parent / "other-lungs", "segmenter")
    check_free(folder.parent.parent / "elsewhere" / "tiny-lungs", "segmenter")
