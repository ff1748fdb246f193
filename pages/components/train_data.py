"""Which films a training is on: a data set of this computer, or phantoms to try it out."""

from collections import Counter
from pathlib import Path

import streamlit as st

from pages.components import audit_job
from xray_core.datasets.audit import Audit, known_audit
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.importing import imported_sets
from xray_core.datasets.joined import join_datasets
from xray_core.datasets.open import open_typed
from xray_core.datasets.phantom_set import draw_phantom_set
from xray_core.labels import TITLES

PHANTOMS, PHANTOM_SIDE = 160, 160
ELSEWHERE = "Another path …"
SEPARATOR = ";"
"""Between the paths of several sets that are trained on as one."""


def choose() -> str:
    """Let the user choose an imported data set or type a path; return the path, or nothing."""
    state, known = st.session_state, [str(path) for path in imported_sets()]
    # Widgets forget their values when another page is shown: this does not. What was looked at on
    # the page Datasets is what one wants to train on next.
    kept = str(state.get("train-data") or state.get("dataset-path", ""))
    if "train-next-path" in state:
        kept = state.pop("train-next-path")
        state["train-known"] = kept if kept in known else ELSEWHERE
        state["train-path"] = "" if kept in known else kept
    if known:  # else there is no such widget to forget it, and what is imported later is not chosen
        state.setdefault("train-known", kept if kept in known or kept else known[0])
        if state["train-known"] not in known:
            state["train-known"] = ELSEWHERE
    state.setdefault("train-path", "" if kept in known else kept)
    place, again, make = st.columns([5, 1, 1.4], vertical_alignment="bottom")
    with place:
        state["train-data"] = picked = _picked(known)
    again.button(
        "Reload",
        icon=":material/refresh:",
        width="stretch",
        on_click=_reload,
        args=(picked,),
        disabled=not picked,
    )
    if make.button(f"Make {PHANTOMS} phantoms", icon=":material/draw:", width="stretch"):
        bar = st.progress(0.0, "Drawing phantoms …")
        made = draw_phantom_set(PHANTOMS, PHANTOM_SIDE, lambda done, n: bar.progress(done / n))
        forget()
        audit_job.forget(str(made))
        state["train-next-path"] = str(made)
        st.rerun()
    return picked


def _reload(path: str) -> None:
    forget()
    audit_job.forget(path)


def forget() -> None:
    """Read data sets again, because their films may have changed."""
    from pages.components import train_preview, train_suggestion  # they import this module

    for kept in (opened, parts, hashed, _known):
        kept.clear()
    train_suggestion.forget()
    train_preview.forget()


def _picked(known: list[str]) -> str:
    picked = ELSEWHERE
    if known:
        picked = st.selectbox(
            "Data set",
            [*known, ELSEWHERE],
            format_func=lambda path: path if path == ELSEWHERE else Path(path).name,
            key="train-known",
            help="The data sets that the page Datasets has imported.",
        )
    if picked == ELSEWHERE:
        picked = st.text_input(
            "Folder, archive (.zip, .tar.gz) or MedMNIST file (.npz) on this computer",
            key="train-path",
            placeholder="/path/to/films",
            help=f"Several paths with “{SEPARATOR}” between them are trained on as one data set.",
        )
    return str(picked).strip()


@st.cache_resource(show_spinner="Opening the data set …", max_entries=4)
def opened(path: str) -> Dataset:
    """Return the labelled films of a path, or of several; it is read once.

    Raises:
        DatasetError: it holds no films, or one whose class cannot be known.
    """
    return join_datasets([open_typed(one, hashed=False) for one in _paths(path)])


@st.cache_resource(show_spinner="Looking at every film once …", max_entries=2)
def parts(path: str) -> tuple[Dataset, ...]:
    """Return the data set of each path, with the hashes of the films' files."""
    return tuple(open_typed(one) for one in _paths(path))


@st.cache_resource(show_spinner=False, max_entries=2)
def hashed(path: str) -> Dataset:
    """Return the films of a path with the hashes of their files, by which patients are divided."""
    return join_datasets(parts(path))


def _paths(path: str) -> list[str]:
    return [one.strip() for one in path.split(SEPARATOR) if one.strip()]


def audited(path: str) -> Audit | None:
    """Return the audit of a path's films, whoever made it; None while there is none.

    What was found is kept; that nothing was is looked up again.
    """
    try:
        return _known(path, hashed(path))
    except LookupError:
        return None


@st.cache_resource(show_spinner=False, max_entries=8)
def _known(path: str, _dataset: Dataset) -> Audit:
    if (found := known_audit(_dataset)) is None:
        raise LookupError(path)
    return found


def describe(dataset: Dataset) -> None:
    """Say in one line what a data set holds."""
    labels = Counter(str(name) for name in dataset.table["label"])
    parts = [f"{TITLES.get(name, name)} {count:,}" for name, count in labels.most_common()]
    patients = dataset.table["patient"].nunique()
    st.caption(f"{len(dataset):,} films of {patients:,} patients: {', '.join(parts)}")
