"""The jobs: all of them, in every browser the same, as they are this moment."""

import streamlit as st

from pages.components import job_detail
from pages.components.fragment import fragment
from pages.components.frame import sentence
from pages.components.job_words import progress_words, state_words
from xray_core.jobs import queue, tags
from xray_core.jobs.state import JobState, State

POLL_SECONDS = 2.0
SHOWN = 10
OPEN = "job-open"


def show() -> None:
    """Show the jobs, and look again every moment."""
    fragment(_list, run_every=POLL_SECONDS)()


def _list() -> None:
    jobs = queue.jobs()
    if not jobs:
        _empty()
        return
    more = len(jobs) - SHOWN
    every = more > 0 and st.toggle(f"Show the {more:,} older ones as well", key="jobs-all")
    chosen = st.session_state.get(OPEN, _first(jobs).id)
    for job in jobs if every else jobs[:SHOWN]:
        with st.container(border=True, key=f"job-{job.id}"):
            _row(job, opened=job.id == chosen)
            if job.id == chosen:
                job_detail.show(job)


def _empty() -> None:
    with st.container(border=True, height=260, vertical_alignment="center"):
        st.markdown("### :material/checklist: No training yet")
        st.markdown(
            "Choose films and a network under **New training** and press **Start training**. The "
            "training then appears here with its curves, and goes on when this page or the app is "
            "closed."
        )


def _first(jobs: tuple[JobState, ...]) -> JobState:
    """Return the job that is open where none was chosen: one that runs, or the newest."""
    running = (job for job in jobs if job.state is State.RUNNING)
    return next(running, next((job for job in jobs if job.active), jobs[0]))


def _row(job: JobState, *, opened: bool) -> None:
    name, far, act, more = st.columns([2.4, 3.4, 1.1, 1.1], vertical_alignment="center")
    kinds = {tags.SEARCH: ", search", tags.FOLDS: f", {job.folds} folds"}
    work = job.network + kinds.get(job.kind, "")
    name.markdown(f"**{sentence(job.name)}** · {state_words(job)}  \n:gray[{sentence(work)}]")
    far.progress(job.share, sentence(progress_words(job)))
    if job.active:
        if act.button(
            "Cancel",
            key=f"cancel-{job.id}",
            icon=":material/stop_circle:",
            width="stretch",
            disabled=job.cancelling,
        ):
            queue.cancel(job.id)
            st.rerun()
    elif job.resumable and act.button(
        "Resume", key=f"resume-{job.id}", icon=":material/resume:", width="stretch"
    ):
        with st.spinner("Handing it to the worker …"):
            queue.resume(job.id)
        st.rerun()
    word = "Hide" if opened else "Details"
    if more.button(word, key=f"open-{job.id}", width="stretch", type="tertiary"):
        st.session_state[OPEN] = "" if opened else job.id
        st.rerun()
    if job.reason:
        st.error(sentence(job.reason), icon=":material/error:")
