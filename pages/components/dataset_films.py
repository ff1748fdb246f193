"""How many films there are of each class and split, and some of them with their labels."""

import random
from pathlib import PurePosixPath

import streamlit as st

from pages.components import chart
from pages.components.frame import sentence
from xray_core.datasets.dataset import Dataset
from xray_core.errors import XrayError
from xray_core.imaging.guard import read_guarded
from xray_core.labels import TITLES
from xray_core.plots.audit_counts import UNLABELLED, count_figure
from xray_core.plots.film import BLANK, thumbnail

COLUMNS, FILMS = 6, 18


def show(path: str, dataset: Dataset) -> None:
    """Show counts, and films drawn at random."""
    table = dataset.table
    figures, words = st.columns([2.6, 1], gap="large")
    with figures:
        chart.draw(count_figure(table), "dataset-counts")
    with words:
        left, right = st.columns(2)
        left.metric("Films", f"{len(table):,}")
        right.metric("Patients", f"{table['patient'].nunique():,}")
        left.metric("Classes", f"{table['label'].replace('', None).nunique()}")
        right.metric("Splits", f"{table['split'].replace('', None).nunique()}")
        st.caption("Patients are told by file names; a name that says nothing counts as one.")
    _grid(path, dataset)


def _grid(path: str, dataset: Dataset) -> None:
    labels = sorted(dataset.table["label"].unique())
    chooser, other = st.columns([4, 1], vertical_alignment="bottom")
    picked = chooser.pills(
        "Films of",
        labels,
        selection_mode="multi",
        format_func=lambda name: TITLES.get(name, name) or UNLABELLED,
        key="dataset-classes",
    )
    seed = st.session_state.setdefault("dataset-seed", 0)
    if other.button("Other films", icon=":material/shuffle:", width="stretch"):
        st.session_state["dataset-seed"] = seed = seed + 1
    rows = dataset.table.index[dataset.table["label"].isin(picked or labels)].tolist()
    rows = sorted(random.Random(seed).sample(rows, min(FILMS, len(rows))))
    with st.container(key="gallery"):
        for first in range(0, len(rows), COLUMNS):
            for column, row in zip(
                st.columns(COLUMNS), rows[first : first + COLUMNS], strict=False
            ):
                with column:
                    _card(path, dataset, row)


def _card(path: str, dataset: Dataset, row: int) -> None:
    item = dataset.table.iloc[row]
    name = PurePosixPath(str(item["path"])).name
    picture, reason = _picture(path, str(item["path"]), dataset, row)
    st.image(picture, width="stretch", alt=name)
    label = TITLES.get(item["label"], item["label"]) or UNLABELLED
    where = f" · {item['split']}" if item["split"] else ""
    state = ":red[:material/broken_image: No film] · " if reason else ""
    words = f"{state}{sentence(label)}{where}\n\n:gray[{sentence(name)}]"
    st.markdown(words, help=sentence(reason) or None)


@st.cache_resource(show_spinner=False, max_entries=2_000)
def _picture(path: str, address: str, _dataset: Dataset, _row: int) -> tuple[bytes, str]:
    """Return a film as a small JPEG and why there is none."""
    try:
        film = read_guarded(_dataset.film_bytes(_row), PurePosixPath(address).name)
    except XrayError as error:
        return BLANK, str(error)
    return thumbnail(film), ""


def forget() -> None:
    """Forget the pictures of all films."""
    _picture.clear()
