"""Which folder Browse looks at: typed, or a demonstration folder of phantoms."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from pages.components import films, gallery
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.open import open_dataset
from xray_core.errors import ConfigError, DatasetError
from xray_core.imaging.phantom import PhantomKind
from xray_core.settings import settings

PHANTOMS = 12


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
    """Draw a small data set of phantoms, one folder for each class, and return its folder."""
    root = settings().home / "phantoms"
    with _written_to(root):
        root.mkdir(parents=True, exist_ok=True)
    bar = st.progress(0.0, "Drawing phantoms …")
    kinds = list(PhantomKind)
    for i in range(PHANTOMS):
        kind, seed = kinds[i % len(kinds)], 1 + i // len(kinds)
        file = films.phantom_file(kind, seed, i % 3 == 2)
        path = root / file.label / file.name
        with _written_to(root):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        bar.progress((i + 1) / PHANTOMS, f"Drawn {i + 1} of {PHANTOMS} phantoms")
    return root


@contextmanager
def _written_to(folder: Path) -> Iterator[None]:
    """Turn a failure to write into one sentence.

    Raises:
        ConfigError: it cannot be written to.
    """
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"phantoms cannot be written to {folder} ({error.strerror}); XRAY_HOME must name a "
            "folder that can be written to."
        ) from None


@st.cache_resource(show_spinner="Opening …", max_entries=4)
def _opened(path: str) -> Dataset:
    # Not hashed: a folder of thousands of films opens without one of them being read.
    try:
        return open_dataset(Path(path).expanduser(), labelled=False, hashed=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise DatasetError(f"this path cannot be opened ({error}); allowed is a folder.") from None


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
