"""What the figures of a data set have in common."""

from typing import Any

from xray_core.datasets.audit import Verdict
from xray_core.labels import BACTERIAL, COVID, NORMAL, PNEUMONIA, VIRAL
from xray_core.plots.colours import GRID, PANEL, TEXT

CLASS_COLOURS = {
    NORMAL: "#009E73",
    PNEUMONIA: "#56B4E9",
    BACTERIAL: "#D55E00",
    VIRAL: "#E69F00",
    COVID: "#CC79A7",
}
"""Okabe and Ito's colours, the same as for opinions; the words stand beside them."""

VERDICT_COLOURS = {
    Verdict.FINE: "#009E73",
    Verdict.WARNING: "#E69F00",
    Verdict.SERIOUS: "#ff5c4d",
}


def layout(height: int, **more: Any) -> dict[str, Any]:
    """Return a layout on the page's own ground, without tools that zoom."""
    axis = {"gridcolor": GRID, "zeroline": False, "fixedrange": True, "automargin": True}
    base: dict[str, Any] = {
        "height": height,
        "margin": {"l": 0, "r": 12, "t": 8, "b": 8},
        "paper_bgcolor": PANEL,
        "plot_bgcolor": PANEL,
        "font": {"color": TEXT, "size": 13},
        "hoverlabel": {"bgcolor": "#151a20", "font": {"color": TEXT}},
        "showlegend": False,
        "xaxis": {**axis, **more.pop("xaxis", {})},
        "yaxis": {**axis, **more.pop("yaxis", {})},
    }
    return {**base, **more}
