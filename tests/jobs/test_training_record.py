"""A model that is trained is kept, whatever becomes of the record of its run."""

from pathlib import Path

import pytest

from xray_core.errors import DatasetError, TrackingError
from xray_core.jobs import insist, queue, report, training
from xray_core.jobs.epoch_report import EpochReport
from xray_core.jobs.ledger import note_running, read_job
from xray_core.tracking import outcome
from xray_core.tracking.epoch_log import EpochLog
from xray_core.training import run as whole_run
from xray_core.training.epochs import EpochRecord

FOLDER = Path("a-store/a-model")


@pytest.fixture
def run(jobs_home, config_named, monkeypatch):
    """A job whose training takes no time and whose outcome needs no bundle."""
    monkeypatch.setattr(queue, "hand_over", lambda job: None)
    monkeypatch.setattr(whole_run, "train", lambda config, **callbacks: FOLDER)
    monkeypatch.setattr(outcome, "log_bundle", lambda run, folder: None)
    monkeypatch.setattr(outcome, "log_predictions", lambda run, config, folder: None)
    monkeypatch.setattr(insist, "EVERY_SECONDS", 0.0)
    found = queue.submit(config_named("kept"))
    note_running(found, "here, process 1")
    return found


def away(times):
    """Return a function that refuses so many times, and the list of its calls."""
    calls = []

    def ask(*_):
        calls.append(len(calls))
        if len(calls) <= times:
            raise TrackingError("the runs cannot be written.")

    return ask, calls


def test_a_store_that_is_away_for_a_moment_is_tried_again(run, monkeypatch, capsys):
    ask, calls = away(3)
    monkeypatch.setattr(outcome, "log_bundle", ask)
    assert training.carry_out_training(run) == str(FOLDER)
    assert len(calls) == 4
    assert "lacks" not in capsys.readouterr().out
    assert read_job(run).stage == "Done."


def test_roles_of_films_that_the_store_has_missed_are_noted_later(run, monkeypatch, capsys):
    """Without them nobody can tell afterwards which films a run was trained on."""
    ask, calls = away(2)
    monkeypatch.setattr(report, "log_division", ask)

    def train(config, **callbacks):
        callbacks["on_films"]({})
        return FOLDER

    monkeypatch.setattr(whole_run, "train", train)
    assert training.carry_out_training(run) == str(FOLDER)
    assert len(calls) == 3
    said = capsys.readouterr().out
    assert "Which film has which role is not in the run yet: the runs cannot be written." in said
    assert "lacks" not in said


@pytest.mark.parametrize("what", ["log_bundle", "log_predictions"])
@pytest.mark.parametrize("error", [TrackingError, DatasetError])
def test_what_cannot_be_recorded_is_told_and_fails_no_training(
    run, monkeypatch, capsys, what, error
):
    def refuse(*_):
        raise error("it is away.")

    monkeypatch.setattr(insist, "SECONDS", 0.0)
    monkeypatch.setattr(outcome, what, refuse)
    assert training.carry_out_training(run) == str(FOLDER)
    words = "The bundle is complete; its run lacks part of the record: it is away."
    assert words in capsys.readouterr().out
    assert read_job(run).stage == words


def test_how_long_it_takes_yet_is_said_of_epochs_only(run, jobs_home):
    report = EpochReport(run, EpochLog(run, jobs_home / "runs" / "kept"))
    figures = dict.fromkeys(("loss", "validation_loss", "validation_auc", "rate"), 0.5)
    figures |= {"stressed_loss": 0.5, "stressed_auc": 0.5}
    report.on_epoch(EpochRecord(epoch=12, **figures), 40)
    assert read_job(run).seconds_left is not None
    report.stage("Calibrating on validation patients.")
    job = read_job(run)
    assert (job.epoch, job.epochs, job.seconds_left) == (12, 40, None)
    assert job.stage == "Calibrating on validation patients."
