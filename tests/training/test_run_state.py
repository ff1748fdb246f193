"""What an epoch leaves is gone on from by the same run, and lost by no other."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import h5py
import pytest

from xray_core.settings import settings
from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import EpochRecord
from xray_core.training.films import FilmSet
from xray_core.training.run import train
from xray_core.training.run_state import RunState, is_of_other_settings

Films = dict[str, FilmSet]
KEPT = {"last-0.weights.h5", "last-1.weights.h5", "best.weights.h5", "history.json"}
"""The files of a run of two epochs."""


class Weights:
    """A model of one number, which is another one each time that it is written."""

    def __init__(self) -> None:
        self.number = 0

    def save_weights(self, path: Path) -> None:
        self.number += 1
        with h5py.File(path, "w") as file:
            file["number"] = self.number


def epoch(number: int) -> EpochRecord:
    return EpochRecord(number, 0.5, 0.5 / number, 0.9, 0.5 / number, 0.9, rate=0.1)


def two_epochs(folder: Path, config: TrainingConfig, films: Films) -> dict[str, bytes]:
    """Leave the state of two epochs, and return its files."""
    state, model = RunState(folder, config, films), Weights()
    for done in (1, 2):
        state.save(model, [epoch(number + 1) for number in range(done)])
    return files(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_what_another_run_has_left_is_moved_aside(
    quick_config: TrainingConfig, drawn_films: Films, tmp_path: Path
) -> None:
    first = two_epochs(tmp_path, quick_config, drawn_films)
    assert set(first) == KEPT
    other = quick_config.changed({"rate": 0.5})
    assert RunState(tmp_path, other, drawn_films).history() == []
    assert files(tmp_path) == {}
    assert files(tmp_path / "before-1") == first
    second = two_epochs(tmp_path, other, drawn_films)
    assert RunState(tmp_path, other, drawn_films).make_way() is None
    state = RunState(tmp_path, quick_config, drawn_films)
    assert state.make_way() == tmp_path / "before-2"
    assert state.make_way() is None
    assert files(tmp_path / "before-2") == second
    for name, content in first.items():  # put back by hand
        (tmp_path / name).write_bytes(content)
    assert RunState(tmp_path, quick_config, drawn_films).history() == [epoch(1), epoch(2)]


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: cut_off(folder / "history.json"),
        lambda folder: (folder / "history.json").write_bytes(b""),
        lambda folder: (folder / "history.json").write_text("[]"),
        lambda folder: cut_off(folder / "last-0.weights.h5"),
        lambda folder: cut_off(folder / "best.weights.h5"),
        lambda folder: (folder / "last-0.weights.h5").write_bytes(bytes(1000)),
        lambda folder: (folder / "best.weights.h5").unlink(),
    ],
    ids=["history", "no history", "other history", "last", "best", "zeros", "no best"],
)
def test_a_state_that_was_cut_short_is_moved_aside(
    quick_config: TrainingConfig,
    drawn_films: Films,
    tmp_path: Path,
    damage: Callable[[Path], None],
) -> None:
    two_epochs(tmp_path, quick_config, drawn_films)
    damage(tmp_path)
    damaged = files(tmp_path)
    assert RunState(tmp_path, quick_config, drawn_films).history() == []
    assert files(tmp_path / "before-1") == damaged
    assert [path.name for path in tmp_path.iterdir()] == ["before-1"]


def test_a_file_is_on_the_disk_before_the_history_names_it(
    quick_config: TrainingConfig,
    drawn_films: Films,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    replace, done = Path.replace, list[tuple[str, int]]()

    def replaced(path: Path, target: Path) -> Path:
        done.append((target.name, path.stat().st_ino))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", lambda file: done.append(("synced", os.fstat(file).st_ino)))
    monkeypatch.setattr(Path, "replace", replaced)
    RunState(tmp_path, quick_config, drawn_films).save(Weights(), [epoch(1)])
    number = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    synced = [("synced", number[name]) for name in ("last-1.weights.h5", "best.weights.h5")]
    assert done == [
        *synced,
        ("synced", number["history.json"]),
        ("best.weights.h5", number["best.weights.h5"]),
        ("history.json", number["history.json"]),
    ]


def test_a_state_tells_of_which_settings_it_is(
    quick_config: TrainingConfig, drawn_films: Films, tmp_path: Path
) -> None:
    assert not is_of_other_settings(tmp_path / "none", quick_config)
    two_epochs(tmp_path, quick_config, drawn_films)
    same = {"name": "other", "title": "Other", "confounders": "None."}
    assert not is_of_other_settings(tmp_path, quick_config.changed(same))
    assert is_of_other_settings(tmp_path, quick_config.changed({"epochs": 9}))
    [folder] = quick_config.data
    moved = {"data": (folder.model_copy(update={"path": tmp_path}),)}
    assert is_of_other_settings(tmp_path, quick_config.model_copy(update=moved))
    content = json.loads((tmp_path / "history.json").read_text())
    del content["settings"]  # as it was before states told it
    (tmp_path / "history.json").write_text(json.dumps(content))
    assert not is_of_other_settings(tmp_path, quick_config.changed({"epochs": 9}))
    (tmp_path / "history.json").write_text("{")
    assert not is_of_other_settings(tmp_path, quick_config)


def test_a_training_says_where_the_state_of_another_is_now(
    home: Path, quick_config: TrainingConfig
) -> None:
    said: list[str] = []
    config = quick_config.changed({"network": "ann-10", "epochs": 1})
    train(config, log=said.append)
    train(config.changed({"rate": 0.5}), log=said.append)
    aside = settings().home / "runs" / "quick" / "before-1"
    assert [line for line in said if "before-" in line] == [
        f"What another run of this name, or one that was cut off, has left is in {aside}."
    ]
    assert set(files(aside)) == {"last-1.weights.h5", "best.weights.h5", "history.json"}
