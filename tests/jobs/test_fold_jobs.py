"""A cross-validation in the queue: watched, cancelled, resumed; every fold is in its run."""

import json
import os
import signal

import pytest
from jobstools import DONE, ended, gone, processes_of, until

from xray_core.errors import ConfigError
from xray_core.jobs import queue
from xray_core.jobs.folds import _FoldReport
from xray_core.jobs.state import State
from xray_core.tracking.folds import read_folds
from xray_core.tracking.history import epoch_rows
from xray_core.tracking.runs import config_of, read_run
from xray_core.training.epochs import EpochRecord
from xray_core.training.fold_result import FIGURES, FoldResult


def epoch(number):
    return EpochRecord(number, 0.5, 0.5, 0.9, 0.5, 0.9, rate=0.1)


def fold(number, auc):
    figures = dict.fromkeys(FIGURES, 0.5) | {"auc": auc, "specificity": None}
    return FoldResult(number, 16, 3, 2, 0.4, figures)


def test_a_cross_validation_is_queued_like_a_training_and_counts_the_epochs_of_all_folds(
    worker, stand_in, config_named
):
    run = queue.submit_folds(config_named("spread"), 4)
    process = stand_in.process(run)
    job = queue.job(run)
    assert (job.kind, job.is_folds, job.folds, job.epoch, job.epochs) == ("folds", True, 4, 0, 12)
    assert config_of(run).division.by == "folds"
    queue.cancel(run)
    assert ended(run).state is State.CANCELLED
    assert gone(process)
    queue.resume(run)
    stand_in.say(DONE)
    assert (ended(run).state, queue.job(run).attempt) == (State.DONE, 2)


def test_one_fold_is_refused_and_nothing_is_queued(worker, config_named):
    with pytest.raises(ConfigError, match="allowed are 2 to 20"):
        queue.submit_folds(config_named("spread"), 1)
    assert queue.jobs() == ()


def test_the_name_of_one_that_the_command_line_has_begun_is_taken(
    worker, jobs_home, stand_in, config_named
):
    (jobs_home / "runs" / "spread.folds" / "fold-1").mkdir(parents=True)
    with pytest.raises(ConfigError, match="the name 'spread' is taken"):
        queue.submit_folds(config_named("spread"), 2)


def test_folds_and_their_epochs_are_told_as_they_come(worker, stand_in, config_named):
    run = queue.submit_folds(config_named("spread"), 2)
    stand_in.process(run)
    report = _FoldReport(run, config_of(run), 0)
    report.on_epoch(epoch(1), 3)
    assert queue.job(run).stage == "Fold 1 of 2, epoch 1 of 3 is complete."
    assert read_folds(run) is None
    report.on_fold(fold(1, 0.8), 2)
    assert (queue.job(run).epoch, queue.job(run).epochs) == (3, 6), "what stopped early is whole"
    report.on_epoch(epoch(1), 3)
    report.on_epoch(epoch(2), 3)
    assert (queue.job(run).epoch, queue.job(run).seconds_left is None) == (5, False)
    assert [row["epoch"] for row in epoch_rows(run, "fold-2/")] == [1, 2]
    report.on_fold(fold(2, 0.6), 2)
    found = read_folds(run)
    assert [one.metrics["auc"] for one in found.folds] == [0.8, 0.6]
    assert found.mean["auc"] == pytest.approx(0.7)
    assert found.spread["specificity"] is None
    metrics = read_run(run).metrics
    assert (metrics["fold/auc"], metrics["mean/auc"]) == (0.6, pytest.approx(0.7))
    assert epoch_rows(run) == (), "no fold's epochs are taken for those of a training"
    lines = found.to_csv().splitlines()
    assert [line.split(",")[0] for line in lines] == ["fold", "1", "2", "mean", "spread"]
    stand_in.say(DONE)
    ended(run)


def test_what_is_resumed_does_not_seem_to_begin_again(worker, stand_in, config_named):
    run = queue.submit_folds(config_named("spread"), 2)
    stand_in.process(run)
    report = _FoldReport(run, config_of(run), 5)
    report.on_fold(fold(1, 0.8), 2)
    assert queue.job(run).epoch == 5
    report.on_epoch(epoch(3), 3)
    assert queue.job(run).epoch == 6
    stand_in.say(DONE)
    ended(run)


@pytest.mark.slow
def test_one_that_is_killed_in_its_second_fold_is_resumed_there_and_leaves_no_model(
    jobs_home, config_named
):
    run = queue.submit_folds(config_named("spread", network="ann-10", epochs=15), 3)
    until(lambda: len(epoch_rows(run, "fold-2/")) >= 1)
    (child,) = [p for p in processes_of(jobs_home) if "xray_core.jobs.child" in p.cmdline()]
    os.kill(child.pid, signal.SIGKILL)
    assert ended(run).state is State.FAILED
    first = read_folds(run)
    queue.resume(run)
    done = ended(run)
    assert (done.state, done.reason, done.epoch, done.epochs) == (State.DONE, "", 45, 45)
    found = read_folds(run)
    assert found.folds[0] == first.folds[0]
    assert sum(one.films for one in found.folds) == 48
    log = queue.log(run)
    assert log.count("fold 1 of 3, epoch 1 of 15") == 1, "it is not trained again"
    assert not list((jobs_home / "bundles").glob("*"))
    for number in (1, 2, 3):
        rows = epoch_rows(run, f"fold-{number}/")
        assert [row["epoch"] for row in rows] == list(range(1, 16))
    artifacts = jobs_home / "mlflow" / run / "artifacts"
    assert json.loads((artifacts / "folds.json").read_text())["mean"]["auc"] is not None
    assert {path.name for path in (artifacts / "data").iterdir()} == {
        "division-fold-1.csv",
        "division-fold-2.csv",
        "division-fold-3.csv",
    }
    tags = read_run(run).tags
    assert len({tags[f"kerley.division_sha256.fold-{number}"] for number in (1, 2, 3)}) == 3
