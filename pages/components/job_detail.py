"""One job in full: its curves, its log, its files, and what came of it."""

import streamlit as st

from pages.components import chart, job_folds, job_published, search_detail
from pages.components.frame import sentence
from xray_core.jobs import queue
from xray_core.jobs.state import JobState
from xray_core.plots.learning_curves import learning_curves
from xray_core.tracking.history import epoch_rows, history_csv
from xray_core.tracking.runs import config_text

LOG_HEIGHT = 240


def show(job: JobState) -> None:
    """Show the details of a job."""
    if job.is_search:
        name, table = _search(job)
    elif job.is_folds:
        name, table = "folds", job_folds.show(job)
    elif job.is_classical:
        name, table = "", ""
        job_published.ready(job)
    else:
        name, table = _training(job)
    _files(job, name, table)
    st.caption(_facts(job))


def _search(job: JobState) -> tuple[str, str]:
    """Show a search; return the name and the content of its table as a file."""
    found = search_detail.show(job)
    return "trials", found.to_csv() if found and found.trials else ""


def _training(job: JobState) -> tuple[str, str]:
    """Show a training; return the name and the content of its table as a file."""
    rows = epoch_rows(job.id)
    if rows:
        st.plotly_chart(
            learning_curves(rows, job.epochs),
            key=f"curves-{job.id}",
            config=chart.with_picture(f"{job.name}-curves"),
        )
    elif job.active:
        st.caption("The curves begin with the first epoch.")
    if job_published.ready(job):
        job_published.show(job)
    return "history", history_csv(rows) if rows else ""


def _files(job: JobState, name: str, table: str) -> None:
    log, config, history = st.columns([3, 1.2, 1.2], vertical_alignment="center")
    wanted = log.toggle("Log", key=f"log-{job.id}")
    config.download_button(
        "Configuration",
        lambda: config_text(job.id),
        f"{job.name}.json",
        "application/json",
        key=f"config-{job.id}",
        icon=":material/download:",
        width="stretch",
        on_click="ignore",
    )
    if name:
        history.download_button(
            f"{name.capitalize()} (CSV)",
            table,
            f"{job.name}-{name}.csv",
            "text/csv",
            key=f"history-{job.id}",
            icon=":material/download:",
            width="stretch",
            on_click="ignore",
            disabled=not table,
        )
    if wanted:
        text = queue.log(job.id) or "The log is empty so far."
        with st.container(height=LOG_HEIGHT, autoscroll=True):
            st.code(text, language=None)


def _facts(job: JobState) -> str:
    parts = [f"Job {job.id}", f"submitted {job.submitted:%Y-%m-%d %H:%M} UTC"]
    if job.worker:
        parts.append(f"worker {job.worker}")
    if job.attempt > 1:
        parts.append(f"attempt {job.attempt}")
    return sentence(" · ".join(parts))
