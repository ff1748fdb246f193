"""ROC, precision-recall, reliability and decision curves of several models in one chart each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from xray_core.bundle import Interval
from xray_core.evaluation.curves import (
    Curve,
    Reliability,
    decision_curve,
    precision_recall_curve,
    reliability,
    roc_curve,
    treat_all,
)
from xray_core.evaluation.reliance_words import beside_auc
from xray_core.evaluation.result import ModelResult
from xray_core.plots.colours import MUTED, PANEL
from xray_core.plots.compare_style import axis, layout, style_of
from xray_core.plots.compare_words import films_of, rounded

THRESHOLDS = np.linspace(0.01, 0.95, 95)
"""Of the decision curve: at 1 the odds of a false alarm are without end."""


def roc_figure(models: Sequence[ModelResult], thresholds: Sequence[float]) -> go.Figure:
    """Draw the ROC curves, each with a mark at its threshold.

    Args:
        models: in the order that gives them their styles.
        thresholds: where each model's mark stands.
    """
    figure = _figure("1 − specificity (false alarms)", "Sensitivity")
    _reference(figure, [0, 1], [0, 1], "knows nothing")
    for number, (model, name) in enumerate(zip(models, _names(models), strict=True)):
        opinions, name = model.measured.opinions, _named(name, model.measured["auc"], "AUC")
        curve = roc_curve(opinions.p, opinions.truth)
        _add(figure, number, curve, name, step=False, more=beside_auc(model.measured.figures))
        called = opinions.p >= thresholds[number]
        if len(curve.x):
            alarms = float(called[~opinions.truth].mean())
            _mark(figure, number, alarms, float(called[opinions.truth].mean()), thresholds[number])
    return figure


def precision_recall_figure(
    models: Sequence[ModelResult], thresholds: Sequence[float]
) -> go.Figure:
    """Draw the precision-recall curves, each with a mark at its threshold."""
    figure = _figure("Recall (sensitivity)", "Precision")
    for number, (model, name) in enumerate(zip(models, _names(models), strict=True)):
        opinions = model.measured.opinions
        name = _named(name, model.measured["average_precision"], "area")
        curve = precision_recall_curve(opinions.p, opinions.truth)
        _add(figure, number, curve, name, step=True)
        called = opinions.p >= thresholds[number]
        if len(curve.x) and called.any():
            recall = float(called[opinions.truth].mean())
            precision = float(opinions.truth[called].mean())
            _mark(figure, number, recall, precision, thresholds[number])
    return figure


def reliability_figure(models: Sequence[ModelResult]) -> go.Figure:
    """Draw what each model says against what is true, with the 95 % interval of each bin."""
    return calibration_figure(
        [
            (
                _named(name, model.measured["ece"], "error"),
                reliability(model.measured.opinions.p, model.measured.opinions.truth),
            )
            for model, name in zip(models, _names(models), strict=True)
        ]
    )


def calibration_figure(curves: Sequence[tuple[str, Reliability]]) -> go.Figure:
    """Draw what was said against what was true, with the 95 % interval of each bin.

    Args:
        curves: each with its name, in the order that gives them their styles.
    """
    figure = _figure("P(pneumonia) said", "Films with pneumonia")
    _reference(figure, [0, 1], [0, 1], "calibrated")
    for number, (name, found) in enumerate(curves):
        style = style_of(number)
        figure.add_scatter(
            x=found.said.tolist(),
            y=found.true.tolist(),
            error_y={
                "type": "data",
                "symmetric": False,
                "array": (found.high - found.true).tolist(),
                "arrayminus": (found.true - found.low).tolist(),
                "color": style.colour,
                "thickness": 1,
                "width": 3,
            },
            customdata=found.films.tolist(),
            mode="lines+markers",
            name=name,
            line={"color": style.colour, "dash": style.dash, "width": 2},
            marker={"symbol": style.symbol, "size": 9, "color": style.colour},
            hovertemplate="said %{x:.2f}, true %{y:.2f}, %{customdata} films<extra></extra>",
        )
    return figure


def decision_figure(models: Sequence[ModelResult]) -> go.Figure:
    """Draw the net benefit of acting on each model, against acting on all films or on none."""
    figure = _figure("Threshold probability at which one would act", "Net benefit")
    highest = 0.05
    for number, (model, name) in enumerate(zip(models, _names(models), strict=True)):
        opinions = model.measured.opinions
        if not len(opinions):
            continue
        curve = decision_curve(opinions.p, opinions.truth, THRESHOLDS)
        _add(figure, number, curve, name, step=False)
        highest = max(highest, float(curve.y.max()))
    for name, everyone in call_all(models).items():
        _reference(figure, everyone.x.tolist(), everyone.y.tolist(), name, "dot")
    _reference(figure, [0, 1], [0, 0], "call none")
    figure.update_yaxes(range=[-0.05, 1.08 * highest])
    return figure


def call_all(models: Sequence[ModelResult]) -> dict[str, Curve]:
    """Return the net benefit of calling every film pneumonia, by its name in a legend.

    One curve serves all models whose films have the same share of pneumonia; others have their own.
    """
    found: dict[float, list[ModelResult]] = {}
    for model in models:
        truth = model.measured.opinions.truth
        if len(truth):
            found.setdefault(float(truth.mean()), []).append(model)
    return {
        "call all pneumonia"
        + (f", films of {', '.join(m.name for m in sharing)}" if len(found) > 1 else ""): treat_all(
            sharing[0].measured.opinions.truth, THRESHOLDS
        )
        for sharing in found.values()
    }


def _figure(x: str, y: str) -> go.Figure:
    figure = go.Figure()
    ends = (-0.02, 1.02)
    figure.update_layout(**layout(axis(x, ends), axis(y, ends)))
    return figure


def _names(models: Sequence[ModelResult]) -> list[str]:
    """Return the models' names, with how many films each is drawn of where these differ."""
    named = zip(models, films_of(models), strict=True)
    return [f"{model.name}, {films}" if films else model.name for model, films in named]


def _named(name: str, found: Interval, what: str) -> str:
    if found.value is None:
        return f"{name} ({what} undefined)"
    ends = [rounded(end) for end in (found.low, found.high) if end is not None]
    return f"{name}, {what} {rounded(found.value)}" + (f" ({' to '.join(ends)})" if ends else "")


def _add(
    figure: go.Figure, number: int, curve: Curve, name: str, *, step: bool, more: str = ""
) -> None:
    style = style_of(number)
    head = "<br>".join(words for words in (name, more) if words)
    figure.add_scatter(
        x=curve.x.tolist(),
        y=curve.y.tolist(),
        mode="lines",
        name=name,
        line={
            "color": style.colour,
            "dash": style.dash,
            "width": 2.5,
            "shape": "vh" if step else "linear",
        },
        hovertemplate=f"{head}<br>x %{{x:.3f}}, y %{{y:.3f}}<extra></extra>",
    )


def _mark(figure: go.Figure, number: int, x: float, y: float, threshold: float) -> None:
    style = style_of(number)
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        showlegend=False,
        marker={
            "symbol": style.symbol,
            "size": 13,
            "color": style.colour,
            "line": {"color": PANEL, "width": 2},
        },
        hovertemplate=f"threshold {threshold:.3f}: x %{{x:.3f}}, y %{{y:.3f}}<extra></extra>",
    )


def _reference(figure: go.Figure, x: Any, y: Any, name: str, dash: str = "solid") -> None:
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=name,
        line={"color": MUTED, "width": 1, "dash": dash},
        opacity=0.7,
        hoverinfo="skip",
    )
