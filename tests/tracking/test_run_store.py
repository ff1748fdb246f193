"""Runs are kept in MLflow, as MLflow itself reads them."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from xray_core.errors import TrackingError
from xray_core.settings import PROJECT_ROOT, settings
from xray_core.tracking.environment import environment
from xray_core.tracking.history import epoch_rows, history_csv, log_epochs
from xray_core.tracking.runs import (
    RunStatus,
    config_of,
    create_run,
    list_runs,
    read_run,
    set_status,
    set_tags,
)
from xray_core.tracking.store import EXPERIMENT, tracking_uri
from xray_core.training.config import TrainingConfig


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> TrainingConfig:
    manifest = tmp_path_factory.mktemp("data") / "patients.csv"
    manifest.write_text("source,patient,role\nset,p1,train\n")
    return TrainingConfig.model_validate(
        {
            "name": "run-of-a-test",
            "title": "Run of a test",
            "network": "residual",
            "data": [{"path": manifest.parent, "source": "set", "population": "x", "licence": "y"}],
            "manifest": manifest,
            "balance": 0.5,
            "confounders": "None that is known.",
            "operating_point": {"source": "set"},
        }
    )


def epoch(number, loss, **more):
    return {"epoch": number, "loss": loss, "validation_auc": 0.5, "rate": 0.001, **more}


def test_a_run_holds_what_decided_it_and_stock_mlflow_reads_it(home, config):
    run = create_run(config, {"kerley.state": "queued"})
    log_epochs(run, [epoch(1, 0.9), epoch(2, 0.7)])
    set_status(run, RunStatus.FINISHED)

    from mlflow import MlflowClient

    stock = MlflowClient(tracking_uri=f"sqlite:///{home / 'mlflow.db'}")
    found = stock.get_run(run)
    experiment = stock.get_experiment(found.info.experiment_id)
    assert experiment.name == EXPERIMENT
    assert experiment.artifact_location.startswith(home.as_uri())
    assert found.info.status == "FINISHED"
    assert found.data.params["network"] == "residual"
    assert found.data.params["augmentation.rotation"] == "10.0"
    assert found.data.metrics["loss"] == 0.7
    assert [m.step for m in stock.get_metric_history(run, "loss")] == [1, 2]
    assert {f.path for f in stock.list_artifacts(run)} == {
        "config.json",
        "data",
        "environment.json",
    }
    assert not Path("mlruns").exists()


def test_the_configuration_comes_back_as_it_was(home, config):
    assert config_of(create_run(config, {})) == config


def test_tags_and_metrics_are_read_again_and_the_newest_run_stands_first(home, config):
    first, second = create_run(config, {}), create_run(config, {"a": "1"})
    set_tags(second, {"a": "2", "b": "3"})
    assert [run.id for run in list_runs()] == [second, first]
    assert read_run(second).tags == {"a": "2", "b": "3"}


def test_epochs_are_rows_in_their_order(home, config):
    run = create_run(config, {})
    assert epoch_rows(run) == ()
    log_epochs(run, [epoch(1, 0.9), epoch(2, 0.8, stressed_auc=0.4), epoch(3, 0.7)])
    rows = epoch_rows(run)
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert [row["loss"] for row in rows] == [0.9, 0.8, 0.7]
    assert rows[1]["stressed_auc"] == 0.4 and "stressed_auc" not in rows[0]
    assert history_csv(rows).splitlines()[:2] == [
        "epoch,loss,rate,stressed_auc,validation_auc",
        "1,0.9,0.001,,0.5",
    ]


def test_a_run_that_began_anew_shows_only_its_last_start(home, config):
    run = create_run(config, {})
    log_epochs(run, [epoch(1, 0.9), epoch(2, 0.8), epoch(3, 0.7)])
    log_epochs(run, [epoch(1, 0.5), epoch(2, 0.4)])
    assert [(row["epoch"], row["loss"]) for row in epoch_rows(run)] == [(1, 0.5), (2, 0.4)]


def test_a_run_that_is_not_there_is_one_sentence(home):
    with pytest.raises(TrackingError, match=r"cannot be read or written: Run .*not found"):
        read_run("0" * 32)


def test_a_store_that_cannot_be_opened_is_one_sentence(home, monkeypatch):
    monkeypatch.setenv("XRAY_MLFLOW", "sqlite:////dev/null/mlflow.db")
    settings.cache_clear()
    assert tracking_uri() == "sqlite:////dev/null/mlflow.db"
    with warnings.catch_warnings(), pytest.raises(TrackingError) as error:
        warnings.simplefilter("ignore", ResourceWarning)
        list_runs()
    assert "\n" not in str(error.value)


def test_a_database_whose_driver_is_not_installed_is_one_sentence(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    monkeypatch.setenv("XRAY_MLFLOW", "postgresql://h/db")
    settings.cache_clear()
    with pytest.raises(TrackingError, match=r"postgresql://h/db cannot be read or written: .*psyc"):
        list_runs()


@pytest.mark.parametrize("length", [0, 160])
def test_no_sentence_holds_the_password_of_the_store(home, monkeypatch, length):
    """Nor where it stands at the place at which a long message is cut."""
    where = "postgresql://user:S3cret@h/db"

    def refuse(*_):
        raise OSError(f"{'x' * length} could not connect to {where}")

    monkeypatch.setattr("xray_core.tracking.store._open", refuse)
    monkeypatch.setenv("XRAY_MLFLOW", where)
    settings.cache_clear()
    with pytest.raises(TrackingError) as error:
        list_runs()
    assert str(error.value).startswith("the runs in postgresql://…@h/db cannot be read or written")
    assert "S3c" not in str(error.value) and "user" not in str(error.value)


def test_the_environment_names_packages_and_no_person():
    found = environment()
    assert found["packages"]["keras"]
    assert os.uname().nodename not in str({k: v for k, v in found.items() if k != "release"})


@pytest.mark.slow
def test_processes_that_open_a_fresh_store_at_once_all_succeed(home):
    code = "from xray_core.tracking.runs import list_runs; assert list_runs() == ()"
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT_ROOT, env={**os.environ})
        for _ in range(4)
    ]
    assert [process.wait(300) for process in started] == [0] * 4
