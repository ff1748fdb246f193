"""Scoring in the background: it can be watched and cancelled, and sessions share it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import streamlit as st

from xray_core.errors import XrayError
from xray_core.explain.explanation import Explanation
from xray_core.explain.lime import LimeSettings, explain_lime
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier

Progress = Callable[[int, int], None]

UNWATCHED_SECONDS = 4.0
EXPLANATION_SECONDS = 30.0
"""As `UNWATCHED_SECONDS`, of explanations. While a page reads other films, or on a busy machine,
seconds pass between two asks, and one that ended begins again: it would never be done."""


class Cancelled(Exception):
    """Raised inside the work when it is no longer wanted."""


class Job:
    """One piece of work in a thread, which ends when no session has asked for it for a while.

    Explanations, comparisons and the gate are such work. Sessions that ask the same share a job,
    so that none may stop it for the others; a page that is reloaded or closed just does not ask
    again.

    Attributes:
        done: films scored so far.
        total: films to score; 0 until the first batch.
    """

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        work: Callable[[Progress], Any],
        patience: float = UNWATCHED_SECONDS,
    ) -> None:
        """Begin the work; it ends when nobody has asked for it for `patience` seconds."""
        self.done = self.total = 0
        self._patience = patience
        self._watchers = {_session(): time.monotonic()}
        self._stop = threading.Event()
        self._future: Future[Any] = pool.submit(work, self._report)

    def _report(self, done: int, total: int) -> None:
        since = time.monotonic() - self._patience
        if not any(asked > since for asked in list(self._watchers.values())):
            self._stop.set()
            raise Cancelled
        self.done, self.total = done, total

    @property
    def running(self) -> bool:
        """Whether there is something to wait for."""
        return not self._future.done()

    @property
    def cancelled(self) -> bool:
        """Whether it stopped because nobody asked for it any more: then it has no result."""
        return self._stop.is_set()

    @property
    def succeeded(self) -> bool:
        """Whether there is a result."""
        ended = self._future.done() and not self._future.cancelled()
        return ended and self._future.exception() is None

    @property
    def failed(self) -> bool:
        """Whether it ended for a reason that may be gone next time, such as too little memory."""
        if self.running or self.succeeded or self.cancelled:
            return False
        return not isinstance(self._future.exception(), XrayError)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return self.done / self.total if self.total else 0.0

    def watch(self) -> None:
        """Note that this session asks for it now."""
        self._watchers[_session()] = time.monotonic()

    def leave(self) -> None:
        """Stop before the next batch, unless another session asks for the same."""
        self._watchers.pop(_session(), None)

    def result(self) -> Any:
        """Return what a job that has ended has made.

        Raises:
            Exception: what the work raised.
        """
        return self._future.result()


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    """Two explanations at a time for the whole server: each uses every core already."""
    return ThreadPoolExecutor(2, thread_name_prefix="lime")


def lime_job(
    classifier: Classifier,
    film: Radiograph,
    target: str,
    settings: LimeSettings,
    *,
    anew: bool = False,
    patience: float = EXPLANATION_SECONDS,
) -> Job:
    """Return the job for these arguments, started if nobody has asked for it before.

    The same film, model, target and settings give the same explanation, so it is kept for all
    sessions; one that was cancelled is started again, and with `anew` one that failed. It ends
    where nobody asks for it for `patience` seconds, as whoever started it has said.
    """
    asked = (film.sha256, film.source, classifier.sha256, target, settings)
    asked += (classifier, film, patience)
    job: Job = _job(*asked)
    if job.cancelled or (anew and job.failed):
        _job.clear(*asked)
        job = _job(*asked)
    job.watch()
    return job


def _session() -> str:
    name: str = st.session_state.setdefault("session", uuid4().hex)
    return name


@st.cache_resource(show_spinner=False, max_entries=100)
def _job(
    sha256: str,
    source: str,
    model: str,
    target: str,
    settings: LimeSettings,
    _classifier: Classifier,
    _film: Radiograph,
    _patience: float,
) -> Job:
    pixels = _classifier.see(_film).pixels

    def work(progress: Progress) -> Explanation:
        return explain_lime(
            _classifier.probabilities,
            pixels,
            target,
            settings,
            task=_classifier.task,
            halves=_classifier.halves,
            progress=progress,
        )

    return Job(_pool(), work, _patience)
