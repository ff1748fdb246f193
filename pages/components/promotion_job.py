"""Champion and challenger on the same films, scored in the background; it can be cancelled."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from pages.components.jobs import Job, Progress
from xray_core.datasets.open import open_typed
from xray_core.errors import DatasetError
from xray_core.evaluation.selection import select_split
from xray_core.promotion.evidence import Evidence, gather
from xray_core.promotion.gate import Gate, judge

PATIENCE = 60.0
"""Seconds for which the scoring goes on unwatched; what was scored is kept, so it is no loss."""

__all__ = ["Job", "Margins", "Question", "again", "gate_of", "job_of"]


@dataclass(frozen=True)
class Question:
    """Two models and films.

    Attributes:
        challenger: name of the model to be promoted.
        sha256: its hash.
        champion: hash of the champion; empty where there is none.
        data: path of the films.
        part: which of them; None for all.
    """

    challenger: str
    sha256: str
    champion: str
    data: str
    part: str | None


class Margins(NamedTuple):
    """By how much the challenger's sensitivity and specificity may be lower, as shares."""

    sensitivity: float
    specificity: float


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    """One at a time for the whole server: it uses every core already."""
    return ThreadPoolExecutor(1, thread_name_prefix="promotion")


def job_of(question: Question) -> Job:
    """Return the job for a question, started if nobody has asked it before, and watch it."""
    job: Job = _job(question)
    if job.cancelled:
        _job.clear(question)
        job = _job(question)
    job.watch()
    return job


def again(question: Question) -> None:
    """Look at the folder anew, unless it is being looked at: its films may have changed."""
    job: Job = _job(question)
    if not job.running:
        _job.clear(question)
        _gate.clear()


def gate_of(question: Question, margins: Margins, evidence: Evidence) -> Gate:
    """Return the evidence judged with these margins."""
    gate: Gate = _gate(question, margins, evidence)
    return gate


@st.cache_resource(show_spinner=False, max_entries=8)
def _job(question: Question) -> Job:
    def work(progress: Progress) -> Evidence:
        if not question.data:
            raise DatasetError("no films are named; allowed is a folder, an archive or an .npz.")
        films = select_split(open_typed(question.data), question.part)
        return gather(question.challenger, films, progress=progress, split=question.part)

    return Job(_pool(), work, PATIENCE)


@st.cache_resource(show_spinner=False, max_entries=8)
def _gate(question: Question, margins: Margins, _evidence: Evidence) -> Gate:
    return judge(_evidence, *margins)
