"""The training curves of several models in one chart."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from xray_core.plots.compare_style import axis, layout, style_of

TITLES = {
    "loss": "Training loss",
    "validation_loss": "Validation loss",
    "validation_auc": "Validation AUC",
    "stressed_loss": "Loss on stressed validation films",
    "stressed_auc": "AUC on stressed validation films",
    "styled_loss": "Loss weighted against style",
    "styled_auc": "AUC weighted against style",
    "validation_accuracy": "Validation accuracy",
    "validation_recall": "Validation recall",
    "rate": "Learning rate",
}


def recorded(training: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the epochs that a bundle's `training` records; none for a model that has no epochs."""
    history = training.get("history", [])
    return [epoch for epoch in history if isinstance(epoch, dict) and "epoch" in epoch]


def figures_recorded(histories: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of the figures that any of these trainings records, validation first."""
    found = {
        name
        for training in histories
        for epoch in recorded(training)
        for name, value in epoch.items()
        if name != "epoch" and isinstance(value, int | float)
    }
    order = ["validation_auc", "validation_loss", "loss", "stressed_auc", "stressed_loss"]
    return [*(n for n in order if n in found), *sorted(found - set(order))]


def training_figure(
    trainings: Sequence[tuple[str, Mapping[str, Any]]], figure_name: str
) -> go.Figure:
    """Draw one figure of each model's training, epoch by epoch.

    Args:
        trainings: name and `training` of each bundle, in the order that gives them their styles.
        figure_name: one that `figures_recorded` gives.
    """
    figure = go.Figure()
    for number, (name, training) in enumerate(trainings):
        epochs = [e for e in recorded(training) if e.get(figure_name) is not None]
        style = style_of(number)
        figure.add_scatter(
            x=[epoch["epoch"] for epoch in epochs],
            y=[epoch[figure_name] for epoch in epochs],
            mode="lines+markers",
            name=name if epochs else f"{name} (not recorded)",
            line={"color": style.colour, "dash": style.dash, "width": 2},
            marker={"symbol": style.symbol, "size": 6, "color": style.colour},
            hovertemplate="epoch %{x}: %{y:.4f}<extra>" + name + "</extra>",
        )
    title = TITLES.get(figure_name, figure_name.replace("_", " "))
    figure.update_layout(**layout(axis("Epoch"), axis(title)))
    return figure
