"""What a command trains is a run too; where runs cannot be kept, it trains all the same."""

import sys

import pandas as pd
import pytest

from xray_core.settings import settings
from xray_core.tracking.history import epoch_rows
from xray_core.tracking.recorded import recorded
from xray_core.tracking.runs import list_runs
from xray_core.tracking.store import open_runs
from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import EpochRecord
from xray_core.training.films import FilmSet


@pytest.fixture
def config(tmp_path):
    data = [{"path": tmp_path, "source": "set", "population": "x", "licence": "y"}]
    return TrainingConfig.model_validate(
        {
            "name": "by-hand",
            "title": "By hand",
            "network": "residual",
            "data": data,
            "division": {"by": "random"},
            "confounders": "None that is known.",
            "operating_point": {"source": "set"},
        }
    )


@pytest.fixture
def films():
    row = {"source": "set", "path": "a", "sha256": "b", "patient": "p", "label": "X"}
    roles = ("train", "validation", "internal_test")
    return {role: FilmSet(pd.DataFrame([row]).assign(role=role), None, None) for role in roles}


def epoch(number):
    return EpochRecord(number, 0.5, 0.5, 0.9, 0.5, 0.9, rate=0.1)


def status(run):
    with open_runs() as store:
        return store.client.get_run(run.id).info.status


def test_a_command_is_a_run_that_ends_as_it_does_and_is_no_job(home, config, films):
    said = []
    with recorded(config, "train", said.append) as record:
        record.on_films(films)
        (run,) = list_runs()
        assert status(run) == "RUNNING"
        record.on_epoch(epoch(1), 2)
        record.on_epoch(epoch(2), 2)
    (run,) = list_runs()
    assert (run.name, status(run), run.tags["kerley.command"]) == ("by-hand", "FINISHED", "train")
    assert "kerley.division_sha256" in run.tags and "kerley.state" not in run.tags
    assert [row["epoch"] for row in epoch_rows(run.id)] == [1, 2]
    assert said == []


@pytest.mark.parametrize(
    ("error", "ending"), [(ValueError, "FAILED"), (KeyboardInterrupt, "KILLED")]
)
def test_a_command_that_fails_leaves_a_run_that_says_who_was_in_which_role(
    home, config, films, error, ending
):
    with pytest.raises(error), recorded(config, "train", print) as record:
        record.on_films(films)
        raise error
    (run,) = list_runs()
    assert status(run) == ending
    assert (home / "mlflow" / run.id / "artifacts" / "data" / "division.csv").exists()


def test_what_is_refused_before_films_are_read_leaves_no_run(home, config):
    with pytest.raises(ValueError), recorded(config, "train", print):
        raise ValueError
    assert not (home / "mlflow.db").exists()


def test_the_epochs_of_each_fold_are_kept_apart(home, config, films):
    with recorded(config, "train --folds", print) as record:
        for _ in range(2):
            record.in_folds(films)
            record.on_epoch(epoch(1), 1)
            record._folds.append(None)
    (run,) = list_runs()
    assert epoch_rows(run.id) == ()
    assert all(len(epoch_rows(run.id, f"fold-{number}/")) == 1 for number in (1, 2))


@pytest.mark.parametrize("where", ["sqlite:////dev/null/mlflow.db", "postgresql://h/db"])
def test_a_store_that_cannot_be_written_is_told_once_and_stops_nothing(
    home, config, films, monkeypatch, where
):
    monkeypatch.setitem(sys.modules, "psycopg2", None)  # the driver is not installed
    monkeypatch.setenv("XRAY_MLFLOW", where)
    settings.cache_clear()
    said = []
    with recorded(config, "train", said.append) as record:
        record.on_films(films)
        record.on_epoch(epoch(1), 1)
    (sentence,) = said
    assert sentence.startswith(f"This goes on without a run in MLflow: the runs in {where} cannot")
