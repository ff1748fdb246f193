"""A folder or data set as a gallery: films, labels and opinions, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import streamlit as st
from pandas import Series
from streamlit.delta_generator import DeltaGenerator

from pages.components import desk, films, train_kept
from pages.components.films import FilmFile
from pages.components.frame import DIAGNOSE, capitalised, sentence
from pages.components.models import Reader
from xray_core.datasets.dataset import Dataset
from xray_core.errors import XrayError
from xray_core.labels import TITLES
from xray_core.plots.film import BLANK, thumbnail
from xray_core.plots.opinion import in_words, notes, short_words

COLUMNS, ROWS = 6, 3
LONG, SHORT = 24, 15
"""Letters of a name that have room on a card, and beside the word that the film is synthetic."""
UNLABELLED = "Without a label"
NO_SPLIT = "No split"


@dataclass(frozen=True)
class Card:
    """What the gallery shows of one film.

    Attributes:
        picture: JPEG; black if the film cannot be read.
        kind: of the opinion, for its icon; empty without one.
        words: the opinion in a few words, marked where it comes with a warning.
        more: what else is to be known of it, or why there is none.
        synthetic: True for a phantom.
    """

    picture: bytes
    kind: str
    words: str
    more: str
    synthetic: bool


def chosen(dataset: Dataset) -> list[int]:
    """Let the reader filter by class and split, and return the films that are left."""
    labels = dataset.table["label"].replace("", UNLABELLED)
    splits = dataset.table["split"].replace("", NO_SPLIT)
    left, right = st.columns([3, 2])
    wanted = _pills(left, "Class", _counts(labels, [*TITLES, UNLABELLED]), "class")
    parts = _pills(right, "Split", _counts(splits, ["train", "val", "test", NO_SPLIT]), "split")
    return dataset.table.index[labels.isin(wanted) & splits.isin(parts)].tolist()


def _counts(values: Series, order: list[str]) -> dict[str, int]:
    """Return how often each value occurs, in this order, other values after it."""
    found: dict[str, int] = values.value_counts().to_dict()
    return {name: found[name] for name in [*order, *found] if name in found}


def _pills(place: DeltaGenerator, title: str, counts: dict[str, int], key: str) -> Sequence[str]:
    """Return the values picked, or all of them where none is; another choice begins at page 1."""
    key = f"browse-{key}"
    train_kept.begin(key, [])
    picked = place.pills(
        title,
        list(counts),
        selection_mode="multi",
        format_func=lambda name: f"{TITLES.get(name, name)} ({counts[name]:,})",
        key=key,
        on_change=_turn,
        args=(1,),
    )
    return train_kept.keep(key, picked) or list(counts)


def pager(count: int) -> range:
    """Let the reader turn pages, and return the positions on this one."""
    if not count:
        st.info(
            "No film is left by these filters; unpick one of them.", icon=":material/filter_alt:"
        )
        return range(0)
    size = COLUMNS * ROWS
    pages = max(1, -(-count // size))
    at = min(st.session_state.get("browse-page", 1), pages)
    back, middle, on = st.columns([1, 4, 1], vertical_alignment="center")
    back.button(
        "Back",
        disabled=at <= 1,
        on_click=_turn,
        args=(at - 1,),
        width="stretch",
        icon=":material/chevron_left:",
    )
    on.button(
        "Next",
        disabled=at >= pages,
        on_click=_turn,
        args=(at + 1,),
        width="stretch",
        icon=":material/chevron_right:",
        icon_position="right",
    )
    first, last = (at - 1) * size, min(count, at * size)
    middle.markdown(
        f"Films {first + 1:,} to {last:,} of {count:,} · page {at:,} of {pages:,}",
        text_alignment="center",
    )
    return range(first, last)


def _turn(page: int) -> None:
    st.session_state["browse-page"] = page


def show(dataset: Dataset, rows: Sequence[int], reader: Reader) -> None:
    """Show the films of one page, each with its label beside the opinion."""
    with st.container(key="gallery"):
        for first in range(0, len(rows), COLUMNS):
            for column, row in zip(
                st.columns(COLUMNS), rows[first : first + COLUMNS], strict=False
            ):
                with column:
                    _show_card(dataset, row, reader)


def _show_card(dataset: Dataset, row: int, reader: Reader) -> None:
    path, label = str(dataset.table["path"].iloc[row]), str(dataset.table["label"].iloc[row])
    card = _card(
        str(dataset.root), path, _stamp(dataset, path), reader.sha256, dataset, row, reader
    )
    name = PurePosixPath(path).name
    shown = in_the_middle(name, SHORT if card.synthetic else LONG)
    st.image(card.picture, width="stretch", alt=name)
    lines = [
        (":orange[Synthetic] · " if card.synthetic else "") + f":gray[{sentence(shown)}]",
        f"{desk.ICONS.get(card.kind, '')} {card.words}",
        f":gray[Label] {TITLES.get(label, label) or '—'}",  # last: the mark of help has room there
    ]
    more = " · ".join(text for text in (name if shown != name else "", card.more) if text)
    st.markdown("\n\n".join(lines), help=sentence(more) or None)
    if st.button("Diagnose", key=f"open-{row}", icon=":material/radiology:", width="stretch"):
        desk.look_at(file_of(dataset, row))
        st.switch_page(DIAGNOSE)


def in_the_middle(name: str, most: int) -> str:
    """Return a name cut in its middle where it is long: numbers of films stand at the end."""
    if len(name) <= most:
        return name
    tail = most * 2 // 3
    return f"{name[: most - tail - 1]}…{name[-tail:]}"


def file_of(dataset: Dataset, row: int) -> FilmFile:
    """Return one film of a data set for the desk.

    Raises:
        DatasetError: its bytes cannot be read any more.
    """
    item = dataset.table.iloc[row]
    name = PurePosixPath(str(item["path"])).name
    return FilmFile.of(name, dataset.film_bytes(row), str(item["source"]), str(item["label"]))


def forget() -> None:
    """Forget what was seen of all folders, and which files could not be read."""
    _card.clear()
    desk.try_again()


def _stamp(dataset: Dataset, path: str) -> tuple[int, int]:
    """Return size and time of a film's file, or of its archive: another film may have its name."""
    place = dataset.root / path if dataset.root.is_dir() else dataset.root
    try:
        found = place.stat()
    except OSError:  # it is gone: reading it says so
        return 0, 0
    return found.st_size, found.st_mtime_ns


@st.cache_resource(show_spinner=False, max_entries=8_000)
def _card(
    root: str,
    path: str,
    stamp: tuple[int, int],
    model: str,
    _dataset: Dataset,
    _row: int,
    _reader: Reader,
) -> Card:
    try:
        file = file_of(_dataset, _row)
    except XrayError as error:
        return Card(BLANK, "error", "Unreadable", str(error), False)
    film, opinion = films.film_of(file, _reader), films.opinion_of(file, _reader)
    picture = thumbnail(film) if film else BLANK
    synthetic = film is not None and film.synthetic
    if opinion is None:
        more = capitalised(films.refusal_of(file, _reader))
        return Card(picture, "", "No model, no opinion", more, synthetic)
    words = in_words(opinion)
    more = " ".join([capitalised(words.detail), *notes(opinion)])
    short = f"{short_words(opinion)}{desk.warned(opinion)}"
    return Card(picture, words.kind, short, more, synthetic)
