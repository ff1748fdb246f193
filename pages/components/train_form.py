"""A new training: data, network, choices, and the button that puts it into the queue."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from pydantic import BaseModel

from pages.components import (
    search_detail,
    train_audit,
    train_classical,
    train_data,
    train_division,
    train_fields,
    train_folds,
    train_kept,
    train_preview,
    train_search,
    train_suggestion,
)
from pages.components.fragment import fragment
from pages.components.frame import sentence
from pages.components.train_help import help_of, words_of
from xray_core.bundle.part import NAME_IN_WORDS
from xray_core.errors import JobError
from xray_core.jobs import queue
from xray_core.training.config import TrainingConfig
from xray_core.training.config_file import make_config

ESSENTIAL = ["task", "input_size", "epochs", "batch", "rate", "start"]
NOT_ASKED = {
    "name",
    "title",
    "network",
    "data",
    "division",
    "manifest",
    "rate_steps",
    "store",
    "champion",
    "preset",
    "file",
    "confounders",
    "source",
    "lungs",
}
"""Chosen above or beside the others, or a consequence of the data."""

JOBS = "Jobs"
"""The tab that a training appears in once it is started."""


def open_jobs_after_start() -> None:
    """Turn to the jobs, if a training was just started."""
    if st.session_state.pop("train-started", False):
        st.session_state["train-tab"] = JOBS
        if trouble := st.session_state.pop("train-trouble", ""):
            st.warning(sentence(trouble), icon=":material/warning:")


def show() -> None:
    """Show the whole form; it runs again by itself when something is chosen."""
    fragment(_form)()


def _form() -> None:
    path = train_data.choose()
    if not path:
        _empty()
        return
    dataset = train_data.opened(path)
    train_data.describe(dataset)
    with st.container(key="train-audit"):
        train_audit.show(path)
    suggestion = train_suggestion.choose(path)
    config = _choices(suggestion, path)
    train_preview.show(config, path, dataset)


def _empty() -> None:
    with st.container(border=True, height=260, vertical_alignment="center"):
        st.markdown("### :material/model_training: Train a network on your own films")
        st.markdown(
            "Choose a data set: a folder with one sub-folder for each class, an archive of such a "
            "folder, or a MedMNIST file. The training runs in the background, so this page may be "
            f"closed. With no films at hand, press **Make {train_data.PHANTOMS} phantoms**: it "
            "draws a synthetic data set to try training on, with no network."
        )


def _choices(suggestion: TrainingConfig, path: str) -> TrainingConfig:
    """Show every choice and the button; return the configuration as it is chosen.

    Args:
        suggestion: what to begin with.
        path: where the films are.
    """
    values = suggestion.model_dump(mode="json")
    values["preprocessing"].setdefault("longest", None)  # it is not written where there is none
    key = train_suggestion.key_of(suggestion)
    left, right = st.columns([3, 1.2], vertical_alignment="bottom")
    with left:
        name_key = f"train-{key}-name-{suggestion.name}"
        train_kept.begin(name_key, values["name"])
        name = st.text_input(
            "Name of the model",
            key=name_key,
            help=f"{NAME_IN_WORDS.capitalize()}. No other model or job may have it.",
        )
        train_kept.keep(name_key, name)
    start = right.container()
    essential = [name for name in ESSENTIAL if name in values]
    values |= train_fields.show(TrainingConfig, essential, values, key)
    with st.expander("More choices", icon=":material/tune:"):
        _more(TrainingConfig, values, key, done=set(essential))
    with st.expander("Division of the patients", icon=":material/call_split:"):
        values |= train_division.show(values, key, path)
    config = make_config(TrainingConfig, values | {"name": name})
    config.check()
    if start.button(
        "Start training", type="primary", icon=":material/play_arrow:", width="stretch"
    ):
        train_kept.forget(name_key)  # it is taken now
        _start(partial(queue.submit, config))
    with st.expander("Search for good settings first", icon=":material/manage_search:"):
        if plan := train_search.show(config, key):
            _start(partial(train_search.submit, config, plan))
    train_folds.show(config, _start)
    train_classical.show(config, _start)
    return config


def _start(submit: Callable[[], object]) -> None:
    """Queue something and turn to the jobs: it is among them also where no worker can take it."""
    try:
        with st.spinner("Handing it to the worker …"):
            submit()
    except JobError as error:
        st.session_state["train-trouble"] = str(error)
    st.session_state["train-started"] = True
    st.session_state.pop(search_detail.OPEN, None)  # the new one, not what was looked at before
    st.rerun()


def _more(
    model: type[BaseModel], values: dict[str, Any], key: str, done: set[str] | None = None
) -> None:
    """Show what is left of the fields of a model, then those of the models in it."""
    left = [n for n in model.model_fields if n in values and n not in NOT_ASKED | (done or set())]
    values |= train_fields.show(
        model, [n for n in left if train_fields.can_show(model, n)], values, key
    )
    if values.get("schedule") == "steps":
        halves = [values["epochs"] // 2, values["epochs"] * 3 // 4]
        first = {"rate_steps": values["rate_steps"] or [n for n in halves if n]}
        values |= train_fields.show(model, ["rate_steps"], first, key)
    for name in left:
        inner = model.model_fields[name].annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            st.markdown(f"**{words_of(name)}**", help=help_of(model, name))
            _more(inner, values[name], f"{key}-{name}")
