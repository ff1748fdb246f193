"""Sessions share one explanation, and none stops it for the others."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.components import jobs
from pages.components.jobs import Cancelled, Job, Progress
from xray_core.errors import ExplanationError

LONG = 3600.0
"""Sessions count as watching for so long here: what ends the work is that they leave."""
PATIENCE = 60
"""Seconds after which a test gives up; none waits for them to pass."""
BATCHES = 5


class Scoring:
    """Stands for LIME: it scores one batch whenever a test lets it."""

    def __init__(self) -> None:
        self._go = threading.Semaphore(0)
        self._scored = threading.Semaphore(0)

    def __call__(self, progress: Progress) -> str:
        for done in range(1, BATCHES + 1):
            assert self._go.acquire(timeout=PATIENCE)
            try:
                progress(100 * done, 100 * BATCHES)
            finally:
                self._scored.release()
        return "an explanation"

    def score(self, batches: int = 1) -> None:
        """Let it score so many batches, and wait until they are."""
        for _ in range(batches):
            self._go.release()
            assert self._scored.acquire(timeout=PATIENCE)


@pytest.fixture
def scoring() -> Scoring:
    return Scoring()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> "Browser":
    browser = Browser()
    monkeypatch.setattr(jobs, "_session", lambda: browser.name)
    return browser


class Browser:
    """Whose session the page is running for."""

    name = "first"


def was_cancelled(job: Job) -> bool:
    """Wait until there is nothing to wait for; say whether it was cancelled."""
    try:
        job.result()
    except Cancelled:
        return job.cancelled and not job.running and not job.succeeded
    return False


def test_one_session_cancels_and_the_other_goes_on(browser, scoring, pool):
    job = Job(pool, scoring, LONG)
    browser.name = "second"
    job.watch()
    scoring.score(2)

    browser.name = "first"
    job.leave()
    scoring.score()
    assert (job.done, job.total) == (300, 500)
    assert job.running and not job.cancelled

    scoring.score(2)
    assert job.result() == "an explanation"
    assert job.succeeded


def test_when_the_last_session_leaves_the_work_ends_before_its_next_batch(browser, scoring, pool):
    job = Job(pool, scoring, LONG)
    browser.name = "second"
    job.watch()
    scoring.score()
    job.leave()
    browser.name = "first"
    job.leave()

    scoring.score()
    assert was_cancelled(job)
    assert job.done == 100


def test_a_session_that_comes_back_keeps_the_work_going(browser, scoring, pool):
    job = Job(pool, scoring, LONG)
    scoring.score()
    job.leave()
    job.watch()
    scoring.score(BATCHES - 1)
    assert job.result() == "an explanation"


def test_a_session_that_leaves_without_having_asked_stops_nothing(browser, scoring, pool):
    job = Job(pool, scoring, LONG)
    browser.name = "a third"
    job.leave()
    scoring.score(BATCHES)
    assert job.result() == "an explanation"


def test_a_closed_page_does_not_ask_again_and_the_work_ends(scoring, pool):
    job = Job(pool, scoring, patience=0.0)
    scoring.score()
    assert was_cancelled(job)


@pytest.fixture
def asked(tiny_classifier, phantom_file):
    """What LIME is asked: a model, a film, a target and settings."""
    from xray_core.explain.lime import LimeSettings
    from xray_core.imaging.reader import read_radiograph

    path = phantom_file("lobar", seed=8, size=96)
    film = read_radiograph(path.read_bytes(), path.name)
    return tiny_classifier, film, "PNEUMONIA", LimeSettings(samples=50)


def failing(error: Exception, times: int = 1):
    """Return work that raises this so many times, and then makes an explanation."""
    left = [error] * times

    def explain(*_, progress, **__):
        if left:
            raise left.pop()
        return "an explanation"

    return explain


def test_what_failed_for_want_of_memory_is_made_again_when_it_is_asked_for_anew(asked, monkeypatch):
    monkeypatch.setattr(jobs, "explain_lime", failing(MemoryError()))
    first = jobs.lime_job(*asked)
    with pytest.raises(MemoryError):
        first.result()
    assert jobs.lime_job(*asked) is first, "a rerun of the page does not try again and again"
    assert jobs.lime_job(*asked, anew=True).result() == "an explanation"


def test_what_cannot_be_explained_is_not_tried_again(asked, monkeypatch):
    refusal = ExplanationError("the film has one superpixel; allowed are at least two.")
    monkeypatch.setattr(jobs, "explain_lime", failing(refusal))
    first = jobs.lime_job(*asked)
    with pytest.raises(ExplanationError):
        first.result()
    assert jobs.lime_job(*asked, anew=True) is first


def test_what_was_cancelled_is_made_again_for_who_asks_next(browser, asked, monkeypatch):
    works = [Scoring(), Scoring()]
    made = iter(works)
    monkeypatch.setattr(jobs, "explain_lime", lambda *_, progress, **__: next(made)(progress))
    first = jobs.lime_job(*asked, patience=LONG)
    browser.name = "second"
    assert jobs.lime_job(*asked, patience=LONG) is first
    first.leave()
    browser.name = "first"
    first.leave()
    works[0].score()
    assert was_cancelled(first)

    again = jobs.lime_job(*asked, patience=LONG)
    assert again is not first
    works[1].score(BATCHES)
    assert again.result() == "an explanation"
    assert jobs.lime_job(*asked, patience=LONG) is again
