"""What a model costs against how good it is."""

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from xray_core.evaluation.reliance_words import beside_auc
from xray_core.evaluation.result import ModelResult
from xray_core.plots.compare_style import axis, layout, style_of
from xray_core.plots.compare_words import films_of

Against = Literal["latency", "size"]
AXES: dict[Against, str] = {
    "latency": "Time for one film on this machine (ms)",
    "size": "Size of the bundle (MB)",
}


def cost_figure(models: Sequence[ModelResult], against: Against) -> go.Figure:
    """Draw the AUC with its interval against the time for a film, or the size of the bundle.

    A model without an AUC, or whose cost was not measured, is left out.
    """
    figure = go.Figure()
    for number, (model, films) in enumerate(zip(models, films_of(models), strict=True)):
        auc, cost, style = model.measured["auc"], model.contender.cost, style_of(number)
        if auc.value is None or cost is None:
            continue
        x = cost.latency_ms if against == "latency" else cost.size_bytes / 1e6
        low, high = auc.low, auc.high
        known = low is not None and high is not None
        figure.add_scatter(
            x=[x],
            y=[auc.value],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [high - auc.value if high is not None and known else 0],
                "arrayminus": [auc.value - low if low is not None and known else 0],
                "color": style.colour,
                "thickness": 1.5,
                "width": 5,
            },
            mode="markers+text",
            text=[f"  {model.name}" + (f"<br>  {films}" if films else "")],
            textposition="middle right",
            marker={"symbol": style.symbol, "size": 13, "color": style.colour},
            name=model.name,
            cliponaxis=False,
            hovertemplate="%{x:.1f}: AUC %{y:.3f}<br>"
            + beside_auc(model.measured.figures)
            + "<extra>"
            + model.name
            + "</extra>",
        )
    figure.update_layout(**layout(axis(AXES[against], rangemode="tozero"), axis("AUC")))
    figure.update_layout(showlegend=False, margin={"r": 130})
    return figure
