"""`dataset`: audit, fetch, import, divide."""

import json
import sys

import pandas as pd
import pytest

from xray_core.cli import main
from xray_core.datasets import public_sets
from xray_core.datasets.manifest import read_manifest
from xray_core.datasets.public_sets import PublicSet

KEYS = "classes splits patients duplicates leaks confounding verdict findings"


@pytest.fixture
def films(home, tmp_path, phantom_file):
    """Two classes in two splits, one film of them twice."""
    root = tmp_path / "set"
    for i, (split, name) in enumerate(
        [("train", "NORMAL"), ("train", "VIRAL"), ("test", "NORMAL"), ("test", "VIRAL")]
    ):
        (root / split / name).mkdir(parents=True)
        data = phantom_file("normal", seed=min(i, 2)).read_bytes()
        (root / split / name / f"film-{i}.png").write_bytes(data)
    return root


def test_inspect_prints_one_line_of_json_with_the_promised_keys(films, capsys):
    assert main(["dataset", "inspect", str(films), "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    out = json.loads(line)
    assert list(out) == KEYS.split()
    assert out["classes"] == {"NORMAL": 2, "VIRAL": 2}
    assert out["splits"] == {"test": 2, "train": 2}
    assert out["duplicates"] == {"exact_pairs": 1, "near_pairs": 0}
    assert (out["patients"], out["leaks"], out["verdict"]) == (4, 0, "serious")
    assert set(out["confounding"]) >= {"file", "border", "thumbnail", "sharpness", "markers"}
    assert {"check", "verdict", "sentence", "films", "title"} == set(out["findings"][0])


def test_inspect_says_it_in_words_and_writes_reports(films, tmp_path, capsys):
    paths = [tmp_path / "out" / f"audit.{kind}" for kind in ("html", "csv", "json")]
    options = [
        word
        for o, p in zip(("--html", "--csv", "--out"), paths, strict=True)
        for word in (o, str(p))
    ]
    assert main(["dataset", "inspect", str(films), *options]) == 0
    out = capsys.readouterr().out
    assert "set: 4 films of 4 patients" in out
    assert "Verdict: SERIOUS" in out and "labels that contradict each other" in out
    html, csv, whole = (path.read_text(encoding="utf-8") for path in paths)
    assert html.startswith("<!DOCTYPE html>")
    assert "Conflicting labels" in html and "<script" not in html
    assert csv.startswith('"kind","check","verdict",')
    assert json.loads(whole)["pairs"][0]["exact"] is True


def test_several_folders_are_inspected_as_one(films, tmp_path, capsys):
    other = films.rename(tmp_path / "one")
    (tmp_path / "two" / "COVID-19").mkdir(parents=True)
    film = next(other.rglob("*.png"))
    (tmp_path / "two" / "COVID-19" / "c.png").write_bytes(film.read_bytes())
    arguments = ["dataset", "inspect", str(other), str(tmp_path / "two"), "--json"]
    assert main(arguments) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["classes"]["COVID-19"] == 1
    assert "confounding_source" in {finding["check"] for finding in out["findings"]}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["inspect", "/no/such/folder"], "/no/such/folder cannot be opened"),
        (["fetch", "imagenet"], "there is no public set called 'imagenet'; allowed are "),
        (["fetch", "kermany"], "kermany can be fetched by hand only: download it from https://"),
        (["fetch", "pneumoniamnist"], "CC BY 4.0"),
        (["import", "/no/such/file.zip"], "/no/such/file.zip"),
        (["split", "/no/such/folder", "--name", "x"], "/no/such/folder cannot be opened"),
        (
            ["split", "films", "--name", "x", "--own", "--folds", "5", "--seed", "1"],
            "--folds, --seed beside --own; allowed is one way to divide",
        ),
        (
            ["split", "films", "--name", "x", "--folds", "5", "--test", "0.2"],
            "--test beside --folds; allowed is one way to divide",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_2(arguments, sentence, home, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["dataset", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert sentence in captured.err


def test_a_licence_is_shown_before_anything_is_fetched(home, monkeypatch, capsys):
    """Whoever answers no gets nothing, and no connection is made."""
    public = PublicSet(
        "tiny", "A tiny set", "http://127.0.0.1:9/page", "CC BY 4.0", "http://127.0.0.1:9/by",
        "Nobody 2020", "http://127.0.0.1:9/tiny.npz", "tiny.npz", 4, "0" * 32,
    )  # fmt: skip
    monkeypatch.setattr(public_sets, "PUBLIC_SETS", (public,))

    class Terminal:
        def isatty(self):
            return True

        def readline(self):
            return "n\n"

    monkeypatch.setattr(sys, "stdin", Terminal())
    assert main(["dataset", "fetch", "tiny"]) == 2
    said = capsys.readouterr().err
    assert "CC BY 4.0, http://127.0.0.1:9/by" in said and "cite     Nobody 2020" in said
    assert "it is fetched once the licence is accepted" in said


def test_sets_are_listed_with_their_licences(home, capsys):
    assert main(["dataset", "sets", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    (first, _), imported = out["public"], out["imported"]
    assert imported == []
    assert (first["name"], first["licence"], first["size"]) == (
        "pneumoniamnist",
        "CC BY 4.0",
        214_384_716,
    )
    assert main(["dataset", "sets"]) == 0
    assert "214 MB" in capsys.readouterr().out


def test_an_archive_is_imported_and_its_path_printed(films, home, tmp_path, capsys):
    import shutil

    archive = shutil.make_archive(str(tmp_path / "mine"), "zip", films)
    assert main(["dataset", "import", archive]) == 0
    assert capsys.readouterr().out.strip() == str(home / "datasets" / "mine")
    assert len(list((home / "datasets" / "mine").rglob("*.png"))) == 4
    assert main(["dataset", "sets", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["imported"] == [str(home / "datasets" / "mine")]


@pytest.fixture
def patients(home, tmp_path, phantom_file):
    """Forty films of as many patients, some of them in the set's own train, val and test."""
    data = phantom_file("normal").read_bytes()
    for i in range(40):
        split = ("train", "train", "val", "test")[i // 2 % 4]
        path = tmp_path / "many" / split / ("VIRAL" if i % 2 else "NORMAL") / f"patient{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data + bytes([i]))  # no two films are equal
    return tmp_path / "many"


def test_a_split_is_a_manifest_that_training_reads(patients, home, capsys):
    split = ["dataset", "split", str(patients)]
    assert main([*split, "--name", "own", "--own"]) == 0
    assert capsys.readouterr().out.strip() == str(home / "splits" / "own")
    assert main([*split, "--name", "mine", "--seed", "3"]) == 0
    folder = home / "splits" / "mine"
    assert capsys.readouterr().out.strip() == str(folder)
    assert len(read_manifest(folder / "patients.csv")) == 40
    assert set(pd.read_csv(folder / "films.csv")["sha256"].str.len()) == {64}
    assert main([*split, "--name", "two", "--folds", "2"]) == 0
    roles = read_manifest(home / "splits" / "two" / "patients-fold-2.csv")["role"]
    assert roles.value_counts().to_dict() == {"internal_test": 20, "train": 18, "validation": 2}


def test_a_split_that_no_training_could_use_is_not_saved(films, home, capsys):
    """The set has no folder val, and too few patients to draw some from."""
    for more in (["--own"], [], ["--test", "0"]):
        assert main(["dataset", "split", str(films), "--name", "x", *more]) == 2
        assert "allowed are" in capsys.readouterr().err
    assert not (home / "splits").exists()


def test_without_a_subcommand_the_overview_is_shown(capsys):
    assert main(["dataset"]) == 0
    out = capsys.readouterr().out
    for name in ("inspect", "sets", "fetch", "import", "split"):
        assert f"  {name} " in out
