"""`promote`, `rollback`, `models export` and `models import`, as a shell script uses them."""

import json
import shutil

import pytest
from trusting import trust

from xray_core.bundle import find_bundle
from xray_core.cli import main
from xray_core.notice import NOTICE

PROMOTE = ["promote", "other", "--data", "FILMS", "--by", "A", "--reason", "x"]
REASON = "A drill: the gate has far too few films to pass."


@pytest.fixture
def films(drill_films):
    return drill_films


@pytest.fixture
def challenger(tiny_bundle):
    """`other`, the same network as the champion `tiny` under another name."""
    folder = tiny_bundle.parent / "other"
    shutil.copytree(tiny_bundle, folder)
    path = folder / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "name": "other"}))
    trust(folder)
    return folder


def promote(films, *more):
    return main(["promote", "other", "--data", str(films), "--by", "Dr A", *more])


def test_a_gate_that_fails_is_exit_2_with_the_evidence(challenger, films, capsys):
    assert promote(films, "--reason", "newer", "--json") == 2
    captured = capsys.readouterr()
    (line,) = captured.out.splitlines()
    out = json.loads(line)
    assert list(out) == ["promoted", "model", "former", "overridden", "gate"]
    assert (out["promoted"], out["model"]["name"], out["former"]["name"]) == (
        False,
        "other",
        "tiny",
    )
    checks = {check["name"]: check for check in out["gate"]["checks"]}
    assert list(checks) == [
        "sensitivity", "specificity", "calibration", "shortcuts", "unseen", "intact",
    ]  # fmt: skip
    assert not checks["sensitivity"]["passed"] and checks["intact"]["passed"]
    assert checks["sensitivity"]["figures"]["least_patients"] == 133
    assert checks["specificity"]["figures"]["least_patients"] == 52
    assert captured.err.startswith("the gate failed (sensitivity not worse")
    assert captured.err.count("\n") == 1
    assert find_bundle().name == "tiny"


def test_an_override_and_its_roll_back(challenger, films, capsys):
    assert promote(films, "--override", "--reason", REASON, "--json") == 0
    out = json.loads(capsys.readouterr().out)
    assert out["promoted"] and out["overridden"]
    assert find_bundle().name == "other"

    assert main(["rollback", "--by", "Dr B", "--reason", "drill over", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert list(out) == ["action", "model", "former", "by", "reason", "at"]
    assert (out["model"]["name"], out["former"]["name"]) == ("tiny", "other")
    assert find_bundle().name == "tiny"


def test_text_shows_each_check_in_words_and_the_override_goes_with_the_model(
    challenger, films, tmp_path, capsys
):
    assert promote(films, "--override", "--reason", REASON) == 0
    out = capsys.readouterr().out
    assert "FAILED  Sensitivity not worse by more than 2 percentage points" in out
    assert "passed  Files as they were when trusted" in out
    assert "other is the champion now, although the gate failed." in out
    assert out.rstrip().endswith(NOTICE)
    assert main(["rollback", "--by", "Dr B"]) == 0
    assert "tiny is the champion again; other was it." in capsys.readouterr().out

    assert main(["models"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[:2] for line in out.splitlines()[1:3]] == [["*", "tiny"], ["!", "other"]]
    assert "! other: Promoted on" in out and REASON in out and "! tiny" not in out
    assert main(["models", "--json"]) == 0
    _, other = json.loads(capsys.readouterr().out)
    assert len(other["overrides"]) == 1 and REASON in other["overrides"][0]
    assert main(["models", "export", "other", "--out", str(tmp_path / "other")]) == 0
    assert REASON in (tmp_path / "other" / "PROMOTIONS.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rollback", "--by", "Dr A"], "nothing to roll back"),
        (["rollback"], "Missing option '--by'"),
        (["promote", "tiny", "--data", "FILMS", "--by", "A", "--reason", "x"], "champion already"),
        (["promote", "other", "--data", "FILMS", "--reason", "x"], "Missing option '--by'"),
        ([*PROMOTE, "--margin", "1"], "margin 1 is not from 0.001 to 0.2."),
        ([*PROMOTE, "--specificity-margin", "0.5"], "margin 0.5 is not from 0.001 to 0.2."),
        (["promote", "no", "--data", "FILMS", "--by", "A", "--reason", "x"], "'no' is not known"),
        (["models", "export", "no", "--out", "x.zip"], "'no' is not known"),
        (["models", "import", "no.zip"], "no.zip cannot be read as a model"),
    ],
)
def test_a_mistake_is_one_sentence(challenger, films, arguments, sentence, capsys):
    given = [str(films) if argument == "FILMS" else argument for argument in arguments]
    assert main(given) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert sentence in captured.err
    assert find_bundle().name == "tiny"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--by", " ", "--reason", "newer"], "a name is missing"),
        (["--by", "A", "--reason", ""], "a reason is missing"),
        (["--by", "A", "--reason", "newer", "--override"], "'newer' is too short to override"),
    ],
)
def test_what_is_to_be_written_down_is_asked_before_any_film_is_read(
    challenger, tmp_path, more, sentence, capsys
):
    """The films are not even looked for."""
    assert main(["promote", "other", "--data", str(tmp_path / "no-films"), *more]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert sentence in captured.err


@pytest.mark.parametrize(
    "command", [["promote"], ["rollback"], ["models"], ["models", "export"], ["models", "import"]]
)
def test_help_shows_examples_and_the_notice(command, capsys):
    assert main([*command, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"python -m xray_core {' '.join(command)}" in out and "Example" in out
    assert out.rstrip().endswith(NOTICE)


def test_out_and_in_again(challenger, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    path = str(tmp_path / "other.zip")
    assert main(["models", "export", "other", "--out", path, "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert list(out) == ["name", "kind", "sha256", "path"]
    shutil.rmtree(challenger)

    assert main(["models", "import", path, "--json"]) == 0
    looked = json.loads(capsys.readouterr().out)
    assert looked == {
        "name": "other", "kind": "classifier", "sha256": out["sha256"],
        "installed": False, "path": None,
    }  # fmt: skip
    assert not challenger.exists()

    assert main(["models", "import", path, "--sha256", "0" * 64]) == 2
    assert "so it is not trusted" in capsys.readouterr().err
    assert main(["models", "import", path, "--sha256", out["sha256"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["installed"] is True
    assert find_bundle("other").sha256 == out["sha256"]


def test_text_tells_what_to_do_with_the_hash(challenger, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    sha256, path = find_bundle("other").sha256, tmp_path / "other.zip"
    assert main(["models", "export", "other", "--out", str(path)]) == 0
    assert f"SHA-256 of the model: {sha256}" in capsys.readouterr().out
    shutil.rmtree(challenger)
    assert main(["models", "import", str(path)]) == 0
    assert f"models import {path} --sha256 {sha256}" in capsys.readouterr().out
