"""How a training goes: loss, areas under the curve and rate, epoch by epoch."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from xray_core.plots.colours import GRID, MUTED, PANEL, TEXT

Row = Mapping[str, float]
"""One epoch: `epoch`, and figures such as `loss`, `validation_loss`, `validation_auc`, `rate`."""

PANELS = {
    "loss": "Loss",
    "auc": "AUC",
    "accuracy": "Accuracy",
    "recall": "Recall",
    "dice": "Dice",
    "rate": "Learning rate",
}
"""A figure goes to the panel whose word its name ends with; others are not drawn."""

LOOKS = {
    "": ("Training", MUTED, "dot"),
    "validation": ("Validation", "#56B4E9", "solid"),
    "stressed": ("Stressed validation", "#E69F00", "dash"),
    "styled": ("Validation, style evened out", "#CC79A7", "dashdot"),
}
"""By what stands before the panel's word: name, colour of Okabe and Ito, and dash, so that lines
are told apart without colour too."""
OTHER = ("#009E73", "#D55E00", "#F0E442", "#0072B2")

SHARES = ("auc", "accuracy", "recall", "dice")
"""Figures that are never above 1."""

SHORT = 10
"""Epochs that there is always room for, if the run has as many."""
FEW = 60
"""Epochs up to which each is marked with a dot."""
HEIGHT = 270


def learning_curves(rows: Sequence[Row], epochs: int) -> go.Figure:
    """Draw every figure of the epochs so far, one panel for each kind, side by side.

    Args:
        rows: in the order of their epochs; at least one.
        epochs: of the whole run; the axis has room for as many again, and ends with the run.
    """
    found = _panels(rows)
    figure = make_subplots(
        1, len(found), subplot_titles=[PANELS[word] for word in found], horizontal_spacing=0.06
    )
    named: set[str] = set()
    for column, (word, names) in enumerate(found.items(), start=1):
        for name in names:
            trace = _line(rows, name, word)
            trace.showlegend = word != "rate" and trace.name not in named
            named.add(trace.name)
            figure.add_trace(trace, 1, column)
        figure.update_yaxes(tickformat=".1e" if word == "rate" else ".3~g", row=1, col=column)
        if word in SHARES:
            least = min(row[name] for row in rows for name in names if name in row)
            figure.update_yaxes(range=[max(0.0, least - 0.05), 1.01], row=1, col=column)
    figure.update_xaxes(
        range=[0.5, max(min(epochs, max(SHORT, 2 * len(rows))), len(rows)) + 0.5],
        title={"text": "epoch", "font": {"size": 11}, "standoff": 4},
        tickformat="d",
        gridcolor=GRID,
        zeroline=False,
    )
    figure.update_yaxes(gridcolor=GRID, zeroline=False)
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        paper_bgcolor=PANEL,
        plot_bgcolor=PANEL,
        font={"color": TEXT, "size": 11},
        legend={"orientation": "h", "y": -0.32, "x": 0, "font": {"color": MUTED}},
        hovermode="x unified",
        hoverlabel={"bgcolor": "#151a20", "font": {"color": TEXT}},
        uirevision="kept",  # a zoom stays while epochs are added
    )
    return figure


def _panels(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return the names of the figures by the word of their panel, in the order of `PANELS`."""
    names = sorted({name for row in rows for name in row})
    found = {word: [n for n in names if n == word or n.endswith(f"_{word}")] for word in PANELS}
    return {word: some for word, some in found.items() if some}


def _line(rows: Sequence[Row], name: str, word: str) -> go.Scatter:
    what = name.removesuffix(word).rstrip("_")
    title, colour, dash = LOOKS.get(what, (what.replace("_", " ").capitalize(), _other(what), None))
    with_it = [row for row in rows if name in row]
    return go.Scatter(
        x=[row["epoch"] for row in with_it],
        y=[row[name] for row in with_it],
        name=title,
        legendgroup=title,
        mode="lines+markers" if len(rows) <= FEW else "lines",
        line={"color": colour, "dash": dash, "width": 2},
        marker={"size": 5},
        hovertemplate="%{y:.4g}",
    )


def _other(what: str) -> str:
    return OTHER[sum(what.encode()) % len(OTHER)]
