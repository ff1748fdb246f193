"""A search keeps its trials, ends the hopeless ones and gives the best run to be trained."""

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from optuna import Study

from xray_core.errors import ConfigError, TrainingError
from xray_core.training import search as searching
from xray_core.training import search_store
from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import EpochRecord
from xray_core.training.films import TRAIN, FilmSet
from xray_core.training.fit import OnEpoch
from xray_core.training.search import Sampler, search
from xray_core.training.search_result import read_search
from xray_core.training.search_space import Choice, Range
from xray_core.training.search_store import CONFIG, SAMPLER, study_names

SPACE = (
    Range("rate", 1e-4, 1e-1, log=True),
    Choice("optimiser", ("adam", "sgd")),
    Range("augmentation.zoom", 0.0, 0.2),
)


@pytest.fixture
def config(
    quick_config: TrainingConfig,
    drawn_films: dict[str, FilmSet],
    monkeypatch: pytest.MonkeyPatch,
) -> TrainingConfig:
    """A run of two epochs on films that need not be read."""
    monkeypatch.setattr(searching, "load_films", lambda config, progress, log: drawn_films)
    return quick_config.changed({"name": "hunt", "network": "ann-10", "epochs": 2})


def test_trials_are_kept_and_the_best_is_the_run_with_their_settings(
    home: Path, config: TrainingConfig
) -> None:
    told: list[int] = []
    first = search(config, 2, space=SPACE, on_trial=lambda trial: told.append(trial.number))
    assert told == [0, 1]
    result = search(config, 1, sampler="random", space=SPACE)
    assert [trial.number for trial in result.trials] == [0, 1, 2]
    assert result.trials[:2] == first.trials
    assert read_search("hunt") == result
    assert result.best is not None
    assert result.best_trial is not None
    best = result.trials[result.best_trial]
    assert best.loss == min(t.loss for t in result.trials if t.loss is not None)
    assert result.best.rate == best.settings["rate"]
    assert result.best.augmentation.zoom == best.settings["augmentation.zoom"]
    assert result.best.epochs == config.epochs
    assert sum(result.importances.values()) == pytest.approx(1, abs=0.01)
    json.dumps(result.to_json(), allow_nan=False)
    assert (home / "optuna.db").exists()
    assert not list((home / "runs" / "hunt.search").glob("trial-*"))


def test_no_epochs_are_not_all_of_them(home: Path, config: TrainingConfig) -> None:
    with pytest.raises(ConfigError, match="not valid at 'epochs'"):
        search(config, 1, space=SPACE, epochs=0)


