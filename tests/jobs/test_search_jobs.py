"""A search in the queue: watched, cancelled, resumed; what it found is there for everybody."""

import os
import signal

import pytest
from jobstools import DONE, ended, gone, processes_of, until

from xray_core.errors import ConfigError
from xray_core.jobs import queue, tags
from xray_core.jobs.search import _TrialReport
from xray_core.jobs.state import State
from xray_core.tracking.history import epoch_rows
from xray_core.tracking.runs import read_run
from xray_core.tracking.searches import LOSS
from xray_core.training.search_folder import search_folder
from xray_core.training.search_plan import SearchPlan
from xray_core.training.search_result import TrialResult, read_search

PLAN = SearchPlan(trials=4, sampler="random", trial_epochs=2)


def trial(number, **changes):
    fresh = {"state": "complete", "loss": 0.5, "epochs": 2, "settings": {"rate": 0.1}}
    return TrialResult(number=number, seconds=60.0, **(fresh | changes))


def test_a_search_is_queued_like_a_training_and_says_how_many_trials_there_are(
    worker, stand_in, config_named
):
    run = queue.submit_search(config_named("hunt"), PLAN)
    stand_in.process(run)
    job = queue.job(run)
    assert (job.is_search, job.kind, job.epoch, job.epochs) == (True, "search", 0, 4)
    assert SearchPlan.model_validate_json(read_run(run).tags[tags.PLAN]) == PLAN
    stand_in.say(DONE)
    assert ended(run).state is State.DONE


def test_a_search_that_waits_or_runs_is_cancelled_and_resumed(worker, stand_in, config_named):
    run = queue.submit_search(config_named("hunt"), PLAN)
    process = stand_in.process(run)
    weights = search_folder("hunt") / "trial-0" / "last-0.weights.h5"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"of a trial that nobody goes on with")
    queue.cancel(run)
    assert ended(run).state is State.CANCELLED
    assert gone(process)
    assert not weights.parent.exists()
    queue.resume(run)
    stand_in.say(DONE)
    assert (ended(run).state, queue.job(run).attempt) == (State.DONE, 2)


def test_the_name_of_a_search_is_that_of_no_other_job(worker, stand_in, config_named):
    stand_in.say(DONE)
    ended(queue.submit_search(config_named("hunt"), PLAN))
    for submit in (lambda c: queue.submit(c), lambda c: queue.submit_search(c, PLAN)):
        with pytest.raises(ConfigError, match="the name 'hunt' is taken"):
            submit(config_named("hunt"))


def test_a_search_of_the_command_line_is_not_continued_by_a_job_of_its_name(
    worker, config_named, monkeypatch
):
    monkeypatch.setattr("xray_core.training.search_store.study_names", lambda: ["hunt"])
    with pytest.raises(ConfigError, match="a search 'hunt' was made already"):
        queue.submit_search(config_named("hunt"), PLAN)
    assert queue.jobs() == ()


def test_trials_are_told_with_the_time_that_is_left_and_draw_no_learning_curve(
    worker, stand_in, config_named
):
    run = queue.submit_search(config_named("hunt"), PLAN)
    stand_in.process(run)
    report = _TrialReport(run)
    report.begin(1, 4)
    report.on_trial(trial(1))
    report.on_trial(trial(2, state="failed", loss=None, reason="the loss is not a number."))
    job = queue.job(run)
    assert (job.epoch, job.epochs, job.stage) == (3, 4, "Trial 3 of 4 is complete.")
    assert 50 < job.seconds_left <= 60
    assert read_run(run).metrics[LOSS] == 0.5
    assert epoch_rows(run) == ()
    stand_in.say(DONE)
    ended(run)


def finder_of(home):
    """Return the process of the search that runs."""
    (found,) = [p for p in processes_of(home) if "xray_core.jobs.child" in p.cmdline()]
    return found


@pytest.mark.slow
def test_a_search_that_is_killed_is_resumed_with_the_trials_that_are_left_and_its_best_is_trained(
    jobs_home, config_named
):
    plan = SearchPlan(trials=6, sampler="grid", trial_epochs=12)
    run = queue.submit_search(config_named("hunt"), plan)
    until(lambda: queue.job(run).epoch >= 1 and "epoch" in queue.job(run).stage)
    os.kill(finder_of(jobs_home).pid, signal.SIGKILL)
    failed = ended(run)
    assert failed.state is State.FAILED and "trial of a search" in failed.reason
    before = read_search("hunt").trials

    queue.resume(run)
    done = ended(run)
    assert (done.state, done.reason, done.epoch, done.epochs) == (State.DONE, "", 6, 6)
    found = read_search("hunt")
    assert found.done == 6
    (interrupted,) = [t for t in found.trials if t.state == "interrupted"]
    again = [t for t in found.trials if t.settings == interrupted.settings]
    assert [t.state for t in again] in (["interrupted", "complete"], ["interrupted", "pruned"])
    assert [t.settings for t in found.trials[: len(before)]] == [t.settings for t in before]
    assert read_run(run).metrics[LOSS] > 0
    assert (jobs_home / "mlflow" / run / "artifacts" / "search.json").exists()

    best = queue.submit(found.best.changed({"name": "found", "epochs": 2}))
    assert ended(best).state is State.DONE
    assert (jobs_home / "bundles" / "found" / "bundle.json").exists()
