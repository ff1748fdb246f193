"""A data set is evaluated as its films would be one by one; what is left out is counted."""

import json
import shutil

import numpy as np
import pytest
from trusting import trust

from xray_core.datasets.hashing import perceptual_hash
from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError
from xray_core.evaluation.evaluate import evaluate
from xray_core.imaging.reader import read_radiograph
from xray_core.inference import Status, load_classifier, read_film
from xray_core.labels import BACTERIAL, NORMAL, PNEUMONIA

FOLDERS = {"normal": "NORMAL", "lobar": "BACTERIAL", "interstitial": "VIRAL"}


@pytest.fixture
def films(tmp_path, phantom_file):
    """Nine phantoms in split and class folders, two of an unknown kind of pneumonia."""
    for kind, name in FOLDERS.items():
        for seed in range(3):
            part = "train" if seed == 0 else "test"
            folder = tmp_path / "films" / part / name
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(phantom_file(kind, seed), folder)
    unknown = tmp_path / "films" / "test" / PNEUMONIA
    unknown.mkdir()
    for seed in (5, 6):
        shutil.copy(phantom_file("lobar", seed), unknown)
    return tmp_path / "films"


def test_the_figures_are_those_of_the_single_predictions(films, tiny_classifier):
    dataset = open_dataset(films)
    result = evaluate(tiny_classifier, dataset).to_json()
    confusion = np.zeros((2, 2), int)
    for i in range(len(dataset)):
        prediction = read_film(tiny_classifier, dataset.film_bytes(i), "film.png").prediction
        ill = dataset.table["label"][i] != NORMAL
        confusion[int(ill), int(prediction.decision == PNEUMONIA)] += 1
    assert result["n"] == len(dataset) == 11
    assert result["confusion"] == confusion.tolist()
    assert result["per_class"][BACTERIAL]["support"] == 3
    assert (result["model"], result["model_sha256"]) == ("tiny", tiny_classifier.sha256)
    assert result["threshold"] == 0.5
    assert result["synthetic"] == 11


def test_unreadable_and_unsuitable_files_are_counted_and_left_out(films, tiny_classifier):
    (films / "test" / "NORMAL" / "broken.png").write_bytes(b"no film at all")
    rng = np.random.default_rng(0)
    from PIL import Image

    photograph = Image.fromarray(rng.integers(256, size=(80, 80, 3), dtype=np.uint8))
    photograph.save(films / "test" / "VIRAL" / "photo.png")
    result = evaluate(tiny_classifier, open_dataset(films))
    out = result.to_json()
    assert (out["n"], out["refused"], out["errors"]) == (11, 1, 1)
    assert {film.path: film.status for film in result.left_out} == {
        "test/NORMAL/broken.png": Status.ERROR,
        "test/VIRAL/photo.png": Status.REFUSED,
    }
    assert all(film["reason"] for film in out["left_out"])
    json.dumps(out, allow_nan=False)


def test_a_data_set_without_one_readable_film_gives_nulls(tmp_path, tiny_classifier):
    (tmp_path / "NORMAL").mkdir()
    (tmp_path / "NORMAL" / "broken.png").write_bytes(b"no film at all")
    out = evaluate(tiny_classifier, open_dataset(tmp_path)).to_json()
    assert (out["n"], out["errors"], out["auc"], out["accuracy"]) == (0, 1, None, None)


def test_a_split_folder_is_evaluated_alone_and_progress_is_told(films, tiny_classifier):
    told = []
    result = evaluate(
        tiny_classifier,
        open_dataset(films),
        split="test",
        progress=lambda done, total: told.append((done, total)),
    )
    assert result.figures.n == 8
    assert told == [(8, 8)]


def test_an_unknown_split_is_refused_with_what_is_allowed(films, tiny_classifier):
    with pytest.raises(DatasetError, match=r"'tset' is not one of test, train, validation"):
        evaluate(tiny_classifier, open_dataset(films), split="tset")


def test_a_role_is_refused_for_patients_that_the_manifest_does_not_know(films, tiny_classifier):
    with pytest.raises(DatasetError, match="not in the manifest"):
        evaluate(tiny_classifier, open_dataset(films), split="internal_test")


def test_films_that_made_the_model_are_recognised(films, tiny_bundle):
    """By their bytes, or by their look where a file was saved again."""
    dataset = open_dataset(films)
    content = dataset.film_bytes(3)
    look = perceptual_hash(read_radiograph(content, "film.png").pixels)
    listed = [(sha256, "") for sha256 in dataset.table["sha256"][:3]] + [("saved again", look)]
    roles = ("train", "validation", "internal_test", "train")
    rows = [
        f"{sha},{phash},p,s,NORMAL,{role}" for (sha, phash), role in zip(listed, roles, strict=True)
    ]
    header = "sha256,phash,patient,source,label,role"
    (tiny_bundle / "films.csv").write_text("\n".join([header, *rows]) + "\n")
    trust(tiny_bundle, default=True)
    found = evaluate(load_classifier("tiny"), dataset).roles
    assert found == {"train": 2, "validation": 1, "internal_test": 1}


@pytest.mark.real
def test_a_real_split_of_the_manifest_is_read(real_data, tiny_classifier):
    dataset = open_dataset(real_data / "chest_xray")
    few = dataset.subset(np.arange(0, len(dataset), 40))
    out = evaluate(tiny_classifier, few, split="validation").to_json()
    assert 0 < out["n"] + out["refused"] < len(few) / 3
    assert out["errors"] == 0


def test_one_file_that_cannot_be_opened_does_not_stop_the_others(films, tiny_classifier):
    whole = evaluate(tiny_classifier, open_dataset(films))
    (films / "test" / "NORMAL" / "gone.png").symlink_to(films / "nowhere.png")
    result = evaluate(tiny_classifier, open_dataset(films))
    assert [film.path for film in result.left_out] == ["test/NORMAL/gone.png"]
    assert result.left_out[0].status is Status.ERROR
    assert result.figures == whole.figures
