"""Confusion matrices of several models side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from xray_core.evaluation.measured import Confusion
from xray_core.plots.colours import MUTED, PANEL, TEXT
from xray_core.plots.compare_style import style_of
from xray_core.plots.compare_words import rounded

SAID, TRUE = ("called normal", "called pneumonia"), ("normal", "pneumonia")
SCALE = [[0, "#10151a"], [1, "#1f6f9f"]]
WIDTH = 0.86
"""Part of its place that a matrix takes; the rest parts it from the next."""
SIDE = {"tickfont": {"color": MUTED, "size": 12}, "ticks": "", "showgrid": False,
        "fixedrange": True, "automargin": True}  # fmt: skip


@dataclass(frozen=True)
class Matrix:
    """Films of each true class (rows) given each class (columns), with the names of both."""

    title: str
    films: Sequence[Sequence[int]]
    true: Sequence[str] = TRUE
    said: Sequence[str] = SAID


def confusion_figure(matrices: Sequence[tuple[str, float, Confusion]]) -> go.Figure:
    """Draw normal against pneumonia for each model: films, and their share of the row.

    Args:
        matrices: name, threshold, and ((true normal, false alarm), (missed, found)).
    """
    return matrices_figure(
        [Matrix(f"<b>{name}</b> at {at:.3f}", films) for name, at, films in matrices]
    )


def matrices_figure(matrices: Sequence[Matrix], *, height: int = 270, first: int = 0) -> go.Figure:
    """Draw matrices side by side: films, and their share of the row.

    Args:
        matrices: what to draw.
        height: in screen pixels.
        first: place in the comparison of the first one's model, which gives it its colour.
    """
    figure = go.Figure()
    place = 1 / max(1, len(matrices))
    for number, matrix in enumerate(matrices):
        left = number * place + (1 - WIDTH) * place
        _add(figure, number, matrix, (left, (number + 1) * place))
        figure.add_annotation(
            text=matrix.title,
            x=left,
            y=1.02,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": 13, "color": style_of(first + number).colour},
        )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        paper_bgcolor=PANEL,
        plot_bgcolor=PANEL,
        font={"color": TEXT},
    )
    return figure


def _add(figure: go.Figure, number: int, matrix: Matrix, domain: tuple[float, float]) -> None:
    suffix = "" if number == 0 else str(number + 1)
    shares = [[films / max(1, sum(row)) for films in row] for row in matrix.films]
    figure.add_heatmap(
        z=shares,
        x=list(matrix.said),
        y=list(matrix.true),
        zmin=0,
        zmax=1,
        colorscale=SCALE,
        showscale=False,
        text=[
            [
                f"<b>{films:,}</b><br>{escape(rounded(share, percent=True))}"
                for films, share in zip(row, part, strict=True)
            ]
            for row, part in zip(matrix.films, shares, strict=True)
        ],
        texttemplate="%{text}",
        textfont={"size": 16 if len(matrix.true) < 3 else 12, "color": TEXT},
        hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
        xaxis=f"x{suffix}",
        yaxis=f"y{suffix}",
        xgap=2,
        ygap=2,
    )
    y: dict[str, Any] = {"autorange": "reversed", "anchor": f"x{suffix}"}
    layout = {
        f"xaxis{suffix}": {**SIDE, "domain": domain, "anchor": f"y{suffix}"},
        f"yaxis{suffix}": {**SIDE, **y, "showticklabels": number == 0},
    }
    figure.update_layout(layout)
