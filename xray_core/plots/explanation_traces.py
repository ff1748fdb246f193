"""What the figure of an explanation is made of: outlines, signs, heat and its colour bar."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from xray_core.plots.colours import TEXT
from xray_core.plots.lime_look import PLUS, RGB, Drawing, heat_colour, heat_over, signed
from xray_core.plots.outlines import Outline

Scale = tuple[float, float]
"""Units of the figure's axes, x and y, per film pixel."""

PANEL_RGB = (11, 14, 17)
SIGNS = 10
"""Signs are drawn on this many superpixels of each kind at most: more hide the film."""


def _path(
    rings: Iterable[np.ndarray[Any, Any]], scale: Scale
) -> tuple[list[float | None], list[float | None]]:
    """Return x and y of all rings, parted by None."""
    x: list[float | None] = []
    y: list[float | None] = []
    for ring in rings:
        x += [*np.round(ring[:, 0] * scale[0], 1).tolist(), None]
        y += [*np.round(ring[:, 1] * scale[1], 1).tolist(), None]
    return x, y


def _rgba(colour: RGB, alpha: float) -> str:
    return f"rgba({colour[0]},{colour[1]},{colour[2]},{alpha:.3f})"


def add_lines(
    figure: go.Figure,
    drawn: tuple[Outline, ...],
    scale: Scale,
    name: str,
    colour: RGB,
    *,
    width: float,
    fill: float,
    line: float = 1.0,
    dash: str = "solid",
) -> None:
    """Add the outlines of superpixels as one entry of the legend.

    Args:
        figure: of a film.
        drawn: whose outlines.
        scale: see `Scale`.
        name: in the legend.
        colour: of lines and filling.
        width: of the lines, in screen pixels.
        fill: opacity of the filling, 0 for none.
        line: opacity of the lines.
        dash: as Plotly names it.
    """
    x, y = _path((ring for outline in drawn for ring in outline.rings), scale)
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=name,
        legendgroup=name,
        line={"color": _rgba(colour, line), "width": width, "dash": dash},
        fill="toself" if fill else None,
        fillcolor=_rgba(colour, fill),
        hoverinfo="skip",
    )


def add_group(
    figure: go.Figure,
    drawn: tuple[Outline, ...],
    scale: Scale,
    sign: str,
    words: str,
    colour: RGB,
    fill: float,
) -> None:
    """Outline one side's strongest superpixels, with its sign on them."""
    if not drawn:
        return
    name = f"{words} ({sign})"
    dash = "solid" if sign == PLUS else "5px,4px"
    add_lines(figure, drawn, scale, name, colour, width=2.2, fill=fill, dash=dash)
    figure.add_scatter(
        x=[outline.anchor[0] * scale[0] for outline in drawn[:SIGNS]],
        y=[outline.anchor[1] * scale[1] for outline in drawn[:SIGNS]],
        mode="markers+text",
        text=[f"<b>{sign}</b>"] * len(drawn[:SIGNS]),
        textfont={"size": 15, "color": _rgba(colour, 1)},
        marker={
            "size": 17,
            "color": "rgba(8,10,13,0.78)",
            "line": {"color": _rgba(colour, 1), "width": 1},
        },
        legendgroup=name,
        showlegend=False,
        hoverinfo="skip",
    )


def add_heat(figure: go.Figure, drawing: Drawing, scale: Scale, opacity: float) -> None:
    """Fill every superpixel by its weight, and explain the colours by a bar."""
    for outline in drawing.all:
        colour, cover = heat_colour(outline.weight / drawing.limit, opacity)
        if cover < 0.01:
            continue
        x, y = _path(outline.rings, scale)
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=_rgba(colour, cover),
            hoverinfo="skip",
            showlegend=False,
        )
    _add_colour_bar(figure, drawing.limit)


def _add_colour_bar(figure: go.Figure, limit: float) -> None:
    """Add a colour bar by a point that is not drawn; it shows the colours over a dark film."""
    colours = [
        [(part + 1) / 2, "rgb({},{},{})".format(*heat_over(PANEL_RGB, part))]
        for part in np.linspace(-1, 1, 21).tolist()
    ]
    ticks = [-limit, -limit / 2, 0.0, limit / 2, limit]
    texts = [signed(tick) for tick in ticks]
    texts[0], texts[-1] = f"{texts[0]} against", f"{texts[-1]} for"
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="markers",
        showlegend=False,
        hoverinfo="skip",
        marker={
            "color": [0.0],
            "cmin": -limit,
            "cmax": limit,
            "colorscale": colours,
            "showscale": True,
            "colorbar": {
                "title": {"text": "weight<br> ", "font": {"color": TEXT, "size": 12}},
                "tickvals": ticks,
                "ticktext": texts,
                "tickfont": {"color": TEXT, "size": 11},
                "thickness": 12,
                "len": 0.8,
                "outlinewidth": 0,
            },
        },
    )
