"""How many films there are of each class, in each split."""

import pandas as pd
import plotly.graph_objects as go

from xray_core.labels import CLASSES, PNEUMONIA, TITLES
from xray_core.plots.audit_look import CLASS_COLOURS, layout
from xray_core.plots.colours import MUTED

UNLABELLED, NO_SPLIT = "Without a class", "No split"
_SPLITS = ("train", "val", "test", "")


def count_figure(table: pd.DataFrame) -> go.Figure:
    """Draw films by split and class as bars with their numbers.

    Args:
        table: of a `Dataset`.
    """
    counts = table.groupby(["split", "label"]).size().unstack(fill_value=0)
    splits = [split for split in _SPLITS if split in counts.index]
    ordered = [*CLASSES, PNEUMONIA, ""]
    labels = [name for name in ordered if name in counts.columns]
    labels += [name for name in counts.columns if name not in ordered]
    figure = go.Figure()
    for label in labels:
        values = [int(counts.loc[split, label]) for split in splits]
        figure.add_bar(
            name=TITLES.get(label, label) or UNLABELLED,
            x=[split or NO_SPLIT for split in splits],
            y=values,
            text=[f"{value:,}" for value in values],
            textposition="outside",
            cliponaxis=False,
            marker={"color": CLASS_COLOURS.get(label, MUTED)},
            hovertemplate="%{x}, %{fullData.name}: %{y:,} films<extra></extra>",
        )
    figure.update_layout(
        **layout(
            300,
            barmode="group",
            bargap=0.25,
            showlegend=True,
            legend={"orientation": "h", "y": 1.14, "x": 0, "font": {"size": 12}},
            margin={"l": 0, "r": 8, "t": 36, "b": 8},
        )
    )
    return figure
