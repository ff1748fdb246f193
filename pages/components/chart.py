"""A chart, and what it offers beside what it shows: its picture as a file."""

from typing import Any

import streamlit as st

OF_FILM: dict[str, object] = {
    "displaylogo": False,
    "displayModeBar": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "toImage"],
    "doubleClick": "reset",
}
"""A film that can be zoomed and moved; its picture in full size is a file beside it."""


def draw(figure: Any, name: str, words: str | None = None) -> None:
    """Show a chart that stays as it is.

    Args:
        figure: a Plotly figure.
        name: of the chart on its page, and of its picture as a file.
        words: what it is, for those who cannot see it.
    """
    st.plotly_chart(figure, theme=None, config=with_picture(name), key=name, alt=words)


def with_picture(name: str) -> dict[str, object]:
    """Return the settings of a chart that cannot be moved and can be saved as a PNG."""
    return {
        "displaylogo": False,
        "displayModeBar": "hover",
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": _picture(name),
    }


def of_film(name: str) -> dict[str, object]:
    """Return the settings of a film that has no such file: zoom and pan, a PNG of what is seen."""
    return OF_FILM | {
        "displayModeBar": "hover",
        "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
        "toImageButtonOptions": _picture(name),
    }


def _picture(name: str) -> dict[str, object]:
    return {"format": "png", "filename": name, "scale": 2}
