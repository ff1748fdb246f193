"""Films are prepared once, and what is kept of them stays within its limit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xray_core.errors import TrainingError
from xray_core.settings import settings
from xray_core.training import film_cache, film_reader
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
        array, notes = cached_rows(["one"], 3, rows(3, made))
        assert array[:, 0, 0].tolist() == [0, 1, 2]
        assert [note["phash"] for note in notes] == ["0", "1", "2"]
    assert made == [0, 1, 2]


def test_what_breaks_off_leaves_nothing_behind(home: Path) -> None:
    def broken() -> Any:
        yield from rows(1, [])
        raise TrainingError("enough.")

    with pytest.raises(TrainingError, match="enough"):
        cached_rows(["two"], 3, broken())
    assert not list((home / "cache" / "films").iterdir())


def test_a_full_disk_is_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(film_cache.np.lib.format, "write_array_header_1_0", full)
    with pytest.raises(TrainingError, match="No space left on device; the folder may be emptied"):
        cached_rows(["three"], 3, rows(3, []))


def test_the_oldest_goes_first_and_what_is_in_use_stays(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XRAY_CACHE_BYTES", "400")
    settings.cache_clear()
    first, _ = cached_rows(["first"], 3, rows(3, []))
    cached_rows(["second"], 3, rows(3, []))
    assert len(list((home / "cache" / "films").iterdir())) == 1
    assert first[2, 0, 0] == 2  # still mapped


def test_a_second_run_decodes_no_film(
    home: Path, quick_config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = quick_config.changed({"phantoms": {"films": 4, "share": 0.1}})
    told: list[tuple[int, int]] = []
    first = load_films(config, lambda done, total: told.append((done, total)))
    reads = 120 + len(first["validation"].table)  # which are read once more, to be stressed
    assert told[-1] == (reads, reads)
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def never(*_: object) -> None:
        raise AssertionError("a film was decoded")

    monkeypatch.setattr(film_reader, "read_guarded", never)
    second = load_films(config.changed({"rate": 0.5, "epochs": 9}))
    assert set(first) == set(second)
    for role, films in first.items():
        np.testing.assert_array_equal(films.images, second[role].images)
        assert films.table.equals(second[role].table)
    assert not np.array_equal(first[STRESSED].images, first["validation"].images)
    with pytest.raises(AssertionError, match="was decoded"):
        load_films(config.changed({"preprocessing": {"clahe": 2.0}}))
