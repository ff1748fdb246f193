"""How large and how bright the films are, by class."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from xray_core.datasets.audit.measure import State
from xray_core.labels import TITLES
from xray_core.plots.audit_counts import UNLABELLED
from xray_core.plots.audit_look import CLASS_COLOURS, layout
from xray_core.plots.colours import MUTED

MOST_DOTS = 4_000
_SHOWN = ("mean", "spread", "sharpness")
AXES = {
    "mean": "Mean brightness of a film, 0 to 1",
    "spread": "Standard deviation of the brightness",
    "sharpness": "Sharpness: standard deviation of the Laplacian",
}


def size_figure(facts: pd.DataFrame, labels: pd.Series) -> go.Figure:
    """Draw the films by width and height; of very many, some drawn evenly.

    Args:
        facts: of a `Survey`.
        labels: label of each film, the same index.
    """
    figure = go.Figure()
    read = facts["state"] == State.READ
    step = max(1, int(read.sum()) // MOST_DOTS)
    for label in sorted(labels[read].unique()):
        films = facts[read & (labels == label)].iloc[::step]
        figure.add_scatter(
            x=films["width"],
            y=films["height"],
            mode="markers",
            name=TITLES.get(label, label) or UNLABELLED,
            marker={"color": CLASS_COLOURS.get(label, MUTED), "size": 6, "opacity": 0.55},
            hovertemplate="%{x} × %{y} px<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(**_legend(_titled("Width in pixels", "Height in pixels")))
    return figure


def intensity_figure(facts: pd.DataFrame, labels: pd.Series, what: str = "mean") -> go.Figure:
    """Draw how a measure of the films is spread in each class, as shares of the class.

    Args:
        facts: of a `Survey`.
        labels: label of each film, the same index.
        what: `mean`, `spread` or `sharpness`.

    Raises:
        ValueError: another measure.
    """
    if what not in _SHOWN:
        raise ValueError(f"{what!r} is none of {', '.join(_SHOWN)}.")
    read = facts["state"] == State.READ
    values = facts[what][read].to_numpy(float)
    edges = np.histogram_bin_edges(values, 40) if len(values) else np.linspace(0, 1, 41)
    middles = (edges[1:] + edges[:-1]) / 2
    figure = go.Figure()
    for label in sorted(labels[read].unique()):
        counts, _ = np.histogram(facts[what][read & (labels == label)].to_numpy(float), edges)
        figure.add_scatter(
            x=middles,
            y=counts / max(counts.sum(), 1),
            mode="lines",
            line={"shape": "hvh", "color": CLASS_COLOURS.get(label, MUTED), "width": 2},
            name=TITLES.get(label, label) or UNLABELLED,
            hovertemplate="%{x:.3g}: %{y:.1%}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(**_legend(_titled(AXES[what], "Share of the class")))
    figure.update_yaxes(tickformat=".0%")
    return figure


def _titled(x: str, y: str) -> dict[str, dict[str, object]]:
    font = {"size": 12, "color": MUTED}
    return {
        "xaxis": {"title": {"text": x, "font": font}},
        "yaxis": {"title": {"text": y, "font": font}},
    }


def _legend(axes: dict[str, dict[str, object]]) -> dict[str, object]:
    return layout(
        300,
        showlegend=True,
        legend={"orientation": "h", "y": 1.14, "x": 0, "font": {"size": 12}},
        margin={"l": 0, "r": 8, "t": 36, "b": 8},
        **axes,
    )
