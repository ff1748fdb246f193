"""An audit ends when the last session that watches it leaves, or when it is forgotten."""

import threading
from collections.abc import Callable, Iterator

import pytest

from pages.components import audit_job
from pages.components.audit_job import AuditJob

PATIENCE = 60
"""Seconds after which a test gives up; none waits for them to pass."""
LONG = 3600.0
"""Sessions count as watching for so long here: what ends an audit is that they leave."""
PATH = "/path/to/films"


@pytest.fixture(autouse=True)
def survey(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A survey that reads films until it is stopped or, at the end of a test, let go."""
    over = threading.Event()

    def endless(dataset: object, progress: Callable[[str, int, int], None]) -> None:
        while not over.wait(0.005):
            progress("Reading films", 1, 4)

    monkeypatch.setattr(audit_job, "survey_films", endless)
    monkeypatch.setattr(audit_job, "judge", lambda *_: None)
    monkeypatch.setattr(audit_job, "WATCHED_SECONDS", LONG)
    yield over
    over.set()


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> "Browser":
    browser = Browser()
    monkeypatch.setattr(audit_job, "_session", lambda: browser.name)
    monkeypatch.setattr(
        audit_job, "_wanted", lambda: browser.wanted.setdefault(browser.name, set())
    )
    return browser


class Browser:
    """Whose session the page is running for, and what each has asked for."""

    def __init__(self) -> None:
        self.name = "first"
        self.wanted: dict[str, set[str]] = {}


def started() -> AuditJob:
    audit_job.start(PATH, None)
    job = audit_job.asked(PATH, None)
    assert job is not None
    return job


def ended(job: AuditJob) -> bool:
    """Wait until it has ended, and say whether it was stopped."""
    error = job.future.exception(PATIENCE)
    return job.cancelled and isinstance(error, audit_job.Cancelled)


def test_reload_stops_the_audit_so_that_the_next_need_not_wait_for_it() -> None:
    job = started()
    audit_job.forget(PATH)
    assert ended(job)
    assert audit_job.asked(PATH, None) is None
    again = started()
    assert again is not job
    audit_job.forget(PATH)
    assert ended(again)


def test_reload_leaves_the_audits_of_other_films_alone() -> None:
    job = started()
    audit_job.forget("/another/path")
    assert not job.cancelled and audit_job.asked(PATH, None) is job
    audit_job.forget(PATH)
    assert ended(job)


def test_cancel_stops_nothing_that_another_session_watches(browser: Browser) -> None:
    job = started()
    browser.name = "second"
    assert started() is job
    audit_job.cancel(PATH, None)
    assert not job.cancelled
    browser.name = "first"
    audit_job.cancel(PATH, None)
    assert ended(job)


def test_a_page_that_was_reloaded_or_closed_keeps_no_audit_going(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = started()
    monkeypatch.setattr(audit_job, "WATCHED_SECONDS", 0.0)  # the first session asks no more
    browser.name = "the same person, after F5"
    assert started() is job
    audit_job.cancel(PATH, None)
    assert ended(job)
