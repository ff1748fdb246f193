"""Models: every bundle with its card, and who is the champion: promote, roll back, take in."""

import streamlit as st

from pages.components import (
    frame,
    model_detail,
    model_import,
    promotion_flow,
    promotion_history,
    promotion_state,
)

with frame.page(__file__):
    st.markdown("## Models")
    promotion_state.show()
    parts = {
        "Installed": model_detail.show,
        "Promote": promotion_flow.show,
        "History": promotion_history.show,
        "Import": model_import.show,
    }
    tabs = st.tabs(list(parts), key="models-tabs", on_change="rerun")
    for show, tab in zip(parts.values(), tabs, strict=True):
        if tab.open:
            with tab:
                show()
