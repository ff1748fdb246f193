"""Films are prepared once, and what is kept of them stays within its limit."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xray_core.errors import TrainingError
from xray_core.file_lock import locked
from xray_core.settings import PROJECT_ROOT, settings
from xray_core.training import film_cache, film_reader, phantom_films
from xray_core.training.config import TrainingConfig
from xray_core.training.film_cache import cached_rows
from xray_core.training.films import STRESSED, load_films


def rows(count: int, made: list[int]) -> Any:
    for i in range(count):
        made.append(i)
        yield np.full((4, 4), i, np.uint8), {"phash": str(i)}


def test_what_was_made_is_not_made_again(home: Path) -> None:
    made: list[int] = []
    for _ in range(2):
        array, notes = cached_rows(["one"], 3, lambda: rows(3, made))
        assert array[:, 0, 0].tolist() == [0, 1, 2]
        assert [note["phash"] for note in notes] == ["0", "1", "2"]
    assert made == [0, 1, 2]


def test_what_breaks_off_leaves_nothing_behind(home: Path) -> None:
    def broken() -> Any:
        yield from rows(1, [])
        raise TrainingError("enough.")

    with pytest.raises(TrainingError, match="enough"):
        cached_rows(["two"], 3, broken)
    assert not list((home / "cache" / "films").iterdir())


def test_a_full_disk_is_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(film_cache.np.lib.format, "write_array_header_1_0", full)
    with pytest.raises(TrainingError, match="No space left on device; the folder may be emptied"):
        cached_rows(["three"], 3, lambda: rows(3, []))


def test_the_oldest_goes_first_and_what_is_in_use_stays(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XRAY_CACHE_BYTES", "400")
    settings.cache_clear()
    first, _ = cached_rows(["first"], 3, lambda: rows(3, []))
    cached_rows(["second"], 3, lambda: rows(3, []))
    assert len(list((home / "cache" / "films").iterdir())) == 1
    assert first[2, 0, 0] == 2  # still mapped


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "notes.json").unlink(),
        lambda folder: (folder / "films.npy").unlink(),
        lambda folder: (folder / "films.npy").write_bytes(b""),
        lambda folder: cut_off(folder / "films.npy"),
        lambda folder: cut_off(folder / "notes.json"),
        lambda folder: (folder / "notes.json").write_text("[]"),
    ],
    ids=["no notes", "no films", "empty", "films cut off", "notes cut off", "notes of others"],
)
def test_what_is_not_whole_is_made_anew(home: Path, damage: Any) -> None:
    cached_rows(["one"], 3, lambda: rows(3, []))
    [folder] = (home / "cache" / "films").iterdir()
    damage(folder)
    made: list[int] = []
    array, notes = cached_rows(["one"], 3, lambda: rows(3, made))
    assert (array[:, 0, 0].tolist(), len(notes), made) == ([0, 1, 2], 3, [0, 1, 2])
    assert list((home / "cache" / "films").iterdir()) == [folder]


def test_what_another_process_removes_before_it_is_read_is_made_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, made = Path.rename, list[int]()

    def removed_at_once(path: Path, target: Path) -> None:
        monkeypatch.setattr(Path, "rename", rename)
        path.rename(target)
        shutil.rmtree(target)

    store = home / "cache" / "films"
    cached_rows(["one"], 3, lambda: rows(3, []))
    shutil.rmtree(next(store.iterdir()))
    monkeypatch.setattr(film_cache, "_remove", lambda _: None)
    monkeypatch.setattr(Path, "rename", removed_at_once)
    array, _ = cached_rows(["one"], 3, lambda: rows(3, made))
    assert (array[:, 0, 0].tolist(), made) == ([0, 1, 2], [0, 1, 2, 0, 1, 2])


def test_a_removal_that_is_cut_short_leaves_no_half_under_the_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XRAY_CACHE_BYTES", "400")
    settings.cache_clear()
    cached_rows(["first"], 3, lambda: rows(3, []))
    store, before = home / "cache" / "films", next((home / "cache" / "films").iterdir())

    def killed(folder: Path, **_: object) -> None:
        if len(files := list(folder.glob("*.npy"))) == 1:
            files[0].unlink()
            raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(film_cache.shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            cached_rows(["second"], 3, lambda: rows(3, []))
    assert not before.exists()
    made: list[int] = []
    array, _ = cached_rows(["first"], 3, lambda: rows(3, made))
    assert (array[:, 0, 0].tolist(), made) == ([0, 1, 2], [0, 1, 2])
    assert list(store.iterdir()) == [before]


KILLED = """
import os, signal
import numpy as np
from xray_core.training.film_cache import cached_rows

def rows():
    yield np.zeros((4, 4), np.uint8), {}
    os.kill(os.getpid(), signal.SIGKILL)

