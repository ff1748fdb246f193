"""Which folder Browse looks at: typed, or a demonstration folder of phantoms."""

from pathlib import Path

import streamlit as st

from pages.components import gallery
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.open import open_typed
from xray_core.datasets.phantom_set import draw_phantom_set

PHANTOMS, SIDE = 12, 512


def choose() -> str:
    """Let the reader type a path, draw phantoms or look again; return the path, or nothing."""
    state = st.session_state
    # The widget forgets its value when another page is shown: this one does not.
    state.setdefault("browse-path", state.get("browse-folder", ""))
    if "browse-next" in state:
        state["browse-path"] = state.pop("browse-next")
    place, again, make = st.columns([5, 1, 1.4], vertical_alignment="bottom")
    place.text_input(
        "Folder, archive (.zip, .tar.gz) or MedMNIST file (.npz) on this computer",
        key="browse-path",
        placeholder="/path/to/films",
        on_change=_first_page,
    )
    again.button(
        "Reload",
        icon=":material/refresh:",
        width="stretch",
        on_click=_forget,
        disabled=not state["browse-path"].strip(),
    )
    if make.button(f"Make {PHANTOMS} phantoms", icon=":material/draw:", width="stretch"):
        state["browse-next"] = str(_make_phantoms())
        _forget()
        st.rerun()
    state["browse-folder"] = state["browse-path"].strip()
    return str(state["browse-folder"])


def _first_page() -> None:
    st.session_state["browse-page"] = 1


def _forget() -> None:
    """Read folders and films again, because they may have changed."""
    _first_page()
    _opened.clear()
    gallery.forget()


def _make_phantoms() -> Path:
    bar = st.progress(0.0, "Drawing phantoms …")
    return draw_phantom_set(PHANTOMS, SIDE, lambda done, n: bar.progress(done / n), first=1)


@st.cache_resource(show_spinner="Opening …", max_entries=4)
def _opened(path: str) -> Dataset:
    # Not hashed: a folder of thousands of films opens without one of them being read.
    return open_typed(path, labelled=False, hashed=False)


def opened(path: str) -> Dataset:
    """Return the films of a folder or archive; it is read once.

    Raises:
        DatasetError: it holds no films, or cannot be read.
    """
    dataset: Dataset = _opened(path)
    return dataset


def empty() -> None:
    """Say what to do where no folder is open."""
    with st.container(border=True, height=300, vertical_alignment="center"):
        st.markdown("### :material/grid_view: Look through many films at once")
        st.markdown(
            "Type the path of a folder, an archive or a data set and press Enter: class folders, "
            "train / val / test, numbered classes and plain folders are understood, and the label "
            "stands beside the opinion. With no films at hand, press **Make 12 phantoms**: it "
            "draws a small synthetic data set, with no network."
        )
