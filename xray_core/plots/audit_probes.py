"""How well each probe tells the class."""

import plotly.graph_objects as go

from xray_core.datasets.audit import Audit, Verdict
from xray_core.plots.audit_look import VERDICT_COLOURS, layout
from xray_core.plots.colours import MUTED, TEXT

WORDS = {Verdict.FINE: "fine", Verdict.WARNING: "warning", Verdict.SERIOUS: "serious"}
SHORT = {
    "file": "File size and format",
    "dimensions": "Dimensions",
    "border": "Outer border alone",
    "thumbnail": "16-pixel thumbnail",
    "sharpness": "Sharpness",
    "markers": "Corner markers",
}


def probe_figure(audit: Audit) -> go.Figure | None:
    """Draw the AUC of every probe with its 95 % interval, chance at the left; None without any.

    The verdict stands in words behind the number: colour alone says nothing here.
    """
    probes = [probe for probe in audit.probes if probe.auc is not None and probe.interval]
    if not probes:
        return None
    names = [SHORT.get(probe.name, probe.title) for probe in probes]
    values = [probe.auc or 0.0 for probe in probes]
    ends = [probe.interval or (0.0, 0.0) for probe in probes]
    figure = go.Figure(
        go.Bar(
            x=[max(0.0, value - 0.5) for value in values],
            base=0.5,
            y=names,
            orientation="h",
            marker={"color": [VERDICT_COLOURS[probe.verdict] for probe in probes]},
            customdata=[[v, p.contrast] for v, p in zip(values, probes, strict=True)],
            hovertemplate="%{y}: AUC %{customdata[0]:.3f}, %{customdata[1]}<extra></extra>",
        )
    )
    figure.add_scatter(  # not on the bars, which have no end below chance
        x=values,
        y=names,
        mode="markers",
        marker={"color": TEXT, "size": 4},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [end[1] - v for v, end in zip(values, ends, strict=True)],
            "arrayminus": [v - end[0] for v, end in zip(values, ends, strict=True)],
            "color": TEXT,
            "thickness": 1.4,
            "width": 4,
        },
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[max(0.5, end[1]) for end in ends],
        y=names,
        mode="text",
        text=[f"  {v:.3f}  {WORDS[p.verdict]}" for v, p in zip(values, probes, strict=True)],
        textposition="middle right",
        textfont={"color": TEXT, "size": 13},
        cliponaxis=False,
        hoverinfo="skip",
    )
    axis = {
        "range": [min(0.4, *(end[0] - 0.02 for end in ends)), 1.0],
        "tickvals": [0.5, 0.6, 0.7, 0.8, 0.9, 1],
        "tickangle": 0,
        "tickfont": {"color": MUTED, "size": 11},
    }
    rows = {"autorange": "reversed", "ticksuffix": "  "}
    margin = {"l": 0, "r": 130, "t": 8, "b": 8}
    figure.update_layout(
        **layout(44 + 34 * len(probes), xaxis=axis, yaxis=rows, margin=margin, bargap=0.4)
    )
    return figure
