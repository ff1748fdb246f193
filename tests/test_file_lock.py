"""A file has one holder at a time."""

import threading
from pathlib import Path

import pytest

from xray_core.file_lock import locked


def test_another_is_told_that_it_is_held_and_gets_it_afterwards(tmp_path: Path) -> None:
    with locked(tmp_path / "file"):
        with pytest.raises(BlockingIOError), locked(tmp_path / "file"):
            pass
        with locked(tmp_path / "another"):
            pass
    with locked(tmp_path / "file"):
        pass


def test_who_waits_gets_it_when_it_is_free(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with locked(tmp_path / "file", wait=True):
            order.append("second")

    thread = threading.Thread(target=second)
    with locked(tmp_path / "file"):
        thread.start()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_what_fails_while_it_is_held_frees_it(tmp_path: Path) -> None:
    with pytest.raises(KeyError), locked(tmp_path / "file"):
        raise KeyError
    with locked(tmp_path / "file"):
        pass


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), locked(tmp_path / "nowhere" / "file"):
        pass
