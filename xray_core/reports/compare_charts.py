"""The curves, the trainings and the costs of a comparison as vector drawings for paper."""

import math
from collections.abc import Sequence

import numpy as np
from reportlab.graphics.shapes import Drawing

from xray_core.evaluation.curves import (
    decision_curve,
    precision_recall_curve,
    reliability,
    roc_curve,
    stepped,
)
from xray_core.evaluation.result import ModelResult
from xray_core.plots.compare_curves import THRESHOLDS, call_all
from xray_core.plots.compare_training import TITLES, figures_recorded, recorded
from xray_core.reports.compare_drawing import Frame, Line2D, chart, ink_of, round_ends

STEP = 0.25
"""The decision curve ends at a multiple of it, so that its ticks are round numbers."""


def charts(models: Sequence[ModelResult]) -> list[Drawing]:
    """Return the ROC, precision-recall, reliability and decision curves."""
    diagonal = Line2D([0, 1], [0, 1], width=0.7)
    opinions = [model.measured.opinions for model in models]
    inks = [ink_of(number) for number in range(len(models))]
    roc, precision, calibrated, benefit = [diagonal], [], [diagonal], []
    for one, (ink, dash) in zip(opinions, inks, strict=True):
        if not len(one):
            continue
        curve = roc_curve(one.p, one.truth)
        roc.append(Line2D(curve.x, curve.y, ink, dash))
        curve = stepped(precision_recall_curve(one.p, one.truth))
        precision.append(Line2D(curve.x, curve.y, ink, dash))
        bins = reliability(one.p, one.truth)
        calibrated.append(Line2D(bins.said, bins.true, ink, dash))
        curve = decision_curve(one.p, one.truth, THRESHOLDS)
        benefit.append(Line2D(curve.x, curve.y, ink, dash))
    for curve in call_all(models).values():
        benefit.append(Line2D(curve.x, curve.y, dash=(1, 2), width=0.8))
    top = max([0.05, *(float(np.max(line.y)) for line in benefit if len(line.y))])
    frame = Frame(top=math.ceil(top / STEP - 1e-9) * STEP)
    return [
        chart("ROC", "1 - specificity", "sensitivity", roc),
        chart("Precision and recall", "recall", "precision", precision),
        chart("Reliability", "P(pneumonia) said", "films with pneumonia", calibrated),
        chart("Decision curve", "threshold probability", "net benefit", benefit, frame),
    ]


def training_charts(models: Sequence[ModelResult]) -> list[Drawing]:
    """Return one chart for each figure that any training has recorded, epoch by epoch."""
    trainings = [model.contender.manifest.training for model in models]
    drawn = []
    for name in figures_recorded(trainings):
        lines = []
        for number, training in enumerate(trainings):
            epochs = [e for e in recorded(training) if isinstance(e.get(name), int | float)]
            points = [e["epoch"] for e in epochs], [e[name] for e in epochs]
            lines.append(Line2D(*points, *ink_of(number), marked=len(epochs) == 1))
        title = TITLES.get(name, name.replace("_", " "))
        drawn.append(chart(title, "epoch", "", lines, _around(lines)))
    return drawn


def cost_charts(models: Sequence[ModelResult]) -> list[Drawing]:
    """Return the AUC with its interval against time and size; none where nothing was timed."""
    latency: list[Line2D] = []
    size: list[Line2D] = []
    for number, model in enumerate(models):
        auc, cost, (ink, _) = model.measured["auc"], model.contender.cost, ink_of(number)
        if auc.value is None or cost is None:
            continue
        ends = [end for end in (auc.low, auc.high) if end is not None]
        for lines, x in ((latency, cost.latency_ms), (size, cost.size_bytes / 1e6)):
            lines.append(Line2D([x], [auc.value], ink, marked=True))
            lines.append(Line2D([x] * len(ends), ends, ink))
    if not latency:
        return []
    return [
        chart(title, x, "AUC", lines, _around(lines, from_zero=True))
        for title, x, lines in (
            ("AUC and time", "ms for one film on this machine", latency),
            ("AUC and size", "MB of the bundle", size),
        )
    ]


def _around(lines: Sequence[Line2D], *, from_zero: bool = False) -> Frame:
    """Return the frame that holds all lines; its left end is 0 where that is asked."""
    x = [float(value) for line in lines for value in line.x]
    y = [float(value) for line in lines for value in line.y]
    return Frame(*round_ends([0.0, *x] if from_zero else x), *round_ends(y))
