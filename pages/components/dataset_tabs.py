"""The parts of the page Datasets; only the open one does any work."""

import streamlit as st

from pages.components import (
    audit_panel,
    dataset_films,
    dataset_looks,
    dataset_source,
    dataset_splits,
)
from pages.components.frame import boundary

TABS = {
    "Films": dataset_films.show,
    "Audit": audit_panel.show,
    "Mean films and sizes": dataset_looks.show,
    "Split": dataset_splits.show,
}


def show(path: str) -> None:
    """Show a data set."""
    dataset = dataset_source.opened(path)
    for name, tab in zip(
        TABS, st.tabs(list(TABS), key="dataset-tab", on_change="rerun"), strict=True
    ):
        if tab.open:
            with tab, boundary():
                TABS[name](path, dataset)
