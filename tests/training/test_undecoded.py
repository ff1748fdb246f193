"""A film that cannot be decoded is left out and said; many of them end the training."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xray_core.bundle import BundleManifest
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.stores import FolderStore
from xray_core.errors import DecodeTimeout, UnreadableFilm
from xray_core.imaging.guard import Guard
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.imaging.radiograph import Radiograph
from xray_core.settings import settings
from xray_core.training import film_reader, undecoded
from xray_core.training.config import TrainingConfig
from xray_core.training.films import INTERNAL_TEST, STRESSED, TRAIN, VALIDATION, load_films
from xray_core.training.folds import cross_validate
from xray_core.training.run import train
from xray_core.training.undecoded import Undecoded


@pytest.fixture
def damaged(quick_config: TrainingConfig, tmp_path: Path, home: Path) -> TrainingConfig:
    """A run on 48 films of two kinds, of which two are cut off in the middle."""
    kinds = {"NORMAL": PhantomKind.NORMAL, "PNEUMONIA": PhantomKind.LOBAR}
    for name, kind in kinds.items():
        folder = tmp_path / "set" / name
        folder.mkdir(parents=True)
        for seed in range(24):
            content = phantom_png(draw_phantom(seed + len(name) * 100, kind, size=96))
            (folder / f"film-{name}-p{seed}.png").write_bytes(content)
    for path in ("NORMAL/film-NORMAL-p3.png", "PNEUMONIA/film-PNEUMONIA-p5.png"):
        film = tmp_path / "set" / path
        film.write_bytes(film.read_bytes()[:200])
    data = [{"path": str(tmp_path / "set"), "source": "phantoms", "population": "", "licence": ""}]
    return quick_config.changed(
        {
            "data": data,
            "task": "binary",
            "manifest": None,
            "division": {"by": "random", "fractions": (0.6, 0.2, 0.2)},
        }
    )


def test_a_damaged_film_ends_a_training_on_few_films(damaged: TrainingConfig) -> None:
    with pytest.raises(UnreadableFilm, match=r"NORMAL-p3\.png|PNEUMONIA-p5\.png"):
        load_films(damaged)


def test_among_many_it_is_left_out_and_said(
    damaged: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecoded, "SHARE", 0.05)  # of 48
    said: list[str] = []
    films = load_films(damaged, log=said.append)
    paths = pd.concat(films[role].table["path"] for role in (TRAIN, VALIDATION, INTERNAL_TEST))
    assert len(paths) == 46
    assert not {"NORMAL/film-NORMAL-p3.png", "PNEUMONIA/film-PNEUMONIA-p5.png"} & set(paths)
    assert sum(found.undecoded for found in films.values()) == 2
    assert len(films[STRESSED]) == len(films[VALIDATION])
    for found in films.values():
        assert len(found.table) == len(found.images) == len(found.allowed)
        assert list(found.table.index) == list(range(len(found)))
    [sentence] = said
    assert sentence.startswith(
        "2 films of 'phantoms' cannot be decoded and are left out; the first"
    )

    read = film_reader.read_guarded

    def only_damaged(data: bytes, source: str) -> Radiograph:
        assert source.endswith(("NORMAL-p3.png", "PNEUMONIA-p5.png")), "a film was decoded"
        return read(data, source)

    monkeypatch.setattr(film_reader, "read_guarded", only_damaged)
    again: list[str] = []
    kept = load_films(damaged, log=again.append)
    assert again == said
    for role, found in films.items():
        np.testing.assert_array_equal(found.images, kept[role].images)
        assert found.table.equals(kept[role].table)
    monkeypatch.setattr(undecoded, "SHARE", 0.01)
    with pytest.raises(UnreadableFilm):
        load_films(damaged)


def test_a_file_that_is_too_large_counts_as_a_film_that_cannot_be_decoded(
    damaged: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evaluation and the audit count it so; one such file must not end hours of training."""
    monkeypatch.setattr(undecoded, "SHARE", 0.05)
    with (damaged.data[0].path / "NORMAL/film-NORMAL-p3.png").open("wb") as file:
        file.truncate(3 * 2**20)
    monkeypatch.setenv("XRAY_MAX_FILE_BYTES", "1MiB")
    settings.cache_clear()
    said: list[str] = []
    films = load_films(damaged, log=said.append)
    assert sum(found.undecoded for found in films.values()) == 2
    assert "has more than the 1 MB allowed" in said[0]


