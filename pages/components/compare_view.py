"""A comparison, part by part."""

import streamlit as st

from pages.components import (
    compare_board,
    compare_charts,
    compare_classes,
    compare_export,
    compare_films,
    compare_pairs,
)
from xray_core.evaluation.comparison import Comparison

PARTS = {
    "Curves": compare_charts.curves,
    "Errors": compare_classes.show,
    "Films": compare_films.show,
    "Pairs": compare_pairs.show,
    "Groups": compare_pairs.by_group,
    "Training": compare_charts.training,
    "Cost": compare_charts.cost,
    "Export": compare_export.show,
}


def show(comparison: Comparison) -> None:
    """Show the leaderboard, and the part below it that is open; the others do no work."""
    compare_board.show(comparison)
    tabs = st.tabs(list(PARTS), key="compare-part", on_change="rerun")
    for part, tab in zip(PARTS.values(), tabs, strict=True):
        if tab.open:
            with tab:
                part(comparison)
