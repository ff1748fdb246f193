"""`train` and `split`: what a run says, and the manifest that it divides by."""

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict
from unittest.mock import MagicMock

import pandas as pd
import pytest

from xray_core.bundle import BundleManifest
from xray_core.bundle.store import bundle_sha256
from xray_core.cli import audit_note, main, run_choice
from xray_core.cli.model_name import command_of
from xray_core.datasets.manifest import MANIFEST_PATH, read_manifest
from xray_core.settings import PROJECT_ROOT
from xray_core.tracking.runs import list_runs
from xray_core.tracking.store import open_runs
from xray_core.tracking.tags import BUNDLE_SHA256
from xray_core.training.epochs import EpochRecord
from xray_core.training.films import TRAIN
from xray_core.training.free_name import COMMAND, note_origin
from xray_core.training.run_state import RunState

RECORD = EpochRecord(1, 0.5, 0.4, 0.9, 0.6, 0.8, rate=1e-3)
"""What the only epoch gave of every run that is said to be over."""


@pytest.fixture(autouse=True)
def films_of_the_project(home, monkeypatch):
    """The films of the bundled configurations are not read, whether they are here or not."""
    real = audit_note.tell_audit

    def tell(paths):
        if not any("shared" in path.parts for path in paths):
            real(paths)

    monkeypatch.setattr(run_choice, "tell_audit", tell)


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """The configurations that `train` was given, in place of a training."""
    given = []

    def run(config, **_):
        given.append(config)
        return tmp_path / config.name

    monkeypatch.setattr("xray_core.training.run.train", run)
    return given


@pytest.fixture
def films(tmp_path, phantom_file):
    """Thirty films of two classes."""
    for kind, name in (("normal", "NORMAL"), ("lobar", "BACTERIAL")):
        (tmp_path / "films" / name).mkdir(parents=True)
        for seed in range(15):
            shutil.copy(phantom_file(kind, seed, 64), tmp_path / "films" / name / f"p{seed}.png")
    return tmp_path / "films"


@pytest.fixture
def install(home, tiny_store):
    """Return `install(config)`: leave a model behind, as if a command had trained it so.

    With `by` it is that of somebody else, or with None one of before such notes.
    """

    def write(config, *by):
        manifest = BundleManifest.read(tiny_store / "tiny")
        folder = home / "bundles" / config.name
        folder.mkdir(parents=True)
        training = config.portable() | {"history": [asdict(RECORD)]}
        manifest.model_copy(update={"name": config.name, "training": training}).write(folder)
        who = by[0] if by else command_of(config)
        if who is not None:
            note_origin(config.name, bundle_sha256(folder), who)

    return write


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


def test_a_lung_finder_that_had_no_epoch_left_has_a_run(tiny_segmenter, monkeypatch, capsys):
    monkeypatch.setattr(
        "xray_core.training.segmenter.run.train_segmenter", lambda *_, **__: tiny_segmenter
    )
    file = str(PROJECT_ROOT / "configs" / "lungs.json")
    assert main(["train", "--config", file, "--name", "tiny-lungs"]) == 0
    (run,) = list_runs()
    assert run.tags[BUNDLE_SHA256] == bundle_sha256(tiny_segmenter)


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


def test_patients_are_divided_by_the_manifest_that_is_given(films, home, asked, capsys):
    assert main(["dataset", "split", str(films), "--name", "mine"]) == 0
    manifest = home / "splits" / "mine" / "patients.csv"
    command = ["train", str(films), "--network", "cnn-tiny", "--manifest", str(manifest)]
    assert main(command) == 0
    assert (asked[0].manifest, asked[0].division.by) == (manifest, "manifest")
    assert main([*command[:-1], str(films / "none.csv")]) == 2
    assert "manifest none.csv cannot be read" in capsys.readouterr().err


def test_what_is_serious_about_the_films_is_said_before_training(films, asked, capsys):
    command = ["train", str(films), "--network", "cnn-tiny"]
    assert main(command) == 0
    error = capsys.readouterr().err
    assert f"have not been audited: python -m xray_core dataset inspect {films}" in error
    assert main(["dataset", "inspect", str(films)]) == 0
    capsys.readouterr()
    assert main(command) == 0
    error = capsys.readouterr().err
    assert "have not been audited" not in error
    assert "Audit, serious: " in error


