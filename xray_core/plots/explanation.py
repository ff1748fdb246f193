"""LIME over the film, to be pointed at, enlarged and switched: a Plotly figure."""

import plotly.graph_objects as go

from xray_core.explain.explanation import Explanation
from xray_core.imaging.geometry import InputGeometry
from xray_core.plots.colours import PANEL, TEXT
from xray_core.plots.explanation_traces import Scale, add_group, add_heat, add_lines
from xray_core.plots.film import Screen, film_figure
from xray_core.plots.lime_look import (
    FAINT,
    MINUS,
    PLUS,
    SIDES,
    USUAL,
    Look,
    fit_in_words,
    legend_below,
    prepare,
    target_title,
)
from xray_core.plots.opinion import percent

CLEAR = [[0.0, "rgba(0,0,0,0)"], [1.0, "rgba(0,0,0,0)"]]


def lime_figure(
    screen: Screen,
    geometry: InputGeometry,
    explanation: Explanation,
    look: Look = USUAL,
    *,
    height: int = 640,
) -> go.Figure:
    """Draw an explanation over the intact film.

    The pointer shows each superpixel's number and weight; a click on the legend hides a part. Solid
    outlines and + support the target, dashed outlines and − speak against it, in both views.

    Args:
        screen: the film (`plots.film.screen_of`).
        geometry: takes the superpixels from the network's input to the film.
        explanation: what to draw.
        look: how.
        height: of the figure in screen pixels.
    """
    figure = film_figure(screen, look.window, height=height)
    figure.data[0].update(hoverinfo="skip", hovertemplate=None)
    drawing = prepare(explanation, geometry, look.top)
    scale = _units(screen)
    if look.view == "heat":
        add_heat(figure, drawing, scale, look.opacity)
    add_lines(figure, drawing.all, scale, "Superpixels", FAINT, width=0.6, fill=0, line=0.35)
    fill = look.opacity * 0.8 if look.view == "boundaries" else 0.0
    for_colour, against_colour = SIDES[look.view]
    title = target_title(explanation)
    add_group(figure, drawing.supporting, scale, PLUS, f"supports {title}", for_colour, fill)
    add_group(figure, drawing.opposing, scale, MINUS, f"against {title}", against_colour, fill)
    _add_pointer(figure, geometry, explanation, scale)
    _lay_out(figure, explanation)
    return figure


def _units(screen: Screen) -> Scale:
    """Return (x, y) units of the figure's axes per film pixel."""
    down, across = screen.spacing_mm or (1.0, 1.0)
    return across, down


def _add_pointer(
    figure: go.Figure,
    geometry: InputGeometry,
    explanation: Explanation,
    scale: Scale,
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
        f"<b>{target_title(explanation)}</b> {percent(explanation.prediction, 1)}"
        f"  ·  {fit_in_words(explanation)}  ·  {explanation.samples:,} samples"
    )
    figure.update_layout(
        title={"text": title, "font": {"color": TEXT, "size": 15}, "x": 0.01, "y": 0.985},
        margin={"l": 0, "r": 0, "t": 36, "b": 36},
        paper_bgcolor=PANEL,
        plot_bgcolor=PANEL,
        legend=legend_below(13),
    )
