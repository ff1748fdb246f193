"""One search in full: its trials, what they hung on, the best, and a way to train that in full."""

import re
from typing import Any

import streamlit as st

from pages.components import chart
from pages.components.frame import sentence
from pages.components.train_suggestion import free_name
from xray_core.errors import ConfigError
from xray_core.jobs import queue
from xray_core.jobs.state import JobState
from xray_core.plots.search import search_figure
from xray_core.training.config import TrainingConfig
from xray_core.training.search_result import SearchResult, read_search
from xray_core.training.search_space import setting_in_words, value_in_words

ENDING = "-search"
"""Of the name of a search; what is before it is the name of the model that its best becomes."""
NUMBERED = re.compile(f"{ENDING}(-[0-9]+)?$")
HEIGHT = 250
OPEN = "job-open"


def name_of(model: str) -> str:
    """Return the name of a search for the settings of a model."""
    return free_name(f"{model}{ENDING}")


def show(job: JobState) -> SearchResult | None:
    """Show a search as it stands and return it, or None while it has not begun."""
    try:
        found = _found(job.name, job.attempt, job.epoch, job.epochs, job.state)
    except ConfigError:
        st.caption("The trials begin when the films are read.")
        return None
    figure = search_figure(found)
    if figure is None:
        st.caption("No trial is complete yet.")
    else:
        config = chart.with_picture(f"{job.name}-trials")
        st.plotly_chart(figure, key=f"search-{job.id}", config=config)
    _best(job, found)
    if found.trials:
        rows = [_row(number, found) for number in range(len(found.trials))]
        st.dataframe(rows, hide_index=True, height=HEIGHT, key=f"trials-{job.id}")
    return found


def _best(job: JobState, found: SearchResult) -> None:
    if found.best is None or found.best_trial is None:
        return
    best = found.trials[found.best_trial]
    words, act = st.columns([5, 1.7], vertical_alignment="center")
    tried = ", ".join(
        f"{setting_in_words(name)} {value_in_words(value)}" for name, value in best.settings.items()
    )
    loss = loss_in_words(found.best)
    words.markdown(
        f":material/trophy: **Best: trial {best.number + 1}**, {loss} {best.loss:.4g}  \n"
        f":gray[{sentence(tried)}]"
    )
    if act.button(
        "Train the best fully",
        key=f"best-{job.id}",
        icon=":material/play_arrow:",
        type="primary",
        width="stretch",
        help=f"Trains these settings for {found.best.epochs} epochs, as a job of its own.",
    ):
        name = free_name(NUMBERED.sub("", job.name) or job.name)
        with st.spinner("Handing it to the worker …"):
            run = queue.submit(found.best.changed({"name": name}))
        st.session_state[OPEN] = run
        st.rerun()


def loss_in_words(config: TrainingConfig) -> str:
    """Return which loss a search has compared: the one by which its run compares its epochs."""
    if config.best == "last":
        return "validation loss of its last epoch"
    if config.best == "validation":
        return "validation loss"
    styled = ", weighted against style" if config.style_floor is not None else ""
    return f"worst of the validation losses (plain, stressed{styled})"


def _row(number: int, found: SearchResult) -> dict[str, Any]:
    trial = found.trials[number]
    row: dict[str, Any] = {
        "Trial": trial.number + 1,
        "State": trial.state.capitalize(),
        "Loss": None if trial.loss is None else round(trial.loss, 4),
        "Epochs": trial.epochs,
        "Seconds": trial.seconds,
    }
    row |= {
        setting_in_words(name).capitalize(): value_in_words(value)
        for name, value in trial.settings.items()
    }
    return row | ({"Why it failed": trial.reason} if any(t.reason for t in found.trials) else {})


@st.cache_resource(show_spinner=False, max_entries=16)
def _found(name: str, attempt: int, done: int, trials: int, state: str) -> SearchResult:
    """Return the search; read again when another trial is done, as importances take a while."""
    return read_search(name)
