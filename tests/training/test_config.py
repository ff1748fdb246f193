"""A configuration is checked when it is read, and says what is wrong in one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from xray_core.errors import ConfigError
from xray_core.settings import PROJECT_ROOT
from xray_core.training.average.config import AverageConfig
from xray_core.training.classical.config import ClassicalConfig
from xray_core.training.config import TrainingConfig
from xray_core.training.segmenter.config import SegmenterConfig


def _read(tmp_path: Path, content: dict[str, Any]) -> TrainingConfig:
    path = tmp_path / "c.json"
    path.write_text(json.dumps(content))
    return TrainingConfig.read(path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"network": "unheard-of"}, "network"),
        ({"epochs": 0}, "epochs"),
        ({"surprise": 1}, "surprise"),
        ({"data": []}, "data"),
        ({"name": "../escape"}, "name"),
        ({"augmentation": {"flip": 2}}, "augmentation.flip"),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, settings_of_run: dict[str, Any], change: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigError, match=named) as error:
        _read(tmp_path, settings_of_run | change)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        TrainingConfig.read(tmp_path / "none.json")


def test_paths_are_relative_to_the_file(tmp_path: Path, settings_of_run: dict[str, Any]) -> None:
    config = _read(tmp_path, settings_of_run)
    assert config.data[0].path == tmp_path / "films"
    assert config.manifest == tmp_path / "patients.csv"


def test_a_run_that_was_changed_is_no_longer_that_of_its_file(
    tmp_path: Path, settings_of_run: dict[str, Any]
) -> None:
    config = _read(tmp_path, settings_of_run)
    assert config.file
    assert config.changed({}) == config.changed({"epochs": config.epochs}) == config
    assert config.changed({"epochs": config.epochs + 1}).file == ""


def test_the_operating_point_needs_one_of_the_data_sets(
    tmp_path: Path, settings_of_run: dict[str, Any]
) -> None:
    rule = {"operating_point": {"source": "elsewhere"}}
    with pytest.raises(ConfigError, match="elsewhere"):
        _read(tmp_path, settings_of_run | rule).check()


def test_layers_that_are_not_trained_need_weights_to_start_from(
    tmp_path: Path, settings_of_run: dict[str, Any]
) -> None:
    frozen = _read(tmp_path, settings_of_run | {"transfer": {"kind": "frozen"}})
    with pytest.raises(ConfigError, match="frozen, from random weights"):
        frozen.check()
    frozen.changed({"start": "imagenet"}).check()
    frozen.changed({"transfer": {"kind": "all"}}).check()


COMMITTED = sorted((PROJECT_ROOT / "configs").glob("*.json"))


def kind_of(path: Path) -> str:
    return str(json.loads(path.read_text()).get("kind", ""))


@pytest.mark.parametrize("path", COMMITTED)
def test_every_committed_configuration_is_valid(path: Path) -> None:
    kind = kind_of(path)
    if kind == "classical":
        ClassicalConfig.read(path)
        return
    kinds = {"average": AverageConfig, "segmenter": SegmenterConfig}
    kinds.get(kind, TrainingConfig).read(path).check()


def walk(path: Path, made: set[str]) -> None:
    """Check that a run needs nothing but what was made before it, and add what it makes."""
    if kind_of(path) == "average":
        config = AverageConfig.read(path)
        for name, file in config.made_by.items():
            if name not in made:
                walk(file, made)
        needed = set(config.models)
    else:
        run = TrainingConfig.read(path)
        needed = {run.start, *run.teachers}
    assert needed <= made, path.name
    made.add(path.stem)


@pytest.mark.parametrize("path", [path for path in COMMITTED if kind_of(path) == "average"])
def test_what_an_average_is_made_from_is_made_before_it_is_needed(path: Path) -> None:
    bundled = json.loads((PROJECT_ROOT / "models/index.json").read_text())["bundles"]
    walk(path, {"imagenet", *bundled})
