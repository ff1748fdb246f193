"""A cross-validation of the run that is chosen: how many folds, and the button that queues it."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.components import train_kept
from pages.components.train_suggestion import free_name
from xray_core.jobs import queue
from xray_core.training.config import TrainingConfig
from xray_core.training.fold_runs import MOST

USUAL = 5
ENDING = "-folds"
LONGEST = 54
"""Characters of the model's name that are kept: a name may have 64, and a number may follow."""


def show(config: TrainingConfig, start: Callable[[Callable[[], object]], None]) -> None:
    """Show the choice and the button.

    Args:
        config: the run that is repeated on every fold.
        start: queues something and turns to the jobs.
    """
    with st.expander("Cross-validate", icon=":material/layers:"):
        train_kept.begin("train-folds", USUAL)
        folds = int(
            st.number_input(
                "Folds",
                2,
                MOST,
                key="train-folds",
                help="The patients are divided into so many parts of equal size.",
            )
        )
        train_kept.keep("train-folds", folds)
        st.markdown(
            f"Trains {folds} times, each time without one fold of the patients, and tests on that "
            "fold: it says how good such a network is and how much that varies. The seed of the "
            "division stays, its rule does not. **No model is kept**, and it takes as long as "
            f"{folds} trainings."
        )
        if st.button("Start cross-validation", icon=":material/layers:"):
            start(partial(submit, config, folds))


def submit(config: TrainingConfig, folds: int) -> None:
    """Queue a cross-validation of a run, under a name of its own.

    Raises:
        XrayError: as `queue.submit_folds`.
    """
    name = free_name(f"{config.name[:LONGEST].rstrip('-.')}{ENDING}")
    queue.submit_folds(config.changed({"name": name}), folds)
