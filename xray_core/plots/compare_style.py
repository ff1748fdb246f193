"""How models are told apart in every chart of a comparison: by colour, dash and mark together."""

from dataclasses import dataclass
from typing import Any

from xray_core.plots.colours import GRID, MUTED, PANEL, TEXT

HEIGHT = 380


@dataclass(frozen=True)
class Style:
    """The look of one model: colour (hexadecimal), dash in pixels (Plotly's form), mark."""

    colour: str
    dash: str
    symbol: str


STYLES = (
    Style("#56B4E9", "solid", "circle"),
    Style("#E69F00", "9px,4px", "square"),
    Style("#009E73", "2px,3px", "diamond"),
    Style("#CC79A7", "10px,3px,2px,3px", "triangle-up"),
    Style("#F0E442", "16px,5px", "cross"),
    Style("#D55E00", "5px,2px", "x"),
    Style("#8FB8FF", "12px,3px,2px,3px,2px,3px", "star"),
    Style("#BBBBBB", "2px,6px", "hexagon"),
)
"""Okabe and Ito's colours, told apart by colour-blind readers, each with a dash of its own."""


def style_of(number: int) -> Style:
    """Return the style of the model at this place of the comparison."""
    return STYLES[number % len(STYLES)]


def axis(title: str, ends: tuple[float, float] | None = None, **more: Any) -> dict[str, Any]:
    """Return a Plotly axis with a title, in the app's colours, from end to end where given."""
    return {
        "title": {"text": title, "font": {"color": TEXT, "size": 13}, "standoff": 8},
        "tickfont": {"color": MUTED, "size": 11},
        "gridcolor": GRID,
        "zeroline": False,
        "linecolor": GRID,
        **({"range": list(ends)} if ends else {}),
        **more,
    }


def layout(x: dict[str, Any], y: dict[str, Any], height: int = HEIGHT) -> dict[str, Any]:
    """Return the layout of a chart with its legend below it."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 14, "t": 12, "b": 8},
        "paper_bgcolor": PANEL,
        "plot_bgcolor": PANEL,
        "font": {"color": TEXT, "size": 13},
        "hoverlabel": {"bgcolor": "#151a20", "font": {"color": TEXT}},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": -0.22,
            "yanchor": "top",
            "font": {"color": TEXT, "size": 12},
            "itemwidth": 40,
        },
        "xaxis": {**x, "automargin": True},
        "yaxis": {**y, "automargin": True},
    }
