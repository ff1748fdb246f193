"""What surrounds every page: configuration, navigation, notice, guard, and the one catch."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page

from pages.components import job_wake
from xray_core.errors import XrayError
from xray_core.notice import NOTICE
from xray_core.residence import leave_session_alone

FOLDER = Path(__file__).resolve().parent.parent
DIAGNOSE, BROWSE, ABOUT = (str(FOLDER / f"{name}.py") for name in ("diagnose", "browse", "about"))
DATASETS = str(FOLDER / "datasets.py")
COMPARE = str(FOLDER / "compare.py")
MODELS = str(FOLDER / "models.py")
TRAIN = str(FOLDER / "train.py")
STYLE = Path(__file__).with_name("style.css")

CONFIG: dict[str, Any] = {
    "page_title": "Kerley",
    "page_icon": str(Path(__file__).with_name("icon.png")),
    "layout": "wide",
    "initial_sidebar_state": "auto",
}

LOGO = str(Path(__file__).with_name("logo.svg"))

_framed: ContextVar[bool] = ContextVar("framed", default=False)
_on_its_way: ContextVar[DeltaGenerator | None] = ContextVar("on_its_way", default=None)
_said: ContextVar[str] = ContextVar("said", default="")
"""What is wrong with the settings, as this run of a page has said: it is not said twice."""
_opened: set[str] = set()
"""Pages that were opened since the app was started: what they import is there."""
_log = logging.getLogger("kerley")


def pages() -> dict[str, list[Page]]:
    """Return the pages that there are, for `st.navigation`."""
    _framed.set(True)
    return {
        "Clinic": [
            st.Page(
                DIAGNOSE,
                title="Diagnose",
                icon=":material/radiology:",
                url_path="start",
                default=True,
            ),
            # The default page is found under `/` alone; its file's own address must open it too.
            st.Page(DIAGNOSE, title="Diagnose", url_path="diagnose", visibility="hidden"),
            st.Page(BROWSE, title="Browse", icon=":material/grid_view:"),
        ],
        "Lab": [
            st.Page(DATASETS, title="Datasets", icon=":material/fact_check:"),
            st.Page(TRAIN, title="Train", icon=":material/model_training:"),
            st.Page(COMPARE, title="Compare", icon=":material/compare_arrows:"),
            st.Page(MODELS, title="Models", icon=":material/trophy:"),
        ],
        "Kerley": [st.Page(ABOUT, title="About", icon=":material/info:")],
    }


def standing_notice() -> None:
    """Show the notice that stands on every page, and load the style sheet."""
    st.html(STYLE)
    st.logo(LOGO, size="large")
    with st.container(key="notice"):
        st.caption(f":material/labs: {NOTICE}")


def announce(found: Page) -> None:
    """Say that a page is on its way, where it brings libraries first; `page` takes that back."""
    place = st.empty()  # always: what follows has the same place in each run of the page
    if found.url_path in _opened:
        return
    place.markdown(f":gray[:material/hourglass_top: Opening {found.title} …]")
    _on_its_way.set(place)
    _opened.add(found.url_path)


@contextmanager
def page(file: str) -> Iterator[None]:
    """Guard a page: do what `app.py` does if it has not, and catch what the body raises.

    A file in `pages/` can be opened by its own address on a server whose `app.py` has not run yet.
    Then the page is started again through the navigation, so that its widgets are the same ones
    that `app.py` will know from the next run on.

    Args:
        file: `__file__` of the page.
    """
    if place := _on_its_way.get():
        place.empty()
        _on_its_way.set(None)
    if not _framed.get():
        st.set_page_config(**CONFIG)
        found = st.navigation(pages())
        standing_notice()
        st.empty()  # the place of `announce`: else all moves in the next run
        if found.url_path == Path(file).stem:
            found.run()
            st.stop()
    try:
        _said.set(_wake())
        with boundary():
            yield
    finally:
        _said.set("")
        _framed.set(False)


def _wake() -> str:
    """Wake the jobs; return what is wrong with the settings, which is said, or nothing."""
    said = ""
    with boundary():
        try:
            job_wake.wake()
        except XrayError as error:
            said = str(error)
            raise
    return said


@contextmanager
def boundary() -> Iterator[None]:
    """Show what is raised as one plain sentence: the only place where pages catch errors.

    A fragment runs again without its page, so it has a boundary of its own; used as a decorator it
    goes under `st.fragment`.
    """
    try:
        yield
    except XrayError as error:
        if str(error) != _said.get():
            st.error(sentence(error), icon=":material/error:")
    except Exception as error:
        reference = uuid4().hex[:8]
        _log.exception("Unexpected failure %s", reference)
        if isinstance(error, OSError) and _said.get():
            return  # the reason stands above
        st.error(
            "Something unexpected went wrong and was written to the log under the reference "
            f"{reference}; your films are still here, so try again or choose another one.",
            icon=":material/error:",
        )
    finally:
        leave_session_alone()  # a page may have brought Keras, to look at a network say


def sentence(text: object) -> str:
    """Return text that came from outside so that Markdown leaves it as it is."""
    special = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>$#:~|"})
    return str(text).translate(special)


def capitalised(reason: str) -> str:
    """Return a reason, which follows a file's name elsewhere, as a sentence of its own."""
    return reason[:1].upper() + reason[1:]
