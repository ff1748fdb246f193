"""The mean film of each class, and how they differ."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from xray_core.labels import CLASSES, PNEUMONIA, TITLES
from xray_core.plots.audit_look import layout
from xray_core.plots.colours import MUTED, TEXT

ROOM = 520
"""Width on the page in pixels, by which the height is chosen."""

MOST = 4
"""Classes that are drawn beside each other."""


def mean_figure(means: Mapping[str, NDArray[np.float32]]) -> go.Figure | None:
    """Draw the mean film of each class and, below, each class less the first.

    Where the classes differ along the border, class and source are mixed: disease is not there.
    Red is denser than in the first class, blue less dense; the scale is the same for all.

    Args:
        means: label → float32 (H, W) in [0, 1]; films without a label are left out.

    Returns:
        The figure, or None where no class has a film.
    """
    order = {name: i for i, name in enumerate([*CLASSES, PNEUMONIA])}
    names = sorted((n for n in means if n), key=lambda n: (order.get(n, 9), n))[:MOST]
    if not names:
        return None
    differ = len(names) > 1
    titles = [TITLES.get(name, name) for name in names]
    below = [f"{title} − {titles[0]}" if i else "" for i, title in enumerate(titles)]
    figure = make_subplots(
        rows=2 if differ else 1,
        cols=len(names),
        subplot_titles=[*titles, *(below if differ else [])],
        horizontal_spacing=0.02,
        vertical_spacing=0.08,
    )
    differences = [means[name] - means[names[0]] for name in names]
    most = max(0.02, max(float(np.abs(d).max()) for d in differences))
    for column, name in enumerate(names, 1):
        figure.add_heatmap(
            z=means[name], colorscale="gray", zmin=0, zmax=1, showscale=False, row=1, col=column,
            hovertemplate="brightness %{z:.2f}<extra></extra>",
        )  # fmt: skip
        if column > 1:
            figure.add_heatmap(
                z=differences[column - 1], colorscale="RdBu_r", zmid=0, zmin=-most, zmax=most,
                showscale=column == len(names), row=2, col=column,
                colorbar={"len": 0.42, "y": 0.22, "thickness": 10, "tickfont": {"color": MUTED}},
                hovertemplate="difference %{z:+.2f}<extra></extra>",
            )  # fmt: skip
    side = ROOM / max(2, len(names))
    height = round((2 if differ else 1) * side + 70)
    margin = {"l": 0, "r": 8, "t": 26, "b": 0}
    figure.update_layout(**layout(height, margin=margin))
    figure.update_annotations(font={"size": 13, "color": TEXT})
    figure.update_xaxes(visible=False, constrain="domain", fixedrange=True)
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", fixedrange=True)
    for column in range(1, len(names) + 1):
        for row in (1, 2) if differ else (1,):
            index = (row - 1) * len(names) + column
            anchor = "x" if index == 1 else f"x{index}"
            figure.update_yaxes(scaleanchor=anchor, row=row, col=column)
    return figure
