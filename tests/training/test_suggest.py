"""A folder of films and the name of a network are enough to train."""

import json
import struct
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from xray_core.bundle import BundleManifest
from xray_core.cli import main
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.open import open_dataset
from xray_core.datasets.stores import FolderStore
from xray_core.errors import ConfigError
from xray_core.networks.keras_weights import KerasWeights
from xray_core.networks.registry import network
from xray_core.training.suggest import model_name, suggest_config, suggest_for_folders
from xray_core.training.suggest_for_films import suggest_division, suggest_length
from xray_core.training.suggest_longest import suggest_longest
from xray_core.training.suggest_start import has_weights_here


def dataset(counts: dict[str, int], splits: tuple[str, ...] = ("",)) -> Dataset:
    """A data set of so many films of each label, a patient each, in splits in turn."""
    rows = [
        (f"{split}/{label}/{i}.png", label, f"{label}-{i}", split)
        for label, count in counts.items()
        for i in range(count)
        for split in [splits[i % len(splits)]]
    ]
    table = pd.DataFrame(rows, columns=["path", "label", "patient", "split"])
    hashes = [f"{i:064}" for i in range(len(table))]
    return Dataset(table.assign(source="mine", sha256=hashes, phash=""), FolderStore(Path()))


@pytest.mark.parametrize(
    ("counts", "task"),
    [
        ({"NORMAL": 40, "PNEUMONIA": 60}, "binary"),
        ({"NORMAL": 40, "BACTERIAL": 60, "VIRAL": 30}, "three-class"),
        ({"NORMAL": 40, "BACTERIAL": 60, "VIRAL": 5}, "binary"),
        ({"NORMAL": 40, "BACTERIAL": 30, "VIRAL": 30, "COVID-19": 30}, "four-class"),
        ({"NORMAL": 40, "COVID-19": 60}, "binary"),
    ],
)
def test_the_task_is_what_the_labels_can_teach(counts: dict[str, int], task: str) -> None:
    config = suggest_config(dataset(counts), name="m", network="residual")
    config.check()
    assert config.task == task
    assert config.operating_point.source == "mine"


def test_one_kind_of_film_cannot_be_trained_on() -> None:
    with pytest.raises(ConfigError, match="60 PNEUMONIA; training needs films of both kinds"):
        suggest_config(dataset({"PNEUMONIA": 60}), name="m", network="residual")


def test_folders_of_the_set_itself_divide_it_and_else_chance_does() -> None:
    own = dataset({"NORMAL": 60, "PNEUMONIA": 60}, ("train", "train", "test"))
    assert suggest_config(own, name="m", network="residual").division.by == "own"
    plain = dataset({"NORMAL": 60, "PNEUMONIA": 60})
    assert suggest_config(plain, name="m", network="residual").division.by == "random"


def test_own_folders_are_suggested_only_where_every_set_has_them() -> None:
    counts = {"NORMAL": 60, "PNEUMONIA": 60}
    own, plain = dataset(counts, ("train", "train", "test")), dataset(counts)
    for other in (plain, dataset(counts, ("train",))):
        assert suggest_division([own.table, other.table])[0].by == "random"
    assert suggest_division([own.table, own.table])[0].by == "own"


@pytest.mark.parametrize(("films", "shorter"), [(20, 300), (300, 5_000), (5_000, 90_000)])
def test_more_films_make_longer_epochs_and_fewer_of_them(films: int, shorter: int) -> None:
    few, many = suggest_length(films), suggest_length(shorter)
    assert few["films_per_epoch"] <= many["films_per_epoch"]
    assert few["epochs"] >= many["epochs"]
    assert few["batch"] <= few["films_per_epoch"]


def small_and_large(folder: Path, *shapes: tuple[int, int]) -> Dataset:
    """A folder of 20 films of both kinds with shapes in turn."""
    for i in range(20):
        label = ("NORMAL", "PNEUMONIA")[i % 2]
        (folder / label).mkdir(parents=True, exist_ok=True)
        film = np.random.default_rng(i).integers(0, 255, shapes[i % len(shapes)], np.uint8)
        cv2.imwrite(str(folder / label / f"person{i}.png"), film)
    return open_dataset(folder, source=folder.name)


def test_larger_films_than_those_of_the_set_are_to_be_made_as_small(tmp_path: Path) -> None:
    small = small_and_large(tmp_path / "small", (100, 80), (90, 110))
    large = small_and_large(tmp_path / "large", (300, 500))

    def longest(*sets: Dataset, preset: str | None = None) -> int | None:
        config = suggest_config(sets, name="m", network="residual", preset=preset)
        return config.preprocessing.longest

    assert longest(small) == 110
    assert longest(small, preset="cnn-separable") == 110
    assert longest(small, large) == 500
    (tmp_path / "small" / "NORMAL" / "person0.png").write_bytes(b"damaged")
    assert longest(open_dataset(tmp_path / "small", source="small")) == 110


