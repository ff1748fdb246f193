"""Kerley: page configuration, navigation and what stands on every page, nothing else.

Start it with `streamlit run app.py`.
"""

import streamlit as st

from pages.components import frame

st.set_page_config(**frame.CONFIG)
page = st.navigation(frame.pages())
frame.standing_notice()
frame.announce(page)
page.run()
