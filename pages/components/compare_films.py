"""Where models differ, and where each is surest and wrong: galleries of films to be opened."""

from pathlib import PurePosixPath

import streamlit as st

from pages.components import compare_film, gallery
from pages.components.fragment import fragment
from pages.components.frame import sentence
from xray_core.datasets.dataset import Dataset
from xray_core.errors import XrayError
from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.errors_of import confident_mistakes, disagreements
from xray_core.evaluation.result import ModelResult
from xray_core.imaging.guard import read_guarded
from xray_core.labels import TITLES
from xray_core.plots.film import BLANK, thumbnail
from xray_core.plots.opinion import digits_apart, percent

Opened = tuple[str, tuple[str, str], tuple[str, ...]]
"""Films that are compared, by their hash; a film of them, by its own and its path; its models.

The path too: a set may hold a film twice, under other names and labels.
"""

COLUMNS, SHOWN = 6, 12
DIFFER = "Where two differ"


@fragment
def show(comparison: Comparison) -> None:
    """Show a gallery, or the film that was opened from it."""
    opened = st.session_state.get("compare-film")
    names = [model.name for model in comparison.models]
    row = _row_of(comparison, opened) if opened else None
    if row is not None and set(opened[2]) <= set(names):
        compare_film.show(comparison, row, opened[2])
        return
    what, which = st.columns([1.4, 2.4], gap="medium", vertical_alignment="bottom")
    these = "-".join(names)  # a choice among other models is no choice among these
    kinds = ([DIFFER] if comparison.pairs else []) + ["Surest mistakes"]
    kind = what.segmented_control(
        "Films", kinds, default=kinds[0], required=True, key="compare-gallery", width="stretch"
    )
    if kind == DIFFER:
        pairs = {f"{pair.a} and {pair.b}": pair for pair in comparison.pairs}
        most = max(range(len(pairs)), key=lambda i: len(disagreements(comparison.pairs[i])))
        name = which.selectbox("Models", list(pairs), most, key=f"compare-pair-{these}")
        pair = pairs[name]
        rows, sides = disagreements(pair), [pair.a, pair.b]
        none = "These two are right and wrong on the same films: see their Surest mistakes."
    else:
        name = which.selectbox("Model", names, key=f"compare-model-{these}")
        rows = confident_mistakes(comparison.model(name))
        sides = [name, *(other for other in names if other != name)][:2]
        none = f"{name} has not one of these films wrong."
    if not rows:
        st.info(sentence(none), icon=":material/check_circle:")
        return
    pages = -(-len(rows) // SHOWN)
    at = 1
    if pages > 1:
        state = st.session_state
        state["compare-gallery-page"] = min(state.get("compare-gallery-page", 1), pages)
        at = st.number_input(f"Page, of {pages:,}", 1, pages, key="compare-gallery-page")
    order = "widest apart first" if kind == DIFFER else "surest first"
    st.caption(f"{len(rows):,} {'film' if len(rows) == 1 else 'films'}, {order}.")
    _cards(comparison, rows[(at - 1) * SHOWN : at * SHOWN], sides)


def _cards(comparison: Comparison, rows: list[int], sides: list[str]) -> None:
    with st.container(key="gallery"):
        for first in range(0, len(rows), COLUMNS):
            columns = st.columns(COLUMNS)
            for column, row in zip(columns, rows[first : first + COLUMNS], strict=False):
                with column:
                    _card(comparison, row, sides)


def _card(comparison: Comparison, row: int, sides: list[str]) -> None:
    table = comparison.dataset.table
    path, label = str(table["path"].iloc[row]), str(table["label"].iloc[row])
    name = PurePosixPath(path).name
    picture, reason = _picture(comparison.dataset, row, path)
    st.image(picture, width="stretch", alt=name)
    shown = gallery.in_the_middle(name, gallery.LONG)
    lines = [f":gray[{sentence(shown)}]", f":gray[Label] {TITLES.get(label, label)}"]
    if reason:
        lines.append(f":red[:material/broken_image:] {sentence(reason)}")
    for side in sides:
        lines.append(f":gray[{sentence(gallery.in_the_middle(side, gallery.LONG))}]")
        lines.append(_opinion(comparison.model(side), row))
    cut = " · ".join(text for text in (name, reason, *sides) if text)  # lines may be cut short
    st.markdown("\n\n".join(lines), help=sentence(cut))
    st.button(
        "Open",
        key=f"compare-open-{row}",
        icon=":material/open_in_full:",
        width="stretch",
        on_click=_open,
        args=((comparison.data.sha256, _film(comparison, row), tuple(sides)),),
    )


def _open(film: Opened) -> None:
    st.session_state["compare-film"] = film


def _film(comparison: Comparison, row: int) -> tuple[str, str]:
    film = comparison.dataset.table.iloc[row]
    return str(film["sha256"]), str(film["path"])


def _row_of(comparison: Comparison, opened: Opened) -> int | None:
    """Return where the film that was opened lies now; None where it is not among these."""
    table, (sha256, path) = comparison.dataset.table, opened[1]
    found = ((table["sha256"] == sha256) & (table["path"] == path)).to_numpy().nonzero()[0]
    return int(found[0]) if opened[0] == comparison.data.sha256 and len(found) else None


def _opinion(model: ModelResult, row: int) -> str:
    """Return what a model says of a film in one short line."""
    if not model.rows[row]:
        return ":gray[does not count]"
    score, own = model.contender.scores[row], model.contender.manifest
    p, threshold = 1 - score.probabilities[own.task.normal_index], own.operating_point.threshold
    called = p >= threshold
    right = model.measured.opinions.right[int(model.rows[:row].sum())]
    mark = ":green[:material/check:]" if right else ":red[:material/close:]"
    said = "pneumonia" if called else "normal"
    shown = percent(p, digits_apart(p, threshold))
    silent = " · abstains" if score.abstain else ""
    return f"{mark} {said}, {shown}{silent}"


def _picture(dataset: Dataset, row: int, path: str) -> tuple[bytes, str]:
    """Return a small picture, and why it is black: what cannot be shown now is tried again."""
    try:
        return _thumbnail(str(dataset.table["sha256"].iloc[row]), path, dataset, row), ""
    except XrayError as error:
        return BLANK, str(error)


@st.cache_resource(show_spinner=False, max_entries=2_000)
def _thumbnail(sha256: str, _path: str, _dataset: Dataset, _row: int) -> bytes:
    return thumbnail(read_guarded(compare_film.as_scored(_dataset, _row).data, _path))
