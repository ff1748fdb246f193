"""`phantom`: synthetic films that the other commands read."""

import json

import numpy as np
import pytest
from PIL import Image

from xray_core.cli import main
from xray_core.datasets.open import open_dataset


def draw(out, *arguments):
    return main(["phantom", "--out", str(out), "--size", "64", *arguments])


def test_films_are_a_data_set_with_a_class_and_a_patient_each(tmp_path, capsys):
    assert draw(tmp_path / "films", "--n", "5", "--seed", "7") == 0
    dataset = open_dataset(tmp_path / "films")
    assert sorted(dataset.table["label"]) == ["BACTERIAL", "COVID-19", "NORMAL", "NORMAL", "VIRAL"]
    assert dataset.table["patient"].nunique() == 5
    assert all(dataset.read(i).synthetic for i in range(5))
    assert capsys.readouterr().out.startswith("5 synthetic films are in ")


def test_evaluate_reads_them_masks_or_not(tmp_path, tiny_bundle, capsys):
    assert draw(tmp_path / "films", "--n", "8", "--masks") == 0
    capsys.readouterr()
    assert main(["evaluate", str(tmp_path / "films"), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert (out["n"], out["synthetic"], out["refused"], out["errors"]) == (8, 8, 0, 0)


def test_the_same_seed_gives_the_same_files(tmp_path):
    for name in "ab":
        assert draw(tmp_path / name, "--n", "2", "--seed", "3", "--adult") == 0
    files = [sorted((tmp_path / name).rglob("*.png")) for name in "ab"]
    assert [f.read_bytes() for f in files[0]] == [f.read_bytes() for f in files[1]]
    assert len(files[0]) == 2


def test_masks_show_where_the_finding_is(tmp_path):
    assert draw(tmp_path / "films", "--n", "1", "--seed", "2", "--kind", "lobar", "--masks") == 0
    (mask,) = (tmp_path / "films-masks").rglob("*.png")
    with Image.open(mask) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (64, 64)
    assert set(np.unique(pixels)) == {0, 255}
    assert (tmp_path / "films" / mask.relative_to(tmp_path / "films-masks")).exists()


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--kind", "measles"), "kind 'measles' is not one of normal, lobar, interstitial"),
        (("--size", "8"), "64 to 2048 px"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(tmp_path, option, sentence, capsys):
    assert main(["phantom", "--out", str(tmp_path / "x"), *option]) == 2
    assert sentence in capsys.readouterr().err
