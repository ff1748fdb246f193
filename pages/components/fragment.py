"""Parts of a page that run again alone."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from pages.components.frame import boundary

Given = ParamSpec("Given")


def fragment(body: Callable[Given, None], run_every: float | None = None) -> Callable[Given, None]:
    """Return `body` as an `st.fragment` with a boundary and a container of its own.

    The container keeps the page whole. Where a fragment runs again right after its page, Streamlit
    takes back what the page drew of the fragment, if that has not been sent yet, but still says
    that the page is done. The browser then removes the fragment's place before it comes anew, and
    what followed it in the same container moves up and is written over: a page without some of its
    parts, or a blank one ("Cannot set a node at a delta path"). In a container of its own nothing
    follows it.

    Args:
        body: draws the part; an error in it is shown as one sentence.
        run_every: seconds after which it runs again by itself; None for when it is touched.
    """
    part = st.fragment(boundary()(body), run_every=run_every)

    @wraps(body)
    def alone(*args: Given.args, **kwargs: Given.kwargs) -> None:
        with st.container():
            part(*args, **kwargs)

    return alone
