"""Confusion matrices of several models side by side."""

from collections.abc import Sequence

import plotly.graph_objects as go

from xray_core.evaluation.measured import Confusion
from xray_core.plots.colours import MUTED, TEXT
from xray_core.plots.compare_style import style_of

SAID, TRUE = ("called normal", "called pneumonia"), ("normal", "pneumonia")
SCALE = [[0, "#10151a"], [1, "#1f6f9f"]]
WIDTH = 0.86
"""Part of its place that a matrix takes; the rest parts it from the next."""


def confusion_figure(matrices: Sequence[tuple[str, float, Confusion]]) -> go.Figure:
    """Draw one matrix for each model: films, and their share of the row.

    Args:
        matrices: name, threshold, and ((true normal, false alarm), (missed, found)).
    """
    figure = go.Figure()
    place = 1 / max(1, len(matrices))
    for number, (name, threshold, matrix) in enumerate(matrices):
        suffix = "" if number == 0 else str(number + 1)
        shares = [[films / max(1, sum(row)) for films in row] for row in matrix]
        figure.add_heatmap(
            z=shares,
            x=SAID,
            y=TRUE,
            zmin=0,
            zmax=1,
            colorscale=SCALE,
            showscale=False,
            text=[
                [f"<b>{films:,}</b><br>{share:.1%}" for films, share in zip(row, part, strict=True)]
                for row, part in zip(matrix, shares, strict=True)
            ],
            texttemplate="%{text}",
            textfont={"size": 16, "color": TEXT},
            hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
            xaxis=f"x{suffix}",
            yaxis=f"y{suffix}",
            xgap=2,
            ygap=2,
        )
        left = number * place + (1 - WIDTH) * place
        sides = {
            "tickfont": {"color": MUTED, "size": 12},
            "ticks": "",
            "showgrid": False,
            "fixedrange": True,
            "automargin": True,
        }
        figure.update_layout(
            {
                f"xaxis{suffix}": {
                    **sides,
                    "domain": [left, (number + 1) * place],
                    "anchor": f"y{suffix}",
                },
                f"yaxis{suffix}": {
                    **sides,
                    "autorange": "reversed",
                    "anchor": f"x{suffix}",
                    "showticklabels": number == 0,
                },
            }
        )
        figure.add_annotation(
            text=f"<b>{name}</b> at {threshold:.3f}",
            x=left,
            y=1.02,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": 13, "color": style_of(number).colour},
        )
    figure.update_layout(
        height=270,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": TEXT},
    )
    return figure
