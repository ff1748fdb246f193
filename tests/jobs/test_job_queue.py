"""What a queue owes its users, with a stand-in for the training."""

import os
import signal
import sys

import pytest
from jobstools import DONE, ended, gone, until

from xray_core.errors import ConfigError, DatasetError, JobError
from xray_core.jobs import queue, recovery, task
from xray_core.jobs.ledger import note_queued, note_running, read_job
from xray_core.jobs.state import State
from xray_core.jobs.task import run_job
from xray_core.settings import settings


def test_a_job_is_queued_runs_and_is_done(worker, stand_in, config_named):
    run = queue.submit(config_named("one"))
    stand_in.process(run)
    running = queue.job(run)
    assert (running.state, running.epochs, running.name) == (State.RUNNING, 3, "one")
    stand_in.say(DONE)
    done = ended(run)
    assert (done.state, done.reason) == (State.DONE, "")
    assert done.started < done.ended
    assert "A line of the log." in queue.log(run)


def test_jobs_wait_for_each_other_and_stand_newest_first(worker, stand_in, config_named):
    first, second = (queue.submit(config_named(name)) for name in ("first", "second"))
    stand_in.process(first)
    assert queue.job(second).state is State.QUEUED
    assert [job.id for job in queue.jobs()] == [second, first]
    stand_in.say(DONE)
    assert ended(first).state is ended(second).state is State.DONE


def test_many_jobs_wait_without_being_handed_over_again(
    worker, stand_in, config_named, monkeypatch
):
    runs = [queue.submit(config_named(name)) for name in ("one", "two", "three", "four")]
    stand_in.process(runs[0])
    handed_over = []
    monkeypatch.setattr(recovery, "hand_over", handed_over.append)
    recovery.recover()
    assert not handed_over
    assert [job.state for job in queue.jobs()] == [*[State.QUEUED] * 3, State.RUNNING]
    stand_in.say(DONE)
    assert {ended(run).state for run in runs} == {State.DONE}


def test_a_job_that_no_worker_can_begin_fails_and_does_not_wait_for_ever(
    worker, stand_in, config_named, monkeypatch
):
    def elsewhere(run):
        raise JobError(f"there is no job {run!r}; `jobs` lists those there are.")

    monkeypatch.setattr(task, "read_job", elsewhere)
    failed = ended(queue.submit(config_named("unseen")))
    assert failed.state is State.FAILED
    assert failed.reason.startswith("no worker can do it: there is no job")


def test_cancelling_ends_the_process_and_the_next_job_goes_on(worker, stand_in, config_named):
    first, second = (queue.submit(config_named(name)) for name in ("first", "second"))
    process = stand_in.process(first)
    queue.cancel(first)
    assert ended(first).state is State.CANCELLED
    assert gone(process)
    stand_in.say(DONE)
    assert ended(second).state is State.DONE


def test_a_job_that_waits_is_cancelled_without_ever_starting(worker, stand_in, config_named):
    first, second = (queue.submit(config_named(name)) for name in ("first", "second"))
    stand_in.process(first)
    queue.cancel(second)
    assert queue.job(second).state is State.CANCELLED
    stand_in.say(DONE)
    ended(first)
    third = queue.submit(config_named("third"))
    assert ended(third).state is State.DONE
    assert not stand_in.started(second)
    assert queue.job(second).state is State.CANCELLED


def test_a_process_that_is_killed_fails_its_job_with_the_reason_and_is_resumed(
    worker, stand_in, config_named
):
    run = queue.submit(config_named("killed"))
    os.kill(stand_in.process(run).pid, signal.SIGKILL)
    failed = ended(run)
    assert failed.state is State.FAILED
    assert "its process was killed" in failed.reason and "Resume" in failed.reason
    queue.resume(run)
    stand_in.say(DONE)
    done = ended(run)
    assert (done.state, done.reason, done.attempt) == (State.DONE, "", 2)


def test_a_job_is_not_resumed_over_a_model_that_got_its_name_meanwhile(
    worker, stand_in, config_named
):
    run = queue.submit(config_named("mine"))
    os.kill(stand_in.process(run).pid, signal.SIGKILL)
    ended(run)
    imported = settings().home / "bundles" / "mine"
    imported.mkdir(parents=True)
    with pytest.raises(JobError, match="a model 'mine' has been installed since"):
        queue.resume(run)
    assert queue.job(run).state is State.FAILED
    imported.rmdir()
    queue.resume(run)
    stand_in.say(DONE)
    assert ended(run).state is State.DONE


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('{"failed": "the films are gone."}', "the films are gone."),
        ("", "its process ended with exit code 0 and gave no reason; the log may say more."),
    ],
)
def test_what_the_process_says_is_the_reason(worker, stand_in, config_named, said, reason):
    stand_in.say(said)
    failed = ended(queue.submit(config_named("sad")))
    assert (failed.state, failed.reason) == (State.FAILED, reason)


def test_an_attempt_that_the_scheduler_starts_again_is_failed_and_not_repeated(
    worker, stand_in, config_named
):
    stand_in.say(DONE)
    run = queue.submit(config_named("again"))
    ended(run)
    note_running(run, "elsewhere, process 1")
    assert run_job(run, 1) == "failed"
    assert "its worker (elsewhere, process 1) was killed or lost" in queue.job(run).reason


