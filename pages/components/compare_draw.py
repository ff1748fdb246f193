"""A chart on the page Compare."""

from typing import Any

import streamlit as st

BARE = {"displayModeBar": False}


def draw(figure: Any, key: str, words: str) -> None:
    """Show a chart with what it is, for those who cannot see it."""
    st.plotly_chart(figure, theme=None, config=BARE, key=f"compare-{key}", alt=words)
