"""What is compared: which models on which films. The address of the page carries the choice."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.components import compare_models
from pages.components.frame import sentence
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.open import open_typed
from xray_core.datasets.phantom_set import draw_phantom_set
from xray_core.datasets.splits import ROLES
from xray_core.errors import DatasetError
from xray_core.evaluation.data_ref import DataRef

ALL = ""
PHANTOMS, SIDE = 40, 512
MOST = 8
"""Models at a time: there are so many styles of lines."""


@dataclass(frozen=True)
class Choice:
    """What a link to the page says.

    Attributes:
        models: names of bundles, and of those that runs have written (`NAME@RUN`).
        data: path of the films.
        split: part of them, as `evaluation.selection.select_split` names it; empty for all.
    """

    models: tuple[str, ...]
    data: str
    split: str


def of_address() -> Choice:
    """Return the choice that the page's address carries; empty where it carries none."""
    given, state = st.query_params, st.session_state
    if "data" not in given and "compare-address" in state:  # back from another page
        given.from_dict(state["compare-address"])
    return Choice(tuple(given.get_all("model")), given.get("data", ""), given.get("split", ALL))


def choose(asked: Choice) -> None:
    """Let the reader choose; pressing Compare writes the choice into the address."""
    stored, runs = list(compare_models.installed()), compare_models.runs()
    names, state = [*stored, *runs], st.session_state
    chosen = state.get("compare-models", asked.models or tuple(stored[:2]))
    state["compare-models"] = [name for name in chosen if name in names][:MOST]
    state.setdefault("compare-data", asked.data)
    if "compare-data-next" in state:
        state["compare-data"] = state.pop("compare-data-next")
    left, middle, right = st.columns([2.2, 2.6, 1.2], vertical_alignment="bottom")
    models = left.multiselect(
        "Models, and runs of trainings" if runs else "Models",
        names,
        key="compare-models",
        max_selections=MOST,
        format_func=lambda name: compare_models.title(name, runs),
    )
    data = middle.text_input(
        "Labelled films: a folder, archive or MedMNIST file on this computer",
        key="compare-data",
        placeholder="/path/to/films",
    ).strip()
    folders = _folders(data)
    splits = list(dict.fromkeys([ALL, *folders, *ROLES]))
    if state.setdefault("compare-split", asked.split) not in splits:
        state["compare-split"] = ALL
    split = right.selectbox(
        "Part", splits, key="compare-split", format_func=lambda name: _title(name, folders)
    )
    go, make, _ = st.columns([1, 1.4, 4])
    if go.button(
        "Compare",
        type="primary",
        icon=":material/compare_arrows:",
        width="stretch",
        disabled=not (models and data),
    ):
        forget(data)
        state.pop("compare-cancelled", None)
        state["compare-address"] = {"model": models, "data": data, "split": split}
        st.query_params.from_dict(state["compare-address"])
        st.rerun()
    if make.button(f"Make {PHANTOMS} phantoms", icon=":material/draw:", width="stretch"):
        state["compare-data-next"] = str(_make_phantoms())
        st.rerun()


def _title(split: str, folders: list[str]) -> str:
    """Return a part as the list shows it; a folder comes before a role of its name."""
    if split in folders:
        return f"Folder {split}"
    if split in ROLES:
        return f"{split.replace('_', ' ').capitalize()} (manifest of patients)"
    return "All films"


def _folders(data: str) -> list[str]:
    """Return the split folders of a data set; none where it cannot be opened: told later."""
    if not data:
        return []
    try:
        table = _looked_through(data).table
    except DatasetError:
        return []
    return sorted({str(name) for name in table["split"] if name})


@st.cache_resource(show_spinner=False, max_entries=4)
def _looked_through(path: str) -> Dataset:
    return open_typed(path, labelled=False, hashed=False)


def opened(path: str) -> tuple[Dataset, str]:
    """Return labelled films with their hashes, and one hash of them all and of where they lie.

    Raises:
        DatasetError: they cannot be opened, or a label is not known.
    """
    found: tuple[Dataset, str] = _opened(path)
    return found


@st.cache_resource(show_spinner="Opening the films …", max_entries=4)
def _opened(path: str) -> tuple[Dataset, str]:
    dataset = open_typed(path)
    # Which split a film is in decides too which are compared; it is no part of the films' hash.
    placed = dataset.table[["path", "split"]].to_csv(index=False).encode()
    return dataset, DataRef.of(dataset).sha256 + hashlib.sha256(placed).hexdigest()[:12]


def forget(path: str) -> None:
    """Open a folder anew next time, because its films may have changed."""
    _opened.clear(path)
    _looked_through.clear(path)


def _make_phantoms() -> Path:
    bar = st.progress(0.0, "Drawing phantoms …")
    # Other seeds than those of Browse and Train, on which a model of the user's may be trained.
    return draw_phantom_set(PHANTOMS, SIDE, lambda done, n: bar.progress(done / n), first=1000)


def empty() -> None:
    """Say what to do where nothing is compared yet."""
    with st.container(border=True, height=300, vertical_alignment="center"):
        st.markdown("### :material/compare_arrows: Which model is better, and how sure is that?")
        found = compare_models.installed()
        if not found:
            st.markdown(
                "No model is installed. Train one on the page **Train**, or take one in on the "
                "page **Models**; it is offered here as soon as it is there."
            )
            return
        st.markdown(
            f"Installed: {sentence(', '.join(found))}. Choose two "
            "or more, type the path of labelled films and press **Compare**. Films that a model "
            "was trained or tuned on are counted and left out, so the internal test films of the "
            "manifest, or films from elsewhere, say most. With no films at hand, press "
            f"**Make {PHANTOMS} phantoms**: they show how the page works, not how good a model is."
        )
