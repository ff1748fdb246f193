"""The probabilities of an opinion as bars."""

from typing import Any

import plotly.graph_objects as go

from xray_core.inference.prediction import Decision, Prediction
from xray_core.labels import BACTERIAL, COVID, NORMAL, PNEUMONIA, TITLES, VIRAL
from xray_core.plots.colours import GRID, MUTED, PANEL, TEXT
from xray_core.plots.opinion import percent

COLOURS = {
    PNEUMONIA: "#56B4E9",
    NORMAL: "#009E73",
    BACTERIAL: "#D55E00",
    VIRAL: "#E69F00",
    COVID: "#CC79A7",
}
"""Okabe and Ito's colours, told apart by colour-blind readers; the words stand beside them."""

KINDS = {BACTERIAL: "Bacterial", VIRAL: "Viral"}
"""Short beside the bar of pneumonia, so that a narrow window shows them whole."""
NUMBERS_WIDTH = 74
"""Pixels kept free on the right for a number beside a full bar."""


def probability_figure(prediction: Prediction) -> go.Figure:
    """Draw the calibrated probabilities as horizontal bars with their numbers.

    Pneumonia comes first, with the operating point as a mark across its bar, then each output.
    Where the model abstains the bars are faint and without the mark: nothing is decided there.

    Raises:
        ValueError: the prediction holds no probabilities.
    """
    if prediction.probabilities is None or prediction.p_pneumonia is None:
        raise ValueError(f"{prediction.source} has no probabilities to draw.")
    rows = {PNEUMONIA: prediction.p_pneumonia, **prediction.probabilities}
    names = list(rows)
    decided = prediction.decision is not Decision.ABSTAIN
    short = TITLES | KINDS
    titles = [f"<b>{TITLES[n]}</b>" if n == PNEUMONIA else short.get(n, n) for n in names]
    figure = go.Figure(
        go.Bar(
            x=[rows[n] for n in names],
            y=titles,
            orientation="h",
            marker={
                "color": [COLOURS.get(n, MUTED) for n in names],
                "opacity": 1.0 if decided else 0.35,
            },
            hovertemplate="%{y}: %{x:.2%}<extra></extra>",
        )
    )
    # The operating point is marked on the first bar, so its number stands behind the mark.
    mark = prediction.threshold if prediction.threshold is not None and decided else 0.0
    ends = [max(rows[PNEUMONIA], mark), *(rows[n] for n in names[1:])]
    figure.add_scatter(
        x=ends,
        y=titles,
        mode="text",
        text=[f" {percent(rows[n], 1)}" for n in names],
        textposition="middle right",
        textfont={"color": TEXT, "size": 14},
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_layout(**_bar_layout(len(names)))
    if mark:
        _mark_threshold(figure, mark)
    return figure


def _bar_layout(rows: int) -> dict[str, Any]:
    return {
        "height": 30 * rows + 26,
        "margin": {"l": 0, "r": NUMBERS_WIDTH, "t": 4, "b": 20},
        "bargap": 0.35,
        "paper_bgcolor": PANEL,
        "plot_bgcolor": PANEL,
        "font": {"color": TEXT, "size": 14},
        "xaxis": {
            "range": [0, 1],
            "tickvals": [0, 0.5, 1],
            "ticktext": ["0", "50 %", "100 %"],
            "tickfont": {"color": MUTED, "size": 11},
            "gridcolor": GRID,
            "zeroline": False,
            "fixedrange": True,
        },
        "yaxis": {
            "autorange": "reversed",
            "ticksuffix": "  ",
            "fixedrange": True,
            "automargin": True,
        },
        "hoverlabel": {"bgcolor": "#151a20", "font": {"color": TEXT}},
        "showlegend": False,
    }


def _mark_threshold(figure: go.Figure, threshold: float) -> None:
    """Mark the operating point across the bar of pneumonia."""
    figure.add_shape(
        type="line",
        x0=threshold,
        x1=threshold,
        y0=-0.48,
        y1=0.48,
        line={"color": TEXT, "width": 2},
        layer="above",
    )