def test_train_tells_each_epoch_and_prints_the_folder(monkeypatch, capsys, tmp_path):
    def run(config, *, on_load, on_films, on_epoch, on_step, log):
        log("Reading the films.")
        on_epoch(EpochRecord(1, 0.5, 0.25, 0.9, 0.375, 0.8, rate=0.1), 2)
        return tmp_path / config.name

    monkeypatch.setattr("xray_core.training.run.train", run)
    file = str(PROJECT_ROOT / "configs" / "kerley-lite-2.json")
    assert main(["train", "--config", file, "--name", "again"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(str(tmp_path / "again"))
    assert captured.err.splitlines() == [
        "Reading the films.",
        "epoch   1 of 2  loss 0.5000  validation loss 0.2500  AUC 0.9000  "
        "stressed loss 0.3750  AUC 0.8000",
    ]


@pytest.mark.parametrize("release", [False, True])
def test_only_a_release_goes_where_the_configuration_says(release, monkeypatch, capsys, tmp_path):
    asked = []

    def run(config, **_):
        asked.append(config)
        return tmp_path

    monkeypatch.setattr("xray_core.training.run.train", run)
    content = json.loads((PROJECT_ROOT / "configs" / "kerley-lite-2.json").read_text())
    file = tmp_path / "released.json"
    file.write_text(json.dumps(content | {"store": "models", "champion": True}))
    more = ["--release"] if release else []
    assert main(["train", "--config", str(file), "--name", "again", *more]) == 0
    assert (asked[0].store is not None, asked[0].champion) == (release, release)
    assert asked[0].file.endswith("released.json")


def test_the_champion_is_not_trained_over(home, monkeypatch, capsys):
    """The bundled configuration as it stands has the name of the model that gives the opinions."""
    monkeypatch.setattr("xray_core.cli.foreground.train_network", pytest.fail)
    for file in ("bundled", "lungs"):
        path = str(PROJECT_ROOT / "configs" / f"{file}.json")
        for more in ((), ("--release",)):
            assert main(["train", "--config", path, *more]) == 2
            assert "train under another name (--name)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "nothing to train on"),
        (["--config", "configs/bundled.json", "--epochs", "2"], "allowed beside --config"),
        (["films"], "no network is named"),
        (
            ["--config", "configs/kerley-lite-2.json", "--network", "residual"],
            "allowed beside --config",
        ),
        (["--config", "configs/lungs.json", "--epochs", "2"], "allowed beside --config"),
        (["--config", "configs/lungs.json", "--name", "Mine!"], "no name of a model"),
        (["films", "--network", "cnn-tiny", "--name", "Mine!"], "dots, hyphens and underscores"),
        (
            ["--config", "configs/kerley-lite-2.json", "--manifest", "m.csv"],
            "allowed beside --config",
        ),
        (["--config", "configs/kerley-lite-2.json", "--epochs", "0"], "epochs"),
        (["films", "--preset", "unheard-of"], "preset 'unheard-of' is not one of"),
        (["films", "--network", "cnn-tiny", "--release"], "for a run that names no store"),
        (["--config", "configs/kerley-lite-2.json", "--release"], "allowed is --config F with a"),
        (["--config", "configs/trees.json", "--release"], "for a run that names no store"),
        (
            ["films", "--network", "cnn-tiny", "--manifest", "m.csv", "--folds", "5"],
            "--manifest beside --folds, which divides the patients itself",
        ),
        (
            ["--config", "configs/residual.json", "--release", "--folds", "5"],
            "--release beside --folds",
        ),
    ],
)
def test_what_does_not_say_what_to_train_is_one_sentence(arguments, sentence, monkeypatch, capsys):
    monkeypatch.chdir(PROJECT_ROOT)
    assert main(["train", *arguments]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("epochs", ["0", "-1"])
def test_a_search_of_no_epochs_is_refused(films, epochs, capsys):
    command = ["search", str(films), "--network", "ann-10", "--trials", "1", "--epochs", epochs]
    assert main(command) == 2
    assert "Invalid value for '--epochs'" in capsys.readouterr().err


def test_train_refuses_a_configuration_that_is_not_valid(tmp_path, capsys):
    (tmp_path / "run.json").write_text('{"name": "Not a name!"}')
    assert main(["train", "--config", str(tmp_path / "run.json")]) == 2
    assert "run.json is not valid at" in capsys.readouterr().err


def test_split_writes_a_manifest_with_every_patient_once(tmp_path, phantom_file, capsys):
    for seed in range(10):
        folder = tmp_path / "films" / "NORMAL"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(phantom_file("normal", seed, 64), folder)
    out = tmp_path / "patients.csv"
    assert main(["split", str(tmp_path / "films"), "--out", str(out)]) == 0
    manifest = read_manifest(out)
    assert manifest["patient"].nunique() == len(manifest) == 10
    assert manifest["role"].value_counts().to_dict() == {
        "train": 8, "validation": 1, "internal_test": 1,
    }  # fmt: skip
    assert "internal_test" in capsys.readouterr().out


@pytest.mark.slow
def test_a_training_that_is_told_to_end_says_so_in_its_run(films, home):
    command = ["train", str(films), "--network", "ann-10", "--epochs", "1000"]
    with subprocess.Popen(
        [sys.executable, "-m", "xray_core", *command],
        cwd=PROJECT_ROOT,
        stderr=subprocess.PIPE,
        text=True,
    ) as training:
        said = []
        for line in training.stderr:
            said.append(line)
            if line.startswith("epoch"):
                training.terminate()
                break
        said.append(training.communicate(timeout=60)[1])
    text = "".join(said)
    assert training.returncode not in (0, -signal.SIGTERM), text
    assert "Traceback" not in text
    with open_runs() as store:
        runs = store.client.search_runs([store.experiment])
    assert [run.info.status for run in runs] == ["KILLED"], text


@pytest.mark.real
@pytest.mark.slow
def test_split_makes_the_committed_manifest_again(tmp_path, real_data):
    folders = [str(real_data / name) for name in ("chest_xray", "adult_cxr", "radiography")]
    out = tmp_path / "patients.csv"
    assert main(["split", *folders, "--out", str(out)]) == 0
    assert out.read_bytes() == MANIFEST_PATH.read_bytes()
