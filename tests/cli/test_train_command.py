"""`train` and `split`: what a run says, and the manifest that it divides by."""

import shutil

import pytest

from xray_core.cli import main
from xray_core.datasets.manifest import MANIFEST_PATH, read_manifest
from xray_core.settings import PROJECT_ROOT
from xray_core.training.epochs import EpochRecord


def test_train_tells_each_epoch_and_prints_the_folder(monkeypatch, capsys, tmp_path):
    def run(config, *, on_load, on_epoch, on_step, log):
        log("Reading the films.")
        on_epoch(EpochRecord(1, 0.5, 0.25, 0.9, 0.375, 0.8, rate=0.1), 2)
        return tmp_path / config.name

    monkeypatch.setattr("xray_core.training.run.train", run)
    file = str(PROJECT_ROOT / "configs" / "bundled.json")
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
    file = str(PROJECT_ROOT / "configs" / "bundled.json")
    assert main(["train", "--config", file, *(["--release"] if release else [])]) == 0
    assert (asked[0].store is not None, asked[0].champion) == (release, release)
    assert asked[0].file.endswith("bundled.json")


def test_the_champion_is_not_trained_over(home, capsys):
    """The bundled configuration as it stands has the name of the model that gives the opinions."""
    for file in ("bundled", "lungs"):
        path = str(PROJECT_ROOT / "configs" / f"{file}.json")
        for more in ((), ("--release",)):
            assert main(["train", "--config", path, *more]) == 2
            assert "train under another name (--name)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "nothing to train on"),
        (["films"], "no network is named"),
        (["--config", "configs/bundled.json", "--network", "residual"], "allowed beside --config"),
        (["--config", "configs/lungs.json", "--epochs", "2"], "allowed beside --config"),
        (["--config", "configs/lungs.json", "--name", "Mine!"], "no name of a model"),
        (["--config", "configs/bundled.json", "--epochs", "0"], "epochs"),
        (["films", "--preset", "unheard-of"], "preset 'unheard-of' is not one of"),
    ],
)
def test_what_does_not_say_what_to_train_is_one_sentence(arguments, sentence, monkeypatch, capsys):
    monkeypatch.chdir(PROJECT_ROOT)
    assert main(["train", *arguments]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


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


@pytest.mark.real
@pytest.mark.slow
def test_split_makes_the_committed_manifest_again(tmp_path, real_data):
    folders = [str(real_data / name) for name in ("chest_xray", "adult_cxr", "radiography")]
    out = tmp_path / "patients.csv"
    assert main(["split", *folders, "--out", str(out)]) == 0
    assert out.read_bytes() == MANIFEST_PATH.read_bytes()
