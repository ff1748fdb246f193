"""Scoring and comparing in the background: it can be watched and cancelled, and is kept."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import streamlit as st

from pages.components import compare_choice, compare_models
from pages.components.compare_choice import Choice
from pages.components.fragment import fragment
from pages.components.jobs import Job, Progress
from xray_core.bundle import BundleInfo
from xray_core.datasets.dataset import Dataset
from xray_core.errors import ConfigError
from xray_core.evaluation.comparison import Comparison, compare
from xray_core.evaluation.contender import contend_all
from xray_core.evaluation.selection import select_split
from xray_core.inference import Classifier
from xray_core.residence import settle_in

POLL_SECONDS = 0.5
PATIENCE = 90.0
"""Seconds unasked after which it ends; a hidden tab may ask but once a minute."""
HALVES = 2
"""Of the bar: the scoring of the films, then the drawing of patients for the intervals."""


@st.cache_resource(show_spinner=False, max_entries=8)
def classifier(name: str, sha256: str, _info: BundleInfo) -> Classifier:
    """Return a model, loaded once for all sessions.

    One bundle may have two names: a run's, and that of a store.
    """
    loaded = Classifier(_info)
    settle_in()
    return loaded


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    """One comparison at a time for the whole server: it uses every core already."""
    return ThreadPoolExecutor(1, thread_name_prefix="compare")


@st.cache_resource(show_spinner=False, max_entries=8)
def _job(
    models: tuple[str, ...],
    data: str,
    choice: Choice,
    _models: list[Classifier],
    _dataset: Dataset,
) -> Job:
    def work(progress: Progress) -> Any:
        films = select_split(_dataset, choice.split or None)
        answers = len(films) * len(_models)

        def scored(done: int, total: int) -> None:
            progress(done, HALVES * total)

        def drawn(share: float) -> None:  # raises too where nobody waits any more
            progress(answers + int(share * answers), HALVES * answers)

        contenders = contend_all(_models, films, progress=scored)
        return compare(contenders, films, split=choice.split or None, step=drawn)

    return Job(_pool(), work, PATIENCE)


def comparison(choice: Choice) -> Comparison | None:
    """Return the comparison, or show how far it is and return None.

    Raises:
        XrayError: it cannot be made.
    """
    if len(set(choice.models)) > compare_choice.MOST:
        raise ConfigError(
            f"the link names {len(set(choice.models))} models; allowed are {compare_choice.MOST} "
            "at a time."
        )
    infos = compare_models.bundles(choice.models)
    if st.session_state.get("compare-cancelled") == choice:
        _cancelled(choice)
        return None
    dataset, digest = compare_choice.opened(choice.data)
    with st.spinner("Loading the models: once for each start of the app …"):
        models = [classifier(info.name, info.sha256, info) for info in infos]
    asked = (tuple(info.sha256 for info in infos), digest, choice, models, dataset)
    job = _job(*asked)
    if job.cancelled:
        _job.clear(*asked)
        job = _job(*asked)
    job.watch()
    if job.succeeded:
        found: Any = job.result()
        return found
    if not job.running:
        _job.clear(*asked)
        job.result()  # raises what went wrong
    fragment(_progress, run_every=POLL_SECONDS)(job, choice)
    return None


def _progress(job: Job, choice: Choice) -> None:
    job.watch()
    if not job.running:
        st.rerun()
    with st.container(border=True, height=220, vertical_alignment="center"):
        st.progress(job.share, _stage(job))
        st.caption(
            "A film is scored once by a model. What is scored is kept when this is cancelled or "
            "the page is left, and the comparison goes on from there."
        )
        if st.button("Cancel", icon=":material/close:", key="compare-cancel"):
            job.leave()
            st.session_state["compare-cancelled"] = choice
            st.rerun()


def _stage(job: Job) -> str:
    films = job.total // HALVES
    if not films:
        return "Starting …"
    if job.done < films:
        return f"{job.done:,} of {films:,} films scored"
    return f"Drawing patients for the intervals … {HALVES * job.share - 1:.0%}"


def _cancelled(choice: Choice) -> None:
    with st.container(border=True, height=220, vertical_alignment="center"):
        st.markdown("### :material/pause_circle: Cancelled")
        st.markdown("What was scored is kept.")
        if st.button("Go on", icon=":material/play_arrow:", key="compare-go-on"):
            st.session_state.pop("compare-cancelled")
            st.rerun()
