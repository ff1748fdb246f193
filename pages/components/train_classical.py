"""A classical model on the features of an installed network, instead of a training."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.components import model_store, train_kept
from pages.components.train_suggestion import LONGEST, free_name
from xray_core.jobs import queue
from xray_core.training.classical.config import TITLES, ClassicalConfig
from xray_core.training.config import TrainingConfig
from xray_core.training.config_file import make_config
from xray_core.training.on_bundles import SHARED

MODELS = ("boosted-trees", "decision-tree", "logistic-regression")


def show(config: TrainingConfig, start: Callable[[Callable[[], object]], None]) -> None:
    """Show the choices and the button.

    Args:
        config: the run as it is chosen: its films, their division and its rules are taken over.
        start: queues something and turns to the jobs.
    """
    with st.expander("Fit a classical model instead", icon=":material/account_tree:"):
        bases = [
            info.name
            for info in model_store.now().usable.values()
            if info.kind == "classifier" and info.manifest.network not in MODELS
        ]
        if not bases:
            st.markdown("No network is installed whose features could be used; train one first.")
            return
        st.markdown(
            "An installed network makes features of every film, as it is, and a classical model "
            "learns from them: minutes rather than hours. The films, their division and the "
            "operating point are those chosen above; size and preprocessing are the network's."
        )
        left, middle, right = st.columns(3)
        base = _chosen(left, "Features of", bases, str)
        kind = _chosen(middle, "Classical model", list(MODELS), TITLES.__getitem__)
        usual = free_name(f"{base}-{kind}"[:LONGEST].rstrip("-."))
        key = f"train-classical-name-{usual}"
        train_kept.begin(key, usual)
        name = train_kept.keep(key, right.text_input("Name", key=key))
        if st.button("Start fitting", icon=":material/account_tree:"):
            start(partial(queue.submit_classical, classical_config(config, base, kind, name)))


def classical_config(config: TrainingConfig, base: str, kind: str, name: str) -> ClassicalConfig:
    """Return the run of a classical model on the films of another run.

    Raises:
        ConfigError: the name is none.
    """
    shared = {field: value for field, value in config.model_dump().items() if field in SHARED}
    title = f"{TITLES[kind]} on the features of {base}"
    own = {"name": name, "title": title, "model": kind, "features": base, "champion": False}
    return make_config(ClassicalConfig, shared | {"file": ""} | own)


def _chosen(
    place: "st.delta_generator.DeltaGenerator",
    title: str,
    options: list[str],
    words: Callable[[str], str],
) -> str:
    key = f"train-classical-{title}"
    train_kept.begin(key, options[0])
    if st.session_state[key] not in options:
        st.session_state[key] = options[0]
    picked = place.selectbox(title, options, format_func=words, key=key)
    return str(train_kept.keep(key, picked))
