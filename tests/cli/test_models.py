"""`models`: what is installed."""

import json
import shlex
import shutil

from xray_core.cli import main
from xray_core.labels import CLASSES
from xray_core.settings import settings


def listed(capsys, *arguments):
    assert main(["models", *arguments, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_json_is_one_array_with_the_facts_of_each_model(tiny_bundle, capsys):
    (only,) = listed(capsys)
    assert list(only) == [
        "name", "kind", "sha256", "classes", "champion", "metrics", "overrides",
    ]  # fmt: skip
    assert (only["name"], only["kind"], only["champion"]) == ("tiny", "classifier", True)
    assert only["classes"] == list(CLASSES)
    assert len(only["sha256"]) == 64
    assert only["metrics"]["internal_test"]["auc_ci"] == [0.4, 0.6]
    assert only["overrides"] == []


def test_segmenters_are_listed_only_with_all(tiny_segmenter, capsys):
    assert [info["name"] for info in listed(capsys)] == ["tiny"]
    _, segmenter = listed(capsys, "--all")
    assert (segmenter["name"], segmenter["kind"]) == ("tiny-lungs", "segmenter")
    assert (segmenter["classes"], segmenter["champion"]) == ([], False)


def test_text_shows_the_dice_of_a_segmenter(tiny_segmenter, capsys):
    assert main(["models", "--all"]) == 0
    line = capsys.readouterr().out.splitlines()[2]
    assert "tiny-lungs" in line
    assert "Dice 0.500 (0.400 to 0.600)" in line


def test_text_marks_the_champion(tiny_bundle, capsys):
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:3] == ["*", "tiny", "classifier"]
    assert "0.500 (0.400 to 0.600)" in lines[1]


def test_the_command_that_confirms_an_import_can_be_pasted(
    tiny_bundle, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    source = tmp_path / "it's my model.zip"
    assert main(["models", "export", "tiny", "--out", str(source)]) == 0
    shutil.rmtree(tiny_bundle.parent)
    capsys.readouterr()
    assert main(["models", "import", str(source)]) == 0
    (said,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("then: ")]
    assert main(shlex.split(said)[4:]) == 0
    assert "tiny (classifier) is trusted now" in capsys.readouterr().out


def test_with_no_model_the_list_is_empty(home, monkeypatch, capsys):
    monkeypatch.setenv("XRAY_MODELS_DIR", str(home / "none"))
    settings.cache_clear()
    assert listed(capsys) == []
    assert main(["models"]) == 0
    assert capsys.readouterr().out.startswith("No model is installed")