def test_an_attempt_that_was_taken_over_is_passed_over(worker, stand_in, config_named):
    stand_in.say("")
    run = queue.submit(config_named("late"))
    ended(run)
    (stand_in.folder / run).unlink()
    note_queued(run, 2)  # as resuming does; the scheduler still hands out the first attempt
    assert run_job(run, 1) == "queued"
    assert not stand_in.started(run)


def test_a_job_that_nobody_works_on_is_marked_failed(worker, stand_in, config_named):
    stand_in.say(DONE)
    run = queue.submit(config_named("lost"))
    ended(run)
    note_running(run, "a machine that was switched off, process 7")
    recovery._last = -1e9
    (lost,) = queue.jobs()
    assert lost.state is State.FAILED
    assert "a machine that was switched off" in lost.reason


def test_a_job_that_waits_for_a_scheduler_that_was_lost_is_handed_over_again(
    jobs_home, stand_in, config_named, monkeypatch, request
):
    monkeypatch.setenv("XRAY_DASK_SCHEDULER", "tcp://127.0.0.1:9")
    settings.cache_clear()
    words = (
        r"'patient' is in the queue, but the Dask scheduler at tcp://127.0.0.1:9 does not answer"
    )
    with pytest.raises(JobError, match=words):
        queue.submit(config_named("patient"))
    (waiting,) = queue.jobs()
    assert waiting.state is State.QUEUED
    request.getfixturevalue("worker")
    recovery._last = -1e9
    assert [job.state for job in queue.jobs()] != [State.FAILED]
    stand_in.say(DONE)
    assert ended(waiting.id).state is State.DONE


def test_a_lost_job_ends_though_another_cannot_be_handed_over(
    worker, stand_in, config_named, monkeypatch
):
    stand_in.say(DONE)
    waiting, lost = (queue.submit(config_named(name)) for name in ("older", "newer"))
    ended(waiting), ended(lost)
    note_queued(waiting, 2)
    note_running(lost, "a machine that was switched off, process 7")
    monkeypatch.setattr(recovery, "under_way", lambda jobs: set())

    def refuse(job):
        raise JobError("no scheduler can be started.")

    monkeypatch.setattr(recovery, "hand_over", refuse)
    with pytest.raises(JobError, match="no scheduler"):
        recovery.recover()
    assert read_job(lost).state is State.FAILED
    again = read_job(waiting)
    assert (again.state, again.started, again.heartbeat) == (State.QUEUED, None, None)


def test_the_password_of_a_scheduler_is_not_shown(jobs_home, config_named, monkeypatch):
    monkeypatch.setenv("XRAY_DASK_SCHEDULER", "tls://user:S3cret@127.0.0.1:9")
    settings.cache_clear()
    with pytest.raises(JobError, match=r"scheduler at tls://…@127\.0\.0\.1:9 does"):
        queue.submit(config_named("patient"))


def test_a_running_job_is_left_alone_while_no_scheduler_answers_and_its_worker_is_heard_of(
    worker, stand_in, config_named, monkeypatch
):
    run = queue.submit(config_named("alive"))
    process = stand_in.process(run)
    monkeypatch.setattr(recovery, "under_way", lambda jobs: None)
    recovery.recover()
    assert queue.job(run).state is State.RUNNING
    monkeypatch.setattr(recovery, "STALE_SECONDS", -1.0)
    recovery.recover()
    assert queue.job(run).state is State.FAILED
    until(lambda: gone(process))


def test_a_job_has_the_store_and_the_models_of_who_asked_for_it(
    jobs_home, worker, config_named, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XRAY_MLFLOW", "sqlite:///mine.db")
    monkeypatch.setenv("XRAY_MODELS_DIR", "my-models")
    settings.cache_clear()
    names = "XRAY_MLFLOW", "XRAY_MODELS_DIR"
    code = (
        f"import json, os; print(json.dumps({{'failed': str([os.environ[n] for n in {names}])}}))"
    )
    monkeypatch.setattr(task, "COMMAND", (sys.executable, "-c", code))
    said = ended(queue.submit(config_named("elsewhere"))).reason
    assert said == str([f"sqlite:///{tmp_path / 'mine.db'}", str(tmp_path / "my-models")])


def test_a_name_is_used_once(worker, stand_in, config_named, tiny_store):
    stand_in.say(DONE)
    ended(queue.submit(config_named("mine")))
    with pytest.raises(ConfigError, match="the name 'mine' is taken"):
        queue.submit(config_named("mine"))
    (settings().home / "bundles" / "model").mkdir(parents=True)
    with pytest.raises(ConfigError, match="the name 'model' is taken"):
        queue.submit(config_named("model"))
    (settings().home / "runs" / "by-hand").mkdir(parents=True)
    (settings().home / "runs" / "by-hand" / "history.json").write_text("{}")
    with pytest.raises(ConfigError, match="the name 'by-hand' is taken"):
        queue.submit(config_named("by-hand"))


def test_data_that_are_not_there_are_told_at_once(worker, config_named, tmp_path):
    with pytest.raises(DatasetError, match="nowhere is not there"):
        queue.submit(config_named("x", manifest=tmp_path / "nowhere"))
    assert queue.jobs() == ()


def test_what_cannot_be_done_is_one_sentence(worker, stand_in, config_named):
    stand_in.say(DONE)
    run = queue.submit(config_named("done"))
    ended(run)
    with pytest.raises(JobError, match="job 'done' is done; only one that is queued or running"):
        queue.cancel(run)
    with pytest.raises(JobError, match="job 'done' is done; only one that failed"):
        queue.resume(run)
    with pytest.raises(JobError, match="there is no job 'nothing'"):
        queue.log("nothing")
