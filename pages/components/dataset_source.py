"""Which data set the page Datasets is about: a path, an import, phantoms or a public set."""

from pathlib import Path

import streamlit as st

from pages.components import (
    audit_job,
    dataset_films,
    dataset_public,
    dataset_upload,
    train_data,
)
from pages.components.frame import sentence
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.importing import imported_sets
from xray_core.datasets.joined import join_datasets
from xray_core.datasets.open import open_typed

ELSEWHERE = "Another path …"
SEPARATOR = ";"


def choose() -> str:
    """Let the user choose, import, draw or fetch a data set; return its path, or nothing."""
    state = st.session_state
    known = [str(path) for path in imported_sets()]
    # Widgets forget their values when another page is shown: the path is kept beside them, and a
    # path from elsewhere renews them.
    if "dataset-next" in state:
        state["dataset-path"] = state.pop("dataset-next")
        _forget()  # it is new, though another may have had its path
        state["dataset-turn"] = state.get("dataset-turn", 0) + 1
    place, again, upload, phantoms, public = st.columns(
        [4.4, 1.1, 1.2, 1.3, 1.5], vertical_alignment="bottom"
    )
    with place:
        picked = _picked(known, state.get("dataset-path", ""), state.get("dataset-turn", 0))
    state["dataset-path"] = picked
    again.button(
        "Reload", icon=":material/refresh:", width="stretch", on_click=_forget, disabled=not picked
    )
    with upload.popover("Upload", icon=":material/upload_file:", width="stretch"):
        dataset_upload.upload_form()
    with phantoms.popover("Phantoms", icon=":material/draw:", width="stretch"):
        dataset_upload.phantom_form()
    with public.popover("Public set", icon=":material/public:", width="stretch"):
        dataset_public.form()
    dataset_upload.show_refusal()
    return picked


def turn_to(path: str) -> None:
    """Look at films that were looked at elsewhere: unlike new ones they are not read again."""
    st.session_state["dataset-path"] = path
    st.session_state["dataset-turn"] = st.session_state.get("dataset-turn", 0) + 1


def _picked(known: list[str], kept: str, turn: int) -> str:
    left, right = st.columns([1, 1.7], vertical_alignment="bottom") if known else (None, None)
    picked = ELSEWHERE
    if left is not None:
        picked = left.selectbox(
            "Data set",
            [*known, ELSEWHERE],
            known.index(kept) if kept in known else len(known),
            format_func=lambda path: path if path == ELSEWHERE else Path(path).name,
            key=f"dataset-known-{turn}",
        )
    if picked != ELSEWHERE:
        if right is not None:
            right.caption(f"In {sentence(Path(picked).parent)}")
        return str(picked)
    typed = (right or st).text_input(
        "Folder, archive (.zip, .tar.gz) or MedMNIST file (.npz) on this computer",
        "" if kept in known else kept,
        key=f"dataset-typed-{turn}",
        placeholder="/path/to/films",
        help=f"Several paths with “{SEPARATOR}” between them are looked at as one data set.",
    )
    return str(typed).strip()


def _forget() -> None:
    """Read folders and films again, because they may have changed."""
    from pages.components import dataset_splits  # it imports this module

    _opened.clear()
    _hashed.clear()
    dataset_films.forget()
    dataset_splits.forget()
    train_data.forget()
    audit_job.forget(st.session_state.get("dataset-path", ""))


@st.cache_resource(show_spinner="Opening …", max_entries=4)
def _opened(path: str) -> Dataset:
    return _joined(path, hashed=False)


@st.cache_resource(show_spinner="Reading every film once …", max_entries=2)
def _hashed(path: str) -> Dataset:
    return _joined(path, hashed=True)


def _joined(path: str, *, hashed: bool) -> Dataset:
    paths = [part for part in path.split(SEPARATOR) if part.strip()]
    return join_datasets([open_typed(p, labelled=False, hashed=hashed) for p in paths])


def opened(path: str) -> Dataset:
    """Return the films of a path; folders are listed once, and no film is read.

    Raises:
        DatasetError: it holds no films, or cannot be read.
    """
    dataset: Dataset = _opened(path)
    return dataset


def hashed(path: str) -> Dataset:
    """Return the films of a path with the hashes of their files."""
    dataset: Dataset = _hashed(path)
    return dataset


def empty() -> None:
    """Say what to do where no data set is chosen."""
    with st.container(border=True, height=330, vertical_alignment="center"):
        st.markdown("### :material/fact_check: Know your films before you train on them")
        st.markdown(
            "Type the path of a folder of films above and press Enter, or take one of the other "
            "ways beside it:\n\n"
            "- **Upload** an archive: .zip, .tar.gz or a MedMNIST .npz\n"
            "- **Phantoms**: a synthetic set, drawn in seconds, with no network\n"
            "- **Public set**: fetched once, with its licence and checksum\n\n"
            "Folders are named by class (NORMAL, PNEUMONIA, BACTERIAL, VIRAL, COVID-19), with or "
            "without train, val and test above them. The audit then looks for duplicates, patients "
            "in two splits and classes that a network could tell without looking at the lungs."
        )