def png_header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">2I", width, height)


def test_a_header_that_promises_what_no_film_has_is_left_aside(tmp_path: Path) -> None:
    films = small_and_large(tmp_path / "films", (100, 80))
    (tmp_path / "films" / "NORMAL" / "person0.png").write_bytes(png_header(2**32 - 1, 5))
    assert suggest_longest([open_dataset(tmp_path / "films", source="films")]) == 100
    (tmp_path / "films" / "NORMAL" / "person0.png").write_bytes(png_header(9000, 100))
    assert suggest_longest([open_dataset(tmp_path / "films", source="films")]) is None
    assert suggest_longest([films, dataset({"NORMAL": 40, "PNEUMONIA": 60})]) is None


def test_where_no_header_tells_how_large_films_are_there_is_no_limit() -> None:
    nowhere = dataset({"NORMAL": 40, "PNEUMONIA": 60})
    assert suggest_config(nowhere, name="m", network="residual").preprocessing.longest is None


def test_a_preset_repeats_what_was_published() -> None:
    films = dataset({"NORMAL": 100, "PNEUMONIA": 200})
    config = suggest_config(films, name="m", network="residual", preset="cnn-separable")
    config.check()
    assert (config.network, config.size, config.task) == ("cnn-separable", 150, "binary")
    assert (config.optimiser, config.epochs, config.batch, config.best) == ("adam", 10, 32, "last")
    assert (config.schedule, config.rate_factor) == ("steps", 0.3)
    assert config.rate_steps == (3, 5, 7, 9)
    assert config.films_per_epoch == 240
    how = config.augmentation
    assert (how.zoom, how.flip_vertical, how.rotation, how.mixup) == (0.3, 0.5, 0, 0)
    assert config.preprocessing.normalisation == "none"


def test_of_a_published_task_no_more_is_taken_than_the_films_teach() -> None:
    four = "resnet50-four-class"
    two = suggest_config(
        dataset({"NORMAL": 100, "PNEUMONIA": 200}), name="m", network="residual", preset=four
    )
    assert two.task == "binary"
    classes = dict.fromkeys(("NORMAL", "BACTERIAL", "VIRAL", "COVID-19"), 60)
    all_of_them = suggest_config(dataset(classes), name="m", network="residual", preset=four)
    assert all_of_them.task == "four-class"
    kinds = suggest_config(dataset(classes), name="m", network="residual", preset="cnn-separable")
    assert kinds.task == "binary"


def test_a_published_share_of_validation_is_kept() -> None:
    films = dataset({"NORMAL": 200, "PNEUMONIA": 200}, ("train", "train", "train", "test"))
    config = suggest_config(films, name="m", network="residual", preset="cnn-strided")
    train, validation, _ = config.division.fractions
    assert validation / (train + validation) == pytest.approx(0.2)


def test_weights_that_keras_downloaded_are_found_where_keras_was_told_to_keep_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert not has_weights_here("resnet50")
    pretrained = network("resnet50").pretrained
    assert isinstance(pretrained, KerasWeights)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / pretrained.file).touch()
    assert has_weights_here("resnet50")
    config = suggest_config(dataset({"NORMAL": 40, "PNEUMONIA": 60}), name="m", network="resnet50")
    assert (config.start, config.transfer.kind) == ("imagenet", "frozen-then-all")


def test_a_name_is_made_of_words() -> None:
    assert model_name("My Films (2024)-residual") == "my-films-2024-residual"
    assert model_name("…") == "model"


@pytest.mark.slow
def test_a_folder_and_a_network_become_a_bundle(
    home: Path, phantom_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", str(phantom_folder / "films"), "--network", "ann-10", "--json"]
    assert main([*command, "--epochs", "1", "--name", "first"]) == 0
    captured = capsys.readouterr()
    out = json.loads(captured.out)
    assert "stressed loss" in captured.err
    assert (out["name"], out["network"], out["epochs"]) == ("first", "ann-10", 1)
    assert Path(out["bundle"]) == home / "bundles" / "first"
    assert out["metrics"] == BundleManifest.read(Path(out["bundle"])).metrics
    card = (Path(out["bundle"]) / "README.md").read_text()
    assert "divided at random, 80% / 10% / 10%" in card


def test_what_is_suggested_for_a_folder_names_it(phantom_folder: Path) -> None:
    config = suggest_for_folders([phantom_folder / "films"], network="residual")
    assert (config.name, config.data[0].source) == ("films-residual", "films")
    films = open_dataset(phantom_folder / "films")
    assert config == suggest_config(films, name="films-residual", network="residual")
