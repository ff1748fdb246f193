"""`predict`: one opinion a file, whatever the other files are."""

import hashlib
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from trusting import trust

from xray_core.cli import main
from xray_core.cli.predict import _opinion
from xray_core.inference import Decision
from xray_core.settings import PROJECT_ROOT, settings

KEYS = [
    "source", "sha256", "status", "probabilities", "p_pneumonia", "decision", "threshold",
    "reasons", "model", "seconds",
]  # fmt: skip


@pytest.fixture
def photograph(tmp_path):
    rng = np.random.default_rng(1)
    path = tmp_path / "holiday.png"
    Image.fromarray(rng.integers(256, size=(90, 90, 3), dtype=np.uint8)).save(path)
    return path


def objects(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_is_one_object_a_line_in_the_order_given(tiny_bundle, phantom_file, capsys):
    files = [phantom_file("lobar", 3), phantom_file("normal", 1)]
    assert main(["predict", *map(str, files), "--json"]) == 0
    rows = objects(capsys)
    assert [row["source"] for row in rows] == [str(file) for file in files]
    for row, file in zip(rows, files, strict=True):
        assert list(row) == KEYS
        assert row["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert row["status"] == "ok"
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert row["p_pneumonia"] == pytest.approx(1 - row["probabilities"]["NORMAL"], abs=1e-6)
        called = row["p_pneumonia"] >= row["threshold"]
        assert row["decision"] == ("PNEUMONIA" if called else "NORMAL")
        assert row["model"]["name"] == "tiny"
        assert "Synthetic phantom, not a patient." in row["reasons"]


def test_bad_files_do_not_stop_the_others(tiny_bundle, phantom_file, photograph, tmp_path, capsys):
    broken = tmp_path / "broken.dcm"
    broken.write_bytes(b"not a film")
    missing = tmp_path / "missing.png"
    files = [broken, phantom_file(), photograph, missing, tmp_path, phantom_file("lobar")]
    assert main(["predict", *map(str, files), "--json"]) == 2
    captured = capsys.readouterr()
    rows = [json.loads(line) for line in captured.out.splitlines()]
    assert [row["status"] for row in rows] == ["error", "ok", "refused", "error", "error", "ok"]
    for row in rows:
        if row["status"] != "ok":
            assert list(row) == KEYS
            blank = ("probabilities", "p_pneumonia", "decision", "threshold")
            assert [row[key] for key in blank] == [None] * 4
            assert len(row["reasons"]) == 1
            assert row["reasons"][0]
    assert rows[0]["sha256"] == hashlib.sha256(b"not a film").hexdigest()
    assert rows[3]["sha256"] == rows[4]["sha256"] == ""
    assert captured.err == "4 of 6 files without an opinion: 1 refused, 3 unreadable.\n"


def test_a_single_refused_film_is_exit_2(tiny_bundle, photograph, capsys):
    assert main(["predict", str(photograph)]) == 2
    captured = capsys.readouterr()
    assert "Refused: " in captured.out
    assert captured.err == "1 of 1 files without an opinion: 1 refused.\n"


def test_a_file_over_the_limit_is_not_read_to_its_end(tiny_bundle, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XRAY_MAX_FILE_BYTES", "1MiB")
    settings.cache_clear()
    large = tmp_path / "large.dcm"
    with large.open("wb") as file:
        file.truncate(3 * 2**30)
    assert main(["predict", str(large), "--json"]) == 2
    (row,) = objects(capsys)
    assert row["status"] == "error"
    assert row["sha256"] == ""
    assert row["reasons"] == ["this file has more than the 1 MB that are allowed."]


def test_text_names_file_decision_and_model_and_ends_with_the_notice(
    tiny_bundle, phantom_file, capsys
):
    assert main(["predict", str(phantom_file("interstitial"))]) == 0
    out = capsys.readouterr().out
    assert out.startswith("interstitial-0-96.png  (synthetic phantom)\n")
    assert "threshold 50.0 %" in out
    assert "Bacterial pneumonia" in out
    assert "Model tiny" in out
    assert out.endswith(
        "Research use only; not a medical device; COVID-19 needs a laboratory test.\n"
    )


@pytest.mark.parametrize(
    ("p", "threshold", "said", "limit"),
    [
        (0.99999, 0.5, "over 99.9 %", "threshold 50.0 %"),
        (0.000001, 0.5, "under 0.1 %", "threshold 50.0 %"),
        (0.1204, 0.1201, "12.04 %", "threshold 12.01 %"),
        (0.119999, 0.12, "11.9999 %", "threshold 12.0000 %"),
    ],
)
def test_text_rounds_to_no_certainty_and_tells_the_sides_of_the_threshold(
    p, threshold, said, limit
):
    called = Decision.PNEUMONIA if p >= threshold else Decision.NORMAL
    opinion = SimpleNamespace(
        p_pneumonia=p,
        threshold=threshold,
        decision=called,
        probabilities={"NORMAL": 1 - p, "BACTERIAL": p},
    )
    first, *rows = _opinion(opinion)
    assert first.endswith(limit)
    assert f"P(pneumonia)         {said}" in rows[0]
    assert not {"0.0 %", "100.0 %"} & {row.split("  ")[-1] for row in rows}


def test_text_says_what_the_model_gives_on_films_that_chose_nothing_about_it(
    tiny_bundle, phantom_file, capsys
):
    manifest = json.loads((tiny_bundle / "bundle.json").read_text())
    flattering = {"value": 0.999, "low": 0.99, "high": 1.0}
    manifest["operating_points"][0].update(sensitivity=flattering, specificity=flattering)
    manifest["metrics"]["internal_test"] = {
        **{"n": 1234, "patients": 567},
        **{"sensitivity": 0.91, "sensitivity_ci": [0.885, 0.93]},
        **{"specificity": 0.62, "specificity_ci": [0.581, 0.664]},
    }
    (tiny_bundle / "bundle.json").write_text(json.dumps(manifest))
    trust(tiny_bundle, default=True)
    assert main(["predict", str(phantom_file())]) == 0
    out = capsys.readouterr().out
    assert "sensitivity 91.0 % (88.5 to 93.0), specificity 62.0 % (58.1 to 66.4)" in out
    assert "On internal test patients" in out and "1,234 films of 567 patients" in out
    assert "99.9" not in out


def test_a_name_cannot_write_to_the_terminal(tiny_bundle, phantom_file, tmp_path, capsys):
    path = tmp_path / "a\x1b[31m\nPNEUMONIA.png"
    path.write_bytes(phantom_file().read_bytes())
    assert main(["predict", str(path)]) == 0
    assert capsys.readouterr().out.startswith("a�[31m�PNEUMONIA.png  (")


def test_an_unknown_model_is_named_with_those_that_are_known(tiny_bundle, phantom_file, capsys):
    assert main(["predict", str(phantom_file()), "--model", "huge"]) == 2
    assert capsys.readouterr().err == "model 'huge' is not known; known are: tiny.\n"


def test_a_changed_model_gives_no_opinion(tiny_bundle, phantom_file, capsys):
    (tiny_bundle / "README.md").write_text("changed\n")
    assert main(["predict", str(phantom_file()), "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "its files were changed, so it is not used." in captured.err


def test_without_a_model_there_is_no_opinion(home, phantom_file, monkeypatch, capsys):
    monkeypatch.setenv("XRAY_MODELS_DIR", str(home / "none"))
    settings.cache_clear()
    assert main(["predict", str(phantom_file())]) == 2
    assert capsys.readouterr().err.startswith("no model is installed, so there is no opinion")


def test_the_process_prints_nothing_but_json_and_one_sentence(tiny_bundle, phantom_file, tmp_path):
    missing = tmp_path / "missing.png"
    done = subprocess.run(
        [sys.executable, "-m", "xray_core", "predict", phantom_file(), missing, "--json"],
        cwd=PROJECT_ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["ok", "error"]
    assert done.stderr == "1 of 2 files without an opinion: 1 unreadable.\n"
