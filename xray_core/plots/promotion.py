"""The difference of two sensitivities, or specificities, beside the margin that is allowed."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from xray_core.plots.colours import GRID, MUTED, PANEL, TEXT

GOOD, BAD = "#56B4E9", "#D55E00"
HEIGHT = 118


def difference_figure(figures: Mapping[str, Any], margin: float) -> go.Figure:
    """Draw challenger less champion in percentage points, with its one-sided 95 % bound.

    Args:
        figures: of the check of sensitivity or specificity: `difference` and
            `lower_bound`, shares in [−1, 1].
        margin: by how much the challenger's may be lower, a share.
    """
    value, bound = 100 * figures["difference"], 100 * figures["lower_bound"]
    limit = -100 * margin
    colour = GOOD if bound >= limit else BAD
    low, high = min(bound, limit), max(value, 0.0)
    room = 0.18 * (high - low) or 1.0
    figure = _empty(low - 2 * room, high + 2 * room)
    figure.add_scatter(
        x=[bound, value],
        y=[0, 0],
        mode="lines+markers",
        line={"color": colour, "width": 4},
        marker={"color": colour, "size": [16, 12], "symbol": ["line-ns", "circle"]},
        marker_line={"color": colour, "width": [4, 0]},
        hovertemplate="%{x:+.2f} percentage points<extra></extra>",
        cliponaxis=False,
    )
    _mark_limit(figure, limit)
    figure.add_annotation(
        x=value, y=0, text=f"{_points(value)}, at least {_points(bound)}", showarrow=False,
        yshift=-20, xanchor="center", font={"color": TEXT, "size": 13},
    )  # fmt: skip
    return figure


def _mark_limit(figure: go.Figure, limit: float) -> None:
    """Mark what is allowed, and where the two models would be equal, in percentage points."""
    figure.add_vline(0, line={"color": MUTED, "width": 1})
    figure.add_vline(limit, line={"color": TEXT, "width": 2, "dash": "dash"})
    for x, words, side in (
        (limit, f"allowed {_points(limit)}", "right"),
        (0.0, "as the champion", "left"),
    ):
        figure.add_annotation(
            x=x, y=1, yref="paper", yanchor="bottom", text=words, showarrow=False,
            xanchor=side, font={"color": MUTED, "size": 12},
        )  # fmt: skip


def _empty(low: float, high: float) -> go.Figure:
    """Return one line of a chart, from one percentage point to another, with nothing on it."""
    figure = go.Figure()
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 10, "r": 10, "t": 26, "b": 24},
        paper_bgcolor=PANEL,
        plot_bgcolor=PANEL,
        showlegend=False,
        font={"color": TEXT},
    )
    figure.update_xaxes(
        range=[low, high],
        fixedrange=True,
        gridcolor=GRID,
        zeroline=False,
        ticksuffix="",
        tickfont={"color": MUTED, "size": 11},
        title=None,
    )
    figure.update_yaxes(visible=False, range=[-1, 1], fixedrange=True)
    return figure


def _points(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
