"""Why two models see one film as they do: their LIME pictures on one scale, and the difference."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from xray_core.explain.explanation import Explanation
from xray_core.imaging.geometry import InputGeometry
from xray_core.plots.colours import PANEL, TEXT
from xray_core.plots.explanation_traces import add_group, add_heat, add_lines
from xray_core.plots.film import GreyWindow, Screen, film_figure
from xray_core.plots.lime_look import (
    BLUE,
    FAINT,
    HEAT_RED,
    MINUS,
    PLUS,
    SIDES,
    Look,
    legend_below,
    prepare,
)

FINE = 256
"""Longest side of the grid on which two explanations are subtracted."""


def shared_limit(explanations: tuple[Explanation, ...]) -> float:
    """Return the largest |weight| of all, the end of the one scale; 1 where all are 0."""
    return max((float(np.abs(e.weights).max(initial=0.0)) for e in explanations), default=0) or 1.0


def explanation_on_scale(
    screen: Screen,
    geometry: InputGeometry,
    explanation: Explanation,
    look: Look,
    limit: float,
    *,
    height: int = 420,
) -> go.Figure:
    """Draw one model's explanation over the film, its colours as deep as the scale of all asks.

    Args:
        screen: the film.
        geometry: takes the superpixels from this network's input to the film.
        explanation: what to draw.
        look: how; `heat` colours by weight, `boundaries` outlines the strongest.
        limit: from `shared_limit`.
        height: in screen pixels.
    """
    figure = film_figure(screen, look.window, height=height)
    figure.data[0].update(hoverinfo="skip", hovertemplate=None)
    down, across = screen.spacing_mm or (1.0, 1.0)
    scale = across, down
    drawing = replace(prepare(explanation, geometry, look.top), limit=limit)
    if look.view == "heat":
        add_heat(figure, drawing, scale, look.opacity)
    add_lines(figure, drawing.all, scale, "Superpixels", FAINT, width=0.6, fill=0, line=0.35)
    fill = look.opacity * 0.8 if look.view == "boundaries" else 0.0
    for_colour, against_colour = SIDES[look.view]
    add_group(figure, drawing.supporting, scale, PLUS, "for", for_colour, fill)
    add_group(figure, drawing.opposing, scale, MINUS, "against", against_colour, fill)
    return _dressed(figure)


def difference_on_film(
    screen: Screen,
    first: tuple[InputGeometry, Explanation],
    second: tuple[InputGeometry, Explanation],
    limit: float,
    *,
    opacity: float = 0.6,
    height: int = 420,
) -> go.Figure:
    """Draw the first explanation less the second, at each place the weight of its superpixel.

    Where a network does not see the film its weight is 0 there. Blue speaks more for the target in
    the first model, red in the second.

    Args:
        screen: the film.
        first: geometry and explanation of one model.
        second: of the other.
        limit: from `shared_limit`; the difference may reach twice as far.
        opacity: of the colours.
        height: in screen pixels.
    """
    figure = film_figure(screen, GreyWindow(), height=height)
    figure.data[0].update(hoverinfo="skip", hovertemplate=None)
    values = weight_on_film(*first) - weight_on_film(*second)
    down, across = screen.spacing_mm or (1.0, 1.0)
    rows, columns = screen.film_shape
    dy, dx = rows / values.shape[0] * down, columns / values.shape[1] * across
    blue, red = (f"rgba({r},{g},{b},{opacity})" for r, g, b in (BLUE, HEAT_RED))
    clear = [f"rgba({r},{g},{b},0)" for r, g, b in (HEAT_RED, BLUE)]
    figure.add_heatmap(
        z=values,
        x0=dx / 2,
        dx=dx,
        y0=dy / 2,
        dy=dy,
        zmin=-2 * limit,
        zmax=2 * limit,
        colorscale=[[0, red], [0.499, clear[0]], [0.501, clear[1]], [1, blue]],
        colorbar={
            "title": {"text": "difference<br> ", "font": {"color": TEXT, "size": 12}},
            "tickfont": {"color": TEXT, "size": 11},
            "thickness": 12,
            "len": 0.8,
            "outlinewidth": 0,
        },
        hovertemplate="difference %{z:+.2g}<extra></extra>",
    )
    return _dressed(figure)


def weight_on_film(geometry: InputGeometry, explanation: Explanation) -> NDArray[np.float32]:
    """Return the weight of the superpixel at each place of a film, float32 (h, w).

    The grid is the film's own, made coarser until its longest side is `FINE`.
    """
    on_film = np.asarray(geometry.to_film(explanation.heat().astype(np.float32)), np.float32)
    step = max(1, -(-max(on_film.shape) // FINE))
    return on_film[step // 2 :: step, step // 2 :: step]


def _dressed(figure: go.Figure) -> go.Figure:
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 4, "b": 30},
        paper_bgcolor=PANEL,
        plot_bgcolor=PANEL,
        legend=legend_below(12),
    )
    return figure