cached_rows(["killed"], 2, rows)
"""


def test_what_a_killed_process_has_left_is_removed(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    store = home / "cache" / "films"
    assert any(path.is_dir() for path in store.iterdir())
    (store / f".{'0' * 64}.4711").mkdir()  # as processes have left them that held no lock
    cached_rows(["one"], 3, lambda: rows(3, []))
    [kept] = store.iterdir()
    assert not kept.name.startswith(".")


def test_what_is_being_written_stays_and_counts(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XRAY_CACHE_BYTES", "1000")
    settings.cache_clear()
    cached_rows(["first"], 3, lambda: rows(3, []))
    store = home / "cache" / "films"
    [first] = store.iterdir()
    partial = store / ".other.writer"
    partial.mkdir()
    (partial / "films.npy").write_bytes(bytes(800))
    with locked(store / ".other.writer.lock"):
        cached_rows(["second"], 3, lambda: rows(3, []))
        assert (partial / "films.npy").exists()
        assert not first.exists()


def test_a_role_without_any_film_that_can_be_decoded_is_one_sentence(home: Path) -> None:
    with pytest.raises(TrainingError, match="none of the 1 films of a role can be decoded"):
        cached_rows(["none"], 1, lambda: iter([(None, {"failed": "cut off."})]))


def test_a_second_run_decodes_and_draws_no_film(
    home: Path, quick_config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = quick_config.changed({"phantoms": {"films": 4, "share": 0.1}})
    told: list[tuple[int, int]] = []
    first = load_films(config, lambda done, total: told.append((done, total)))
    reads = 120 + len(first["validation"].table)  # which are read once more, to be stressed
    assert told[-1] == (reads, reads)
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a film was decoded or drawn")

    monkeypatch.setattr(film_reader, "read_guarded", never)
    monkeypatch.setattr(phantom_films, "draw_phantom", never)
    second = load_films(config.changed({"rate": 0.5, "epochs": 9}))
    assert set(first) == set(second)
    for role, films in first.items():
        np.testing.assert_array_equal(films.images, second[role].images)
        assert films.table.equals(second[role].table)
    assert not np.array_equal(first[STRESSED].images, first["validation"].images)
    with pytest.raises(AssertionError, match="was decoded"):
        load_films(config.changed({"preprocessing": {"clahe": 2.0}}))


def test_a_run_of_another_seed_reads_only_what_it_stresses_anew(
    home: Path, quick_config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = quick_config.changed({"phantoms": {"films": 4, "share": 0.1}})
    first = load_films(config)
    decoded: list[str] = []
    read = film_reader.read_guarded

    def counted(data: bytes, source: str) -> Any:
        decoded.append(source)
        return read(data, source)

    monkeypatch.setattr(film_reader, "read_guarded", counted)
    second = load_films(config.changed({"seed": config.seed + 1}))
    assert sorted(decoded) == sorted(first["validation"].table["path"])
    np.testing.assert_array_equal(first["train"].images, second["train"].images)
    assert not np.array_equal(first[STRESSED].images, second[STRESSED].images)


def test_runs_with_and_without_phantoms_share_the_real_films(
    home: Path, quick_config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = load_films(quick_config)["train"]

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a film was decoded")

    monkeypatch.setattr(film_reader, "read_guarded", never)
    changed = quick_config.changed({"phantoms": {"films": 4, "share": 0.1}})
    films = load_films(changed)["train"]
    real = len(without)
    assert len(films) == len(films.images) == real + 4
    np.testing.assert_array_equal(np.asarray(films.images)[:real], without.images)
    np.testing.assert_array_equal(films.images[real - 1], without.images[-1])
    last = np.asarray(films.images)[-1]
    np.testing.assert_array_equal(films.images[real + 3], last)
    assert not np.array_equal(films.images[real], last)
    with pytest.raises(IndexError):
        films.images[real + 4]


def test_films_that_serve_as_well_are_taken_and_left_as_they_are(home: Path) -> None:
    made: list[int] = []
    cached_rows(["richer"], 3, lambda: rows(3, []))
    array, _ = cached_rows(["plain"], 3, lambda: rows(3, made), or_else=["richer"])
    assert array[:, 0, 0].tolist() == [0, 1, 2] and not made
    # What does not hold any more is made under its own key: the others may know more of a film.
    before = {path: path.read_bytes() for path in (home / "cache" / "films").glob("*/*")}
    cached_rows(["plain"], 3, lambda: rows(3, made), lambda _: None, or_else=["richer"])
    assert made == [0, 1, 2]
    assert all(path.read_bytes() == content for path, content in before.items())
    assert len(list((home / "cache" / "films").glob("*/*"))) == 2 * len(before)


def test_a_run_without_style_takes_the_films_of_one_with_it(
    home: Path, quick_config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    styled = load_films(quick_config.changed({"style_floor": 0.2}))
    assert all(styled[role].style is not None for role in ("train", "validation"))
    with monkeypatch.context() as patched:

        def never(*_: object, **__: object) -> None:
            raise AssertionError("a film was decoded")

        patched.setattr(film_reader, "read_guarded", never)
        plain = load_films(quick_config)
    for role, films in plain.items():
        assert films.style is None and films.by_style is None
        np.testing.assert_array_equal(films.images, styled[role].images)
