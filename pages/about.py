"""About: what Kerley is for and not for, its model's card, licences and citations."""

import streamlit as st

from pages.components import card, frame

with frame.page(__file__):
    st.markdown("## About Kerley")
    use, model, sources = st.tabs(["Use and limits", "The model", "Licences and citations"])
    with use:
        card.prose("about")
    with model:
        card.show()
    with sources:
        card.prose("sources")
