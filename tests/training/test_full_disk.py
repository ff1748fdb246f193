"""Where the disk is full nothing half written stays, so that there is room to say so."""

import errno
from pathlib import Path

import h5py
import pytest

from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import EpochRecord
from xray_core.training.films import FilmSet
from xray_core.training.new_bundle import new_bundle
from xray_core.training.run_state import RunState

FULL = OSError(errno.ENOSPC, "No space left on device")


class Weights:
    """A model whose weights are a few bytes; the disk is full after so many files."""

    def __init__(self, room: int) -> None:
        self.room = room

    def save_weights(self, path: Path) -> None:
        with h5py.File(path, "w") as file:
            file["weights"] = 1
        self.room -= 1
        if self.room < 0:
            raise FULL


def epoch(number: int) -> EpochRecord:
    return EpochRecord(number, 0.5, 0.5 / number, 0.9, 0.5 / number, 0.9, rate=0.1)


@pytest.mark.parametrize("room", [0, 1])
def test_an_epoch_that_cannot_be_written_leaves_the_epoch_before_and_no_more(
    quick_config: TrainingConfig, drawn_films: dict[str, FilmSet], tmp_path: Path, room: int
) -> None:
    state = RunState(tmp_path, quick_config, drawn_films)
    state.save(Weights(2), [epoch(1)])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(before) == {"last-1.weights.h5", "best.weights.h5", "history.json"}
    with pytest.raises(OSError, match="No space left"):
        state.save(Weights(room), [epoch(1), epoch(2)])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert RunState(tmp_path, quick_config, drawn_films).history() == [epoch(1)]


def test_a_bundle_that_cannot_be_written_leaves_nothing(home: Path) -> None:
    folder = home / "bundles" / "mine"
    with (
        pytest.raises(OSError, match="No space left"),
        new_bundle(folder, "classifier", default=False) as new,
    ):
        (new / "model.keras").write_bytes(b"half")
        raise FULL
    assert not any(folder.parent.iterdir())


def test_a_bundle_that_cannot_be_put_in_the_index_leaves_the_one_before(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "bundles" / "mine"
    folder.mkdir(parents=True)
    (folder / "model.keras").write_bytes(b"before")

    def full(*_: object, **__: object) -> None:
        raise FULL

    monkeypatch.setattr("xray_core.training.new_bundle.write_index", full)
    with (
        pytest.raises(OSError, match="No space left"),
        new_bundle(folder, "classifier", default=False) as new,
    ):
        (new / "model.keras").write_bytes(b"after")
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]
    assert (folder / "model.keras").read_bytes() == b"before"
