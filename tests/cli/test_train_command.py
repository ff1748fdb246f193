"""`train` and `split`: what a run says, and the manifest that it divides by."""

import json
import shutil
import signal
import subprocess
import sys

import pytest

from xray_core.bundle.store import bundle_sha256
from xray_core.cli import main
from xray_core.datasets.manifest import MANIFEST_PATH, read_manifest
from xray_core.settings import PROJECT_ROOT
from xray_core.tracking.runs import list_runs
from xray_core.tracking.store import open_runs
from xray_core.tracking.tags import BUNDLE_SHA256
from xray_core.training.epochs import EpochRecord

pytestmark = pytest.mark.usefixtures("films_of_the_project")


def test_a_lung_finder_that_had_no_epoch_left_has_a_run(tiny_segmenter, monkeypatch, capsys):
    monkeypatch.setattr(
        "xray_core.training.segmenter.run.train_segmenter", lambda *_, **__: tiny_segmenter
    )
    file = str(PROJECT_ROOT / "configs" / "lungs.json")
    assert main(["train", "--config", file, "--name", "tiny-lungs"]) == 0
    (run,) = list_runs()
    assert run.tags[BUNDLE_SHA256] == bundle_sha256(tiny_segmenter)


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