def test_trials_that_keep_their_last_epoch_are_judged_by_it(
    home: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = {0: [0.2, 0.9], 1: [0.6, 0.5]}
    fitted = iter(losses)

    def fit(config: TrainingConfig, films: object, folder: Path, judge: OnEpoch) -> None:
        for epoch, loss in enumerate(losses[next(fitted)], start=1):
            judge(EpochRecord(epoch, 1.0, loss, 0.8, loss, 0.8, 1e-3), config.epochs)

    monkeypatch.setattr(searching, "fit", fit)
    result = search(config.changed({"best": "last"}), 2, space=SPACE)
    assert [trial.loss for trial in result.trials] == [0.9, 0.5]
    assert result.best_trial == 1


def test_a_trial_that_came_to_its_end_is_complete_however_its_last_epoch_was(
    home: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five trials are never ended; a sixth is behind their median from its second epoch on."""
    losses: list[list[float]] = []

    def fit(config: TrainingConfig, films: object, folder: Path, judge: OnEpoch) -> None:
        for epoch, loss in enumerate(losses.pop(0)[: config.epochs], start=1):
            judge(EpochRecord(epoch, 1.0, loss, 0.8, loss, 0.8, 1e-3), config.epochs)

    monkeypatch.setattr(searching, "fit", fit)
    for name, changed, last in (
        ("two", {"epochs": 2}, "complete"),
        ("stopped", {"epochs": 3, "early_stopping": 1}, "complete"),
        ("three", {"epochs": 3}, "pruned"),
    ):
        losses[:] = [[0.9, 0.1 + k / 100, 0.1 + k / 100] for k in range(5)] + [[0.5, 0.5]]
        run = config.changed({"name": name, **changed})
        found = search(run, 6, sampler="random", space=SPACE)
        assert [trial.state for trial in found.trials] == ["complete"] * 5 + [last], name
        assert found.trials[5].epochs == 2


def test_trials_of_another_run_films_or_space_are_not_mixed_in(
    home: Path,
    config: TrainingConfig,
    drawn_films: dict[str, FilmSet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search(config, 1, space=SPACE, epochs=1)
    before = read_search("hunt")
    told = {"match": "the search 'hunt' was of another run"}
    with pytest.raises(ConfigError, **told):
        search(config, 1, space=SPACE, epochs=2)
    with pytest.raises(ConfigError, **told):
        search(config, 1, space=SPACE[:1], epochs=1)
    with pytest.raises(ConfigError, **told):
        search(config.changed({"weight_decay": 0.5}), 1, space=SPACE, epochs=1)
    table = drawn_films[TRAIN].table.assign(label="NORMAL")
    others = drawn_films | {TRAIN: replace(drawn_films[TRAIN], table=table)}
    monkeypatch.setattr(searching, "load_films", lambda config, progress, log: others)
    with pytest.raises(ConfigError, **told):
        search(config, 1, space=SPACE, epochs=1)
    assert read_search("hunt") == before


def test_a_grid_tries_everything_and_ends(home: Path, config: TrainingConfig) -> None:
    space = (Choice("batch", (8, 16)), Choice("optimiser", ("adam",)))
    result = search(config, 9, sampler="grid", space=space, epochs=1)
    assert sorted(trial.settings["batch"] for trial in result.trials) == [8, 16]
    assert {trial.epochs for trial in result.trials} == {1}
    said: list[str] = []
    again = search(config, 9, sampler="grid", space=space, epochs=1, log=said.append)
    assert again == result
    assert said[-1] == "Every setting of the grid was tried before."


def test_films_that_are_left_out_are_told(
    home: Path,
    config: TrainingConfig,
    drawn_films: dict[str, FilmSet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(_: object, __: object, log: Callable[[str], None]) -> dict[str, FilmSet]:
        log("1 film of 'phantoms' cannot be decoded and is left out: a.png: cut off.")
        return drawn_films

    monkeypatch.setattr(searching, "load_films", load)
    said: list[str] = []
    search(config, 1, space=SPACE, epochs=1, log=said.append)
    assert said[1].startswith("1 film of 'phantoms' cannot be decoded")


def test_a_trial_of_a_full_grid_that_was_interrupted_is_made_again(
    home: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    space, fit = (Choice("batch", (8, 16)),), searching.fit

    def killed(*_: object) -> None:
        raise Killed

    search(config, 1, sampler="grid", space=space, epochs=1)
    monkeypatch.setattr(searching, "fit", killed)
    with pytest.raises(Killed):
        search(config, 1, sampler="grid", space=space, epochs=1)
    monkeypatch.setattr(searching, "fit", fit)
    result = search(config, 9, sampler="grid", space=space, epochs=1)
    assert [trial.state for trial in result.trials] == ["complete", "interrupted", "complete"]
    assert search(config, 9, sampler="grid", space=space, epochs=1) == result


def test_a_trial_that_cannot_go_on_fails_alone(
    home: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def diverge(*_: object) -> None:
        raise TrainingError("the loss of epoch 1 is not a number.")

    monkeypatch.setattr(searching, "fit", diverge)
    result = search(config, 2, space=SPACE)
    assert [trial.state for trial in result.trials] == ["failed", "failed"]
    assert {trial.reason for trial in result.trials} == {"the loss of epoch 1 is not a number."}
    assert result.done == 2
    assert result.best is None


class Killed(BaseException):
    """What ends a process ends no trial in good order."""


@pytest.mark.parametrize("sampler", ["tpe", pytest.param("grid", marks=pytest.mark.slow)])
def test_a_trial_that_was_interrupted_is_made_again_once_and_none_is_left_out(
    home: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch, sampler: Sampler
) -> None:
    space = (Choice("batch", (8, 16)), Choice("optimiser", ("adam", "sgd")))
    fit = searching.fit

    def killed(*_: object) -> None:
        raise Killed

    def leave_running() -> None:
        monkeypatch.setattr(searching, "fit", killed)
        with pytest.raises(Killed):
            search(config, 1, sampler=sampler, space=space, epochs=1)
        monkeypatch.setattr(searching, "fit", fit)

    search(config, 1, sampler=sampler, space=space, epochs=1)
    leave_running()
    left = read_search("hunt").trials[-1]
    assert left.state == "running"
    found = search(config, 3, sampler=sampler, space=space, epochs=1)
    states = [trial.state for trial in found.trials]
    assert states[1] == "interrupted"
    assert found.trials[2].settings == left.settings
    assert found.done == 4
    if sampler == "grid":
        tried = {tuple(t.settings.values()) for t in found.trials if t.state != "interrupted"}
        assert len(tried) == 4


def test_the_trials_are_a_table_with_a_column_for_each_setting(
    home: Path, config: TrainingConfig
) -> None:
    text = search(config, 1, space=SPACE, epochs=1).to_csv()
    head, row = csv.reader(StringIO(text))
    told, tried = ["number", "state", "loss", "epochs", "seconds"], [one.setting for one in SPACE]
    assert head == [*told, *tried, "reason"]
    assert row[:2] == ["0", "complete"]


@pytest.mark.parametrize(("trials", "sampler"), [(0, "tpe"), (3, "guess")])
def test_what_cannot_be_searched_is_told(
    home: Path, config: TrainingConfig, trials: int, sampler: str
) -> None:
    with pytest.raises(ConfigError, match="allowed are 1 or more by tpe, random, grid"):
        search(config, trials, sampler=sampler)  # type: ignore[arg-type]


def test_a_search_that_was_not_made_is_told(home: Path) -> None:
    with pytest.raises(ConfigError, match="'nowhere' is not known"):
        read_search("nowhere")


def test_a_database_of_another_version_is_told_in_one_sentence(
    home: Path, config: TrainingConfig
) -> None:
    """As after MLflow or an older Optuna has written into it."""
    assert search(config, 1, space=SPACE, epochs=1).done == 1
    with closing(sqlite3.connect(home / "optuna.db")) as base:
        base.execute("UPDATE alembic_version SET version_num = 'v0.9.0.a'")
        base.execute("UPDATE version_info SET schema_version = 1")
        base.commit()
    search_store._opened.cache_clear()
    for ask in (study_names, lambda: read_search("hunt"), lambda: search(config, 1, space=SPACE)):
        with pytest.raises(TrainingError, match="the database of searches cannot be used"):
            ask()


@pytest.mark.parametrize("at", [CONFIG, SAMPLER])
def test_a_search_that_was_killed_before_it_said_of_which_run_is_not_known(
    home: Path, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    tell = Study.set_user_attr

    def killed(self: Study, key: str, value: object) -> None:
        if key == at:
            raise Killed
        tell(self, key, value)

    monkeypatch.setattr(Study, "set_user_attr", killed)
    with pytest.raises(Killed):
        search(config, 1, space=SPACE, epochs=1)
    with pytest.raises(ConfigError, match="'hunt' is not known; known are: none was made"):
        read_search("hunt")
    monkeypatch.setattr(Study, "set_user_attr", tell)
    assert search(config, 1, space=SPACE, epochs=1).done == 1
