"""No training takes the place of a model that it has not made, and none gets another's name."""

import json
from pathlib import Path
from unittest.mock import MagicMock

import pandas as pd
import pytest
from epoch import RECORD

from xray_core.cli import main
from xray_core.cli.model_name import command_of
from xray_core.training.config import TrainingConfig
from xray_core.training.config_file import kind_of
from xray_core.training.films import TRAIN
from xray_core.training.free_name import COMMAND
from xray_core.training.run_state import RunState

pytestmark = pytest.mark.usefixtures("films_of_the_project")


def test_a_model_of_no_given_name_takes_the_place_of_no_other(films, install, asked):
    command = ["train", str(films), "--network", "cnn-tiny"]
    assert main(command) == 0
    install(asked[0])
    assert main([*command, "--seed", "2"]) == 0
    assert [config.name for config in asked] == ["films-cnn-tiny", "films-cnn-tiny-2"]


def test_a_name_that_is_made_up_is_not_that_of_a_run_that_others_may_go_on_from(films, home, asked):
    command = ["train", str(films), "--network", "cnn-tiny"]
    assert main(command) == 0
    leave_state(home / "runs" / "films-cnn-tiny", asked[0])
    assert main(command) == 0  # goes on
    assert main([*command, "--epochs", "2"]) == 0
    leave_state(home / "runs" / "films-cnn-tiny-2", asked[-1])
    assert main([*command, "--epochs", "2"]) == 0
    assert main([*command, "--epochs", "3"]) == 0
    assert [config.name.removeprefix("films-cnn-tiny") for config in asked] == [
        *("", "", "-2", "-2", "-3")
    ]


def leave_state(folder, config):
    """Leave what a run leaves after its first epoch, but for the weights."""
    model, columns = MagicMock(), ["sha256", "path", "label", "role"]
    model.save_weights = lambda path: path.write_bytes(b"weights")
    films = {TRAIN: MagicMock(table=pd.DataFrame([columns], columns=columns))}
    RunState(folder, config, films).save(model, [RECORD])


def test_a_name_that_another_run_has_is_refused_and_its_own_is_not(
    films, home, install, asked, capsys
):
    command = ["train", str(films), "--network", "cnn-tiny", "--name", "mine"]
    assert main(command) == 0
    install(asked[0])
    assert main(command) == 0
    leave_state(home / "runs" / "mine", asked[0])
    path = home / "bundles" / "mine" / "bundle.json"
    older = json.loads(path.read_text())
    del older["training"]["stochastic_depth"], older["training"]["augmentation"]["mix_style"]
    path.write_text(json.dumps(older))
    assert main(command) == 0  # what could not yet be chosen then was at its default
    assert main([*command, "--seed", "2"]) == 2
    assert "'mine' is a model that another run has made" in capsys.readouterr().err


@pytest.fixture
def divided(films, home):
    """The command that trains `mine` by one of two divisions of the films, without the manifest."""
    for name, seed in (("a", "1"), ("b", "2")):
        assert main(["dataset", "split", str(films), "--name", name, "--seed", seed]) == 0
    by = [str(home / "splits" / name / "patients.csv") for name in ("a", "b")]
    command = ["train", str(films), "--network", "cnn-tiny", "--name", "mine", "--manifest"]
    return [[*command, manifest] for manifest in by]


def test_a_run_by_another_manifest_of_the_same_name_is_another_run(divided, install, asked, capsys):
    assert main(divided[0]) == 0
    install(asked[0])
    assert main(divided[0]) == 0
    assert main(divided[1]) == 2
    assert "'mine' is a model that another run has made" in capsys.readouterr().err


@pytest.mark.parametrize("by", [None, COMMAND])
def test_whose_a_model_of_before_the_notes_is_says_the_state_of_its_run(
    divided, home, install, asked, by
):
    assert main(divided[0]) == 0
    install(asked[0], by)
    assert main(divided[0]) == 2, "nobody can tell"
    leave_state(home / "runs" / "mine", asked[0])
    assert main(divided[1]) == 2
    assert main(divided[0]) == 0
    (home / "runs" / "mine" / "history.json").unlink()
    assert main(divided[0]) == 0, "noted by now"


def test_a_model_that_a_job_has_made_is_no_commands(divided, home, install, asked, capsys):
    assert main(divided[0]) == 0
    install(asked[0], "0123456789abcdef")
    leave_state(home / "runs" / "mine", asked[0])
    assert main(divided[0]) == 2
    assert "'mine' is a model that another run has made" in capsys.readouterr().err


def test_a_command_is_known_by_what_it_trains_on_which_files(divided, films, asked, monkeypatch):
    assert main(divided[0]) == 0
    config = asked[0]
    monkeypatch.chdir(films.parent)
    here = {"data": [config.data[0].model_dump() | {"path": films.name}]}
    assert command_of(config) == command_of(config.changed(here))
    assert command_of(config) == command_of(config.changed({"title": "Another", "file": "f.json"}))
    for change in ({"seed": 7}, {"name": "other"}, {"augmentation": {"mix_style": 0.5}}):
        assert command_of(config) != command_of(config.changed(change))
    start = config.changed({"start": "w.weights.h5"})
    before = command_of(start)
    monkeypatch.chdir(films)
    assert command_of(start) != before


def test_every_committed_run_has_a_command_of_its_own(monkeypatch):
    # Which lungs a run crops to is told by the hashes of all models, for each of the runs anew.
    monkeypatch.setattr("xray_core.training.run.name_finder", lambda config: config)
    files = sorted((Path(__file__).parents[2] / "configs").glob("*.json"))
    known = [command_of(TrainingConfig.read(file)) for file in files if kind_of(file) is None]
    assert len(set(known)) == len(known) > 50


def test_a_release_takes_the_place_of_no_other_runs_model_either(
    films, home, install, asked, tmp_path, capsys
):
    assert main(["train", str(films), "--network", "cnn-tiny", "--name", "mine"]) == 0
    install(asked[0])
    content = json.loads(asked[0].changed({"seed": 2}).model_dump_json())
    (tmp_path / "run.json").write_text(json.dumps(content | {"store": str(home / "bundles")}))
    assert main(["train", "--config", str(tmp_path / "run.json"), "--release"]) == 2
    assert "'mine' is a model that another run has made" in capsys.readouterr().err
    assert len(asked) == 1


def test_the_best_of_a_search_takes_the_place_of_no_model(films, install, asked, capsys):
    assert main(["train", str(films), "--network", "ann-10"]) == 0
    install(asked.pop())
    capsys.readouterr()
    command = ["search", str(films), "--network", "ann-10", "--trials", "1", "--epochs", "1"]
    assert main([*command, "--train-best", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [trial["state"] for trial in found["trials"]] == ["complete"]
    assert (found["name"], asked[0].name) == ("films-ann-10", "films-ann-10-2")
    assert found["bundle"] == str(films.parent / "films-ann-10-2")
    tried = found["trials"][0]["settings"]
    assert asked[0].rate == tried.get("rate", asked[0].rate)
    assert asked[0].epochs > 1