def test_a_film_that_a_busy_machine_has_no_time_for_is_not_left_out(
    damaged: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecoded, "SHARE", 0.05)
    read = film_reader.read_guarded

    def slow(data: bytes, source: str) -> Radiograph:
        if source.endswith("NORMAL-p7.png"):
            raise DecodeTimeout(source, "decoding took longer than the 20 seconds allowed.")
        return read(data, source)

    with monkeypatch.context() as busy:
        busy.setattr(film_reader, "read_guarded", slow)
        with pytest.raises(DecodeTimeout, match=r"NORMAL-p7\.png"):
            load_films(damaged)
    films = load_films(damaged)
    assert sum(found.undecoded for found in films.values()) == 2


def test_a_film_that_could_not_be_decoded_once_is_tried_by_the_next_run(
    damaged: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecoded, "SHARE", 0.1)
    read, reasons = film_reader.read_guarded, ["a first reason."]

    def short_of_memory(data: bytes, source: str) -> Radiograph:
        if source.endswith("NORMAL-p1.png"):
            raise UnreadableFilm(source, reasons[-1])
        return read(data, source)

    with monkeypatch.context() as busy:
        busy.setattr(film_reader, "read_guarded", short_of_memory)
        assert sum(found.undecoded for found in load_films(damaged).values()) == 3
        said: list[str] = []
        reasons.append("another reason.")
        load_films(damaged, log=said.append)
    [sentence] = said
    assert sentence.startswith("3 films of 'phantoms' cannot be decoded")
    assert sentence.endswith("film-NORMAL-p1.png: another reason.")
    films = load_films(damaged)
    assert sum(found.undecoded for found in films.values()) == 2
    assert sum(len(films[role]) for role in (TRAIN, VALIDATION, INTERNAL_TEST)) == 46


def test_a_film_is_not_left_out_where_no_decoder_can_be_started(
    damaged: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecoded, "SHARE", 1.0)
    broken = Guard([sys.executable, "-c", "raise SystemExit(1)"], processes=1)
    with monkeypatch.context() as busy:
        busy.setattr(film_reader, "read_guarded", broken.read)
        with pytest.raises(DecodeTimeout, match="decoder process could not be started"):
            load_films(damaged)
    assert sum(found.undecoded for found in load_films(damaged).values()) == 2


def test_the_bundle_lists_what_is_left_and_its_card_says_how_much_is_not(
    damaged: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecoded, "SHARE", 0.05)
    said: list[str] = []
    folder = train(damaged.changed({"network": "ann-10", "epochs": 1}), log=said.append)
    assert any("2 films of 'phantoms' cannot be decoded" in line for line in said)
    assert len(pd.read_csv(folder / "films.csv")) == 46
    lost = BundleManifest.read(folder).training["undecoded"]
    assert sum(lost.values()) == 2
    card = (folder / "README.md").read_text()
    assert "Films that cannot be decoded were left out: " in card


def test_every_fold_says_what_it_leaves_out(
    damaged: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecoded, "SHARE", 0.05)
    said: list[str] = []
    cross_validate(damaged.changed({"network": "ann-10", "epochs": 1}), 2, log=said.append)
    told = [line.startswith("2 films of 'phantoms' cannot be decoded") for line in said]
    assert told == [False, True, False, True]


def test_each_data_set_has_its_own_limit() -> None:
    tables = [pd.DataFrame({"source": [name] * count}) for name, count in (("a", 300), ("b", 99))]
    found = Undecoded([Dataset(table, FolderStore(Path())) for table in tables])
    for path in ("1.png", "2.png", "2.png", "3.png"):
        found.add("a", path, UnreadableFilm(path, "cut off."))
    with pytest.raises(UnreadableFilm, match=r"4\.png: cut off"):
        found.add("a", "4.png", UnreadableFilm("4.png", "cut off."))
    with pytest.raises(UnreadableFilm):
        found.add("b", "1.png", UnreadableFilm("1.png", "cut off."))
