"""A file has one holder at a time, and so has the state in a folder."""

import threading
from pathlib import Path

import pytest

from xray_core.errors import JobError, TrackingError
from xray_core.file_lock import exclusive, locked


def test_another_is_told_that_it_is_held_and_gets_it_afterwards(tmp_path: Path) -> None:
    with locked(tmp_path / "file"):
        with pytest.raises(BlockingIOError), locked(tmp_path / "file"):
            pass
        with locked(tmp_path / "another"):
            pass
    with locked(tmp_path / "file"):
        pass


def test_who_waits_gets_it_when_it_is_free(tmp_path: Path) -> None:
    asks, has = threading.Event(), threading.Event()

    def second() -> None:
        asks.set()
        with locked(tmp_path / "file", wait=True):
            has.set()

    thread = threading.Thread(target=second)
    with locked(tmp_path / "file"):
        thread.start()
        assert asks.wait(60)
        early = has.wait(0.5)
    thread.join()
    assert not early and has.is_set()


def test_what_fails_while_it_is_held_frees_it(tmp_path: Path) -> None:
    with pytest.raises(KeyError), locked(tmp_path / "file"):
        raise KeyError
    with locked(tmp_path / "file"):
        pass


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), locked(tmp_path / "nowhere" / "file"):
        pass


def test_the_state_in_a_folder_has_one_holder_and_the_error_is_of_its_owner(tmp_path: Path) -> None:
    with exclusive(tmp_path / "index", TrackingError):
        with (
            pytest.raises(TrackingError, match="'index' is in use by another process"),
            exclusive(tmp_path / "index", TrackingError),
        ):
            pass
        with exclusive(tmp_path / "queue", JobError):
            pass
    with exclusive(tmp_path / "index", TrackingError):
        pass


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told = pytest.raises(JobError, match="file cannot be written")
    with told, exclusive(tmp_path / "file", JobError, wait=True):
        pass
