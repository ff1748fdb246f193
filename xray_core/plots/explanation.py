"""LIME over the film, to be pointed at, enlarged and switched: a Plotly figure."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from xray_core.explain.explanation import Explanation
from xray_core.imaging.geometry import InputGeometry
from xray_core.plots.film import GreyWindow, Screen, film_figure
from xray_core.plots.lime_look import (
    FAINT,
    MINUS,
    PLUS,
    RGB,
    SIDES,
    Drawing,
    View,
    fit_in_words,
    heat_colour,
    heat_over,
    prepare,
    signed,
    target_title,
)
from xray_core.plots.outlines import Outline

TEXT = "#d7dde3"
PANEL = "#0b0e11"
PANEL_RGB = (11, 14, 17)
CLEAR = [[0.0, "rgba(0,0,0,0)"], [1.0, "rgba(0,0,0,0)"]]
SIGNS = 10
"""Signs are drawn on this many superpixels of each kind at most: more hide the film."""


def lime_figure(
    screen: Screen,
    geometry: InputGeometry,
    explanation: Explanation,
    *,
    view: View = "boundaries",
    opacity: float = 0.5,
    top: int = 10,
    window: GreyWindow | None = None,
    height: int = 640,
) -> go.Figure:
    """Draw an explanation over the intact film.

    The pointer shows each superpixel's number and weight; a click on the legend hides a part. Solid
    outlines and + support the target, dashed outlines and − speak against it, in both views.

    Args:
        screen: the film (`plots.film.screen_of`).
        geometry: takes the superpixels from the network's input to the film.
        explanation: what to draw.
        view: `boundaries` fills the strongest superpixels green (for) and red (against); `heat`
            colours every superpixel by its weight, blue supports.
        opacity: of the colours, 0 to 1.
        top: how many superpixels are outlined, strongest first.
        window: grey values of the film.
        height: of the figure in screen pixels.
    """
    figure = film_figure(screen, window or GreyWindow(), height=height)
    figure.data[0].update(hoverinfo="skip", hovertemplate=None)
    drawing = prepare(explanation, geometry, top)
    scale = _units(screen)
    if view == "heat":
        _add_heat(figure, drawing, scale, opacity)
    _add_lines(figure, drawing.all, scale, "Superpixels", FAINT, width=0.6, fill=0, line=0.35)
    fill = opacity * 0.8 if view == "boundaries" else 0.0
    for_colour, against_colour = SIDES[view]
    title = target_title(explanation)
    _add_group(figure, drawing.supporting, scale, PLUS, f"supports {title}", for_colour, fill)
    _add_group(figure, drawing.opposing, scale, MINUS, f"against {title}", against_colour, fill)
    _add_pointer(figure, geometry, explanation, scale)
    _lay_out(figure, explanation)
    return figure


def _units(screen: Screen) -> tuple[float, float]:
    """Return (x, y) units of the figure's axes per film pixel."""
    down, across = screen.spacing_mm or (1.0, 1.0)
    return across, down


def _path(
    rings: Iterable[np.ndarray[Any, Any]], scale: tuple[float, float]
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


def _add_lines(
    figure: go.Figure,
    drawn: tuple[Outline, ...],
    scale: tuple[float, float],
    name: str,
    colour: RGB,
    *,
    width: float,
    fill: float,
    line: float = 1.0,
    dash: str = "solid",
) -> None:
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


def _add_group(
    figure: go.Figure,
    drawn: tuple[Outline, ...],
    scale: tuple[float, float],
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
    _add_lines(figure, drawn, scale, name, colour, width=2.2, fill=fill, dash=dash)
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


def _add_heat(
    figure: go.Figure, drawing: Drawing, scale: tuple[float, float], opacity: float
) -> None:
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


def _add_pointer(
    figure: go.Figure,
    geometry: InputGeometry,
    explanation: Explanation,
    scale: tuple[float, float],
) -> None:
    """Lay an invisible map over the film that tells the pointer the superpixel and its weight."""
    top, left, bottom, right = geometry.box
    rows, columns = explanation.segments.shape
    dy, dx = (bottom - top) / rows * scale[1], (right - left) / columns * scale[0]
    figure.add_heatmap(
        z=explanation.heat(),
        text=explanation.segments.astype(str),
        x0=left * scale[0] + dx / 2,
        dx=dx,
        y0=top * scale[1] + dy / 2,
        dy=dy,
        colorscale=CLEAR,
        showscale=False,
        hovertemplate="superpixel %{text}<br>weight %{z:+.2g}<extra></extra>",
    )


def _lay_out(figure: go.Figure, explanation: Explanation) -> None:
    title = (
        f"<b>{target_title(explanation)}</b> {explanation.prediction:.1%}"
        f"  ·  {fit_in_words(explanation)}  ·  {explanation.samples:,} samples"
    )
    figure.update_layout(
        title={"text": title, "font": {"color": TEXT, "size": 15}, "x": 0.01, "y": 0.985},
        margin={"l": 0, "r": 0, "t": 36, "b": 36},
        paper_bgcolor=PANEL,
        plot_bgcolor=PANEL,
        legend={
            "orientation": "h",
            "x": 0.5,
            "xanchor": "center",
            "y": -0.005,
            "yanchor": "top",
            "font": {"color": TEXT, "size": 13},
            "bgcolor": "rgba(0,0,0,0)",
        },
    )
