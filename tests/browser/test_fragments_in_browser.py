"""A part of a page that runs again alone leaves the rest of the page as it is."""

import pytest

pytestmark = pytest.mark.browser

# While the server has no time to send, messages wait, and those of a fragment are taken back where
# it runs again: what a busy machine does now and then, this does in every run of the page.
SCRIPT = """
import time

import streamlit as st
from streamlit.runtime import get_instance

from pages.components.fragment import fragment


def tick():
    st.markdown("tick")


runs = st.session_state.runs = st.session_state.get("runs", 0) + 1
if runs > 1:
    get_instance()._get_async_objs().eventloop.call_soon_threadsafe(time.sleep, 0.8)
fragment(tick, run_every=0.2)()
left, right = st.columns(2)
left.markdown("left")
right.markdown("right")
(tab,) = st.tabs(["tab"])
with tab:
    fragment(tick, run_every=0.3)()
time.sleep(0.05)
st.button("Again")
st.markdown(f"Run {runs} is done")
"""


def test_the_page_stays_whole_where_the_server_is_too_busy_to_send(browser, run_app, tmp_path):
    script = tmp_path / "page.py"
    script.write_text(SCRIPT)
    with run_app(tmp_path, script) as address, browser.new_context() as context:
        page, errors = context.new_page(), []
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        for run in range(1, 9):
            page.get_by_text(f"Run {run} is done").wait_for()
            page.wait_for_timeout(250 + 60 * run)
            assert errors == []
            for words in ("left", "right", "tab"):
                assert page.get_by_text(words, exact=True).count() == 1
            # A mouse click is lost where the button is drawn anew between press and release.
            page.get_by_role("button", name="Again").dispatch_event("click")
