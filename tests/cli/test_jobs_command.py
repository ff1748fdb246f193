"""`jobs`: what it lists, and what it asks of a job."""

import json

import pytest

from xray_core.cli import main
from xray_core.errors import JobError
from xray_core.jobs import queue
from xray_core.jobs.state import job_of
from xray_core.tracking.runs import TrackedRun


def job(identity, name, state, **tags):
    noted = {f"kerley.{key}": value for key, value in tags.items()}
    run = TrackedRun(identity, name, {"kerley.state": state} | noted, {}, {"epochs": "9"}, 1.6e9)
    return job_of(run)


@pytest.fixture
def asked(monkeypatch):
    """Two jobs, and what was asked of them."""
    found = (
        job("abc1", "new", "running", epoch="4", stage="Epoch 4 of 9 is complete."),
        job("abd2", "old", "failed", reason="the disk is full."),
    )
    calls = []
    monkeypatch.setattr(queue, "jobs", lambda: found)
    monkeypatch.setattr(queue, "cancel", lambda run: calls.append(("cancel", run)))
    monkeypatch.setattr(queue, "resume", lambda run: calls.append(("resume", run)))
    return calls


def test_jobs_are_listed_with_their_state_and_reason(asked, capsys):
    assert main(["jobs"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "id name state epochs what",
        "abc1 new running 4/9 Epoch 4 of 9 is complete.",
        "abd2 old failed 0/9 the disk is full.",
    ]


def test_json_is_one_line(asked, capsys):
    assert main(["jobs", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    first, second = json.loads(line)
    assert (first["id"], first["state"], first["epoch"], first["epochs"]) == (
        "abc1",
        "running",
        4,
        9,
    )
    assert second["reason"] == "the disk is full."
    assert second["submitted"] == "2020-09-13T12:26:40+00:00"


def test_without_jobs_it_says_how_to_get_one(monkeypatch, capsys):
    monkeypatch.setattr(queue, "jobs", tuple)
    assert main(["jobs"]) == 0
    assert "page Train" in capsys.readouterr().out
    assert main(["jobs", "--json"]) == 0
    assert capsys.readouterr().out == "[]\n"


@pytest.mark.parametrize("identity", ["abd2", "abd", "old"])
def test_a_job_is_named_by_its_id_the_beginning_of_it_or_its_name(asked, identity):
    assert main(["jobs", "resume", identity]) == 0
    assert main(["jobs", "cancel", identity]) == 0
    assert asked == [("resume", "abd2"), ("cancel", "abd2")]


@pytest.mark.parametrize(("identity", "what"), [("ab", "several jobs"), ("x", "no job")])
def test_a_job_that_is_not_one_is_one_sentence(asked, capsys, identity, what):
    assert main(["jobs", "cancel", identity]) == 2
    assert capsys.readouterr().err == (
        f"{identity!r} is {what}; allowed is an id or a name that `jobs` lists.\n"
    )
    assert asked == []


def test_what_a_job_refuses_is_one_sentence(asked, capsys, monkeypatch):
    def refuse(run):
        raise JobError("job 'old' is failed; only one that is queued or running can be cancelled.")

    monkeypatch.setattr(queue, "cancel", refuse)
    assert main(["jobs", "cancel", "old"]) == 2
    assert "only one that is queued or running" in capsys.readouterr().err
