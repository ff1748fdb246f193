"""Datasets: choose films, see what they are, audit them, divide their patients."""

import streamlit as st

from pages.components import dataset_source, dataset_tabs, frame

with frame.page(__file__):
    st.markdown("## Datasets")
    path = dataset_source.choose()
    if path:
        dataset_tabs.show(path)
    else:
        dataset_source.empty()
