"""Bundles are trusted by their hash, and the champion is chosen by name."""

import json
import shutil

import pytest
from trusting import trust

from xray_core.bundle import find_bundle, list_bundles, store
from xray_core.bundle.index import INDEX
from xray_core.bundle.store import bundle_sha256
from xray_core.errors import BundleError
from xray_core.inference import load_classifier
from xray_core.settings import settings


def copy_of(folder, name):
    """Add a trusted bundle beside another, under its own name."""
    other = folder.parent / name
    shutil.copytree(folder, other)
    path = other / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "name": name}))
    trust(other)
    return other


def test_an_untouched_bundle_is_verified(tiny_bundle):
    info = find_bundle()
    info.verify()
    assert (info.name, info.champion, info.sha256) == ("tiny", True, bundle_sha256(tiny_bundle))


@pytest.mark.parametrize("name", ["model.keras", "bundle.json", "films.csv", "README.md"])
def test_a_bundle_with_a_changed_file_is_never_loaded(tiny_bundle, name):
    with (tiny_bundle / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(BundleError, match="its files were changed, so it is not used"):
        load_classifier("tiny")


def test_a_file_that_was_added_renamed_or_removed_counts_too(tiny_bundle):
    before = bundle_sha256(tiny_bundle)
    extra = tiny_bundle / "extra.txt"
    extra.write_text("x")
    added = bundle_sha256(tiny_bundle)
    extra.rename(tiny_bundle / "other.txt")
    renamed = bundle_sha256(tiny_bundle)
    (tiny_bundle / "other.txt").unlink()
    assert len({before, added, renamed}) == 3
    assert bundle_sha256(tiny_bundle) == before


def test_a_folder_that_the_index_does_not_name_is_no_model(tiny_bundle):
    shutil.copytree(tiny_bundle, tiny_bundle.parent / "stranger")
    assert [info.name for info in list_bundles()] == ["tiny"]
    with pytest.raises(BundleError, match="model 'stranger' is not known; known are: tiny"):
        find_bundle("stranger")


def test_the_champion_comes_first_and_can_be_changed(tiny_bundle):
    other = copy_of(tiny_bundle, "another")
    assert [info.name for info in list_bundles()] == ["tiny", "another"]
    trust(other, default=True)
    assert [(info.name, info.champion) for info in list_bundles()] == [
        ("another", True), ("tiny", False),
    ]  # fmt: skip
    assert find_bundle().name == "another"


def test_the_bundled_model_is_used_until_there_is_another(tiny_bundle, tmp_path, monkeypatch):
    bundled = tmp_path / "bundled"
    shutil.copytree(tiny_bundle.parent, bundled)
    shutil.rmtree(tiny_bundle.parent)
    monkeypatch.setenv("XRAY_MODELS_DIR", str(bundled))
    settings.cache_clear()
    assert find_bundle().path == bundled / "tiny"


def test_a_bundle_that_is_just_being_replaced_takes_no_other_down(tiny_bundle, monkeypatch):
    """A training moves a new folder into the place of the old one while the files are read."""
    copy_of(tiny_bundle, "other")
    hash_of = store.file_sha256

    def gone(path):
        if path.parent.name == "other" and path.name == "model.keras":
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return hash_of(path)

    monkeypatch.setattr(store, "file_sha256", gone)
    assert [info.name for info in list_bundles()] == ["tiny"]
    with pytest.raises(BundleError, match="the files of model 'other' cannot be read: No such"):
        find_bundle("other")


def test_a_removed_folder_is_no_longer_listed(tiny_bundle):
    shutil.rmtree(tiny_bundle)
    assert list_bundles() == []
    with pytest.raises(BundleError, match="no model is installed"):
        find_bundle()


def test_each_kind_has_its_own_default(tiny_segmenter):
    assert [(info.name, info.kind, info.champion) for info in list_bundles()] == [
        ("tiny", "classifier", True), ("tiny-lungs", "segmenter", False),
    ]  # fmt: skip
    assert find_bundle().name == "tiny"
    assert find_bundle(kind="segmenter").name == "tiny-lungs"


def test_a_segmenter_is_not_given_as_a_classifier(tiny_segmenter):
    shutil.rmtree(tiny_segmenter.parent / "tiny")
    with pytest.raises(BundleError, match="no model is installed"):
        load_classifier()
    with pytest.raises(BundleError, match="'tiny-lungs' is not known"):
        load_classifier("tiny-lungs")


def test_a_segmenter_named_as_the_champion_is_not_one(tiny_segmenter):
    index = tiny_segmenter.parent / INDEX
    index.write_text(json.dumps({**json.loads(index.read_text()), "default": "tiny-lungs"}))
    assert not any(info.champion for info in list_bundles())


def test_without_a_segmenter_it_says_what_is_missing(tiny_bundle):
    with pytest.raises(BundleError, match="no model that finds lungs"):
        find_bundle(kind="segmenter")


def test_an_index_from_before_there_were_segmenters_is_read(tiny_bundle):
    index = tiny_bundle.parent / INDEX
    content = json.loads(index.read_text())
    del content["segmenter"]
    index.write_text(json.dumps(content))
    assert find_bundle().name == "tiny"


@pytest.mark.parametrize("content", ["{", "[]", '"text"'])
def test_a_damaged_index_is_one_sentence(tiny_bundle, content):
    (tiny_bundle.parent / INDEX).write_text(content)
    with pytest.raises(BundleError, match=r"index\.json"):
        list_bundles()


def test_what_a_file_manager_leaves_behind_does_not_count(tiny_bundle):
    (tiny_bundle / ".DS_Store").write_bytes(b"looked at")
    assert find_bundle("tiny").name == "tiny"
    (tiny_bundle / "extra.txt").write_text("put in")
    with pytest.raises(BundleError, match="were changed"):
        find_bundle("tiny")
