"""An audit in the background: watched, cancelled, and going on when the page is left."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st
from pandas import DataFrame, Series

from xray_core.datasets.audit import Audit, judge, survey_films
from xray_core.datasets.dataset import Dataset

WATCHED_SECONDS = 10.0
"""A session that asked within so long still wants its audit; a page that is closed asks no more."""


class Cancelled(Exception):
    """Raised inside the work when nobody wants it any more."""


@dataclass(frozen=True)
class Outcome:
    """What an audit gives to look at.

    Attributes:
        audit: the findings.
        facts: of the `Survey`, one row a film.
        labels: label of each film.
        means: label → mean film, float32 (112, 112).
    """

    audit: Audit
    facts: DataFrame
    labels: Series
    means: dict


class AuditJob:
    """One audit in a thread, shared by the sessions that ask for it.

    Attributes:
        step: what is being done, how much of it and of how much.
    """

    def __init__(self, pool: ThreadPoolExecutor, dataset: Dataset) -> None:
        self.step: tuple[str, int, int] = ("Waiting", 0, 0)
        self._asked: dict[str, float] = {}
        self._stop = threading.Event()
        self.future: Future[Outcome] = pool.submit(self._work, dataset)

    def _work(self, dataset: Dataset) -> Outcome:
        survey = survey_films(dataset, self._report)
        audit = judge(survey, self._report)
        return Outcome(audit, survey.facts, survey.dataset.table["label"], survey.means)

    def _report(self, what: str, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.step = (what, done, total)

    @property
    def running(self) -> bool:
        """Whether there is something to wait for."""
        return not self.future.done()

    @property
    def succeeded(self) -> bool:
        """Whether there is a result."""
        return self.future.done() and self.future.exception() is None

    @property
    def failed(self) -> bool:
        """Whether it has ended without a result, though nobody stopped it."""
        return self.future.done() and not self.succeeded and not self.cancelled

    @property
    def cancelled(self) -> bool:
        """Whether it was stopped: then it has no result."""
        return self._stop.is_set()

    def join(self, session: str) -> None:
        """Note that a session wants it now."""
        self._asked[session] = time.monotonic()

    def leave(self, session: str) -> None:
        """Stop at the next film or step, unless another session has asked for it lately."""
        self._asked.pop(session, None)
        since = time.monotonic() - WATCHED_SECONDS
        if not any(asked > since for asked in list(self._asked.values())):
            self.stop()

    def stop(self) -> None:
        """Stop at the next film or step; who still wants it gets another one."""
        self._stop.set()


def start(path: str, dataset: Dataset) -> None:
    """Begin to audit a data set, or join who does already."""
    _wanted().add(path)
    asked(path, dataset)


def asked(path: str, dataset: Dataset) -> AuditJob | None:
    """Return the audit that this session asked for, if any."""
    if path not in _wanted():
        return None
    job: AuditJob = _job(path, dataset)
    if job.cancelled:
        _job.clear(path, dataset)
        job = _job(path, dataset)
    job.join(_session())
    return job


def outcome(path: str, dataset: Dataset) -> Outcome | None:
    """Return what was found, where the audit has ended well."""
    job = asked(path, dataset)
    return job.future.result() if job and job.succeeded else None


def cancel(path: str, dataset: Dataset) -> None:
    """Stop asking for the audit of a data set."""
    job = asked(path, dataset)
    _wanted().discard(path)
    if job:
        job.leave(_session())


def forget(path: str) -> None:
    """Audit this data set anew when it is asked for again, by whomever; what runs is stopped."""
    _wanted().discard(path)
    _job.clear(path, None)


def _wanted() -> set[str]:
    wanted: set[str] = st.session_state.setdefault("audits", set())
    return wanted


def _session() -> str:
    name: str = st.session_state.setdefault("session", uuid4().hex)
    return name


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    """One audit at a time: it uses every core already."""
    return ThreadPoolExecutor(1, thread_name_prefix="audit")


# What is dropped from here is stopped: nobody could watch or cancel it, and the next would wait.
@st.cache_resource(show_spinner=False, max_entries=8, on_release=AuditJob.stop)
def _job(path: str, _dataset: Dataset) -> AuditJob:
    return AuditJob(_pool(), _dataset)
