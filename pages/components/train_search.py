"""A search for good settings before the training: how many trials, by what, and which settings."""

import streamlit as st

from pages.components import search_detail, train_fields
from pages.components.frame import sentence
from xray_core.jobs import queue
from xray_core.training.config import TrainingConfig
from xray_core.training.config_file import make_config
from xray_core.training.search_plan import SearchPlan
from xray_core.training.search_space import suggest_space

SHORTER = 4
"""How many times shorter a trial is than the run, unless the user says otherwise."""


def show(config: TrainingConfig, key: str) -> SearchPlan | None:
    """Show the choices of a search for the settings of a run; return them when it is to start.

    Args:
        config: the run.
        key: for the widgets; another one starts them anew.
    """
    st.markdown(
        "Short trainings with other settings, compared by their loss on validation patients; what "
        f"falls behind is ended early. Tried: {sentence(_tried(config))}."
    )
    first = SearchPlan(trial_epochs=max(1, config.epochs // SHORTER)).model_dump()
    values = train_fields.show(SearchPlan, list(first), first, f"{key}-search")
    plan = make_config(SearchPlan, values)
    return plan if st.button("Start search", icon=":material/manage_search:") else None


def submit(config: TrainingConfig, plan: SearchPlan) -> None:
    """Queue a search for the settings of a run, under a name of its own.

    Raises:
        XrayError: as `queue.submit_search`.
    """
    name = search_detail.name_of(config.name)
    queue.submit_search(config.changed({"name": name}), plan)


def _tried(config: TrainingConfig) -> str:
    return "; ".join(one.in_words() for one in suggest_space(config))
