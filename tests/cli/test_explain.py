"""`explain`: weights as JSON, pictures and a record."""

import hashlib
import json
import re

import numpy as np
import pytest
from PIL import Image

from xray_core.cli import main
from xray_core.notice import NOTICE
from xray_core.reports.versions import versions

FEW = ["--samples", "40", "--segments", "12"]


def explained(capsys, *arguments):
    assert main(["explain", *map(str, arguments), *FEW, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_json_is_one_object_with_a_weight_for_each_superpixel(tiny_bundle, phantom_file, capsys):
    out = explained(capsys, phantom_file("lobar"))
    first = ["class", "seconds", "samples", "segments", "r2", "weights"]
    assert list(out)[:6] == first
    assert (out["class"], out["samples"]) == ("PNEUMONIA", 40)
    assert len(out["weights"]) == out["segments"] > 1
    assert any(out["weights"])
    assert out["opinion"]["model"]["name"] == "tiny"
    assert out["versions"] == versions()
    assert out["notice"] == NOTICE


def test_the_lungs_share_stands_in_the_record_beside_that_of_the_area(
    tiny_segmenter, phantom_file, capsys
):
    out = explained(capsys, phantom_file("lobar"))
    assert out["lungs"]["finder"] == "tiny-lungs"
    assert len(out["lungs"]["finder_sha256"]) == 64
    if out["lungs"]["reason"]:  # untrained: it may find none
        assert (out["lung_share"], out["lung_area"]) == (None, None)
    else:
        assert 0 <= out["lung_share"] <= 1
        assert 0 < out["lung_area"] <= 1


def test_without_a_segmenter_the_lungs_share_is_null_and_says_why(
    tiny_bundle, phantom_file, capsys
):
    out = explained(capsys, phantom_file("lobar"))
    assert (out["lung_share"], out["lung_area"]) == (None, None)
    assert out["lungs"]["finder"] is None
    assert "finds lungs" in out["lungs"]["reason"]


def test_the_same_seed_gives_the_same_weights_and_another_does_not(
    tiny_bundle, phantom_file, capsys
):
    film = phantom_file("lobar")
    once, again, other = (explained(capsys, film, "--seed", s)["weights"] for s in (4, 4, 5))
    assert once == again != other


@pytest.mark.parametrize("name", ["NORMAL", "covid-19"])
def test_any_class_is_explained(tiny_bundle, phantom_file, capsys, name):
    assert explained(capsys, phantom_file("lobar"), "--class", name)["class"] == name.upper()


def test_out_holds_mask_heat_map_and_record(tiny_bundle, phantom_file, tmp_path, capsys):
    out = tmp_path / "new" / "why"
    film = phantom_file("lobar")
    printed = explained(capsys, film, "--out", out)
    stem = f"{hashlib.sha256(film.read_bytes()).hexdigest()[:12]}-PNEUMONIA"
    assert {path.name for path in out.iterdir()} == {
        f"{stem}-mask.png", f"{stem}-heatmap.png", f"{stem}-record.json",
    }  # fmt: skip
    with Image.open(out / f"{stem}-mask.png") as image:
        mask = np.asarray(image)
    assert mask.shape == (96, 96)
    assert mask.any()
    with Image.open(out / f"{stem}-heatmap.png") as image:
        assert image.mode == "RGB"
    assert json.loads((out / f"{stem}-record.json").read_text()) == printed


def test_files_of_one_name_keep_their_records_apart(tiny_bundle, phantom_file, tmp_path, capsys):
    out = tmp_path / "why"
    for number in (0, 1):
        film = tmp_path / str(number) / "IM0001"
        film.parent.mkdir()
        film.write_bytes(phantom_file("lobar", number).read_bytes())
        explained(capsys, film, "--out", out)
    assert len(list(out.iterdir())) == 6


def test_a_name_cannot_steer_the_terminal(tiny_bundle, tmp_path, capsys):
    broken = tmp_path / "a\x1b[2J\u202eb.png"
    broken.write_bytes(b"")
    assert main(["explain", str(broken), *FEW]) == 2
    assert capsys.readouterr().err.startswith("a?[2J?b.png: ")


def test_text_says_how_far_to_trust_it_and_ends_with_the_notice(tiny_bundle, phantom_file, capsys):
    assert main(["explain", str(phantom_file("lobar")), *FEW]) == 0
    out = capsys.readouterr().out
    assert "(synthetic phantom)" in out
    assert "R² " in out
    assert re.search(r"The strongest superpixel changes the probability by (under )?\d+\.\d ", out)
    assert "How much of the evidence lies in the lungs is not known." in out
    assert "supports" in out
    assert re.search(r"Pneumonia: P = [a-z]*\s?\d+\.\d %; ", out)
    assert out.endswith(f"{NOTICE}\n")


def test_a_film_without_an_opinion_is_one_sentence(tiny_bundle, tmp_path, capsys):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"")
    assert main(["explain", str(broken), *FEW, "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("broken.png: ")
    assert captured.err.count("\n") == 1


def test_a_class_that_the_model_does_not_know_is_one_sentence(tiny_bundle, phantom_file, capsys):
    assert main(["explain", str(phantom_file()), *FEW, "--class", "cancer"]) == 2
    assert "'CANCER' is not one of PNEUMONIA, NORMAL, BACTERIAL" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_sentence(tiny_bundle, phantom_file, capsys):
    assert main(["explain", str(phantom_file()), *FEW, "--out", "/dev/null/x"]) == 2
    assert capsys.readouterr().err.startswith("/dev/null/x: ")


def test_an_abstention_is_said_before_anything_is_explained(tiny_bundle, tmp_path, capsys):
    """A film of the least resolution that is read: the model should not decide on it."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(40, 200, (8, 8), dtype=np.uint8)
    path = tmp_path / "coarse.png"
    Image.fromarray(coarse).resize((256, 256), Image.Resampling.NEAREST).save(path)
    assert main(["predict", str(path), "--json"]) == 0
    opinion = json.loads(capsys.readouterr().out)
    assert opinion["decision"] == "ABSTAIN"
    assert main(["explain", str(path), *FEW]) == 0
    words = capsys.readouterr().out
    assert "ABSTAIN: the model should not decide on this film" in words
    assert opinion["reasons"][0] in words
    assert words.index("ABSTAIN") < words.index("SUPERPIXEL")
