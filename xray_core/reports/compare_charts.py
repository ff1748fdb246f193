"""The curves of a comparison as vector drawings for paper: dark lines on white, with dashes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from reportlab.graphics.shapes import Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from xray_core.evaluation.curves import (
    decision_curve,
    precision_recall_curve,
    reliability,
    roc_curve,
    treat_all,
)
from xray_core.evaluation.result import ModelResult
from xray_core.evaluation.statistics import Floats
from xray_core.plots.compare_curves import THRESHOLDS

WIDTH, HEIGHT = 245.0, 200.0
"""Points (1/72 inch)."""
LEFT, BOTTOM, TOP, RIGHT = 34.0, 30.0, 20.0, 8.0
INKS = ("#0072B2", "#D55E00", "#009E73", "#AA3377", "#8A6D00", "#444444", "#3B5BA5", "#777777")
DASHES: tuple[tuple[int, ...], ...] = (
    (),
    (7, 3),
    (2, 2),
    (8, 2, 2, 2),
    (12, 4),
    (4, 1),
    (1, 3),
    (),
)
GREY = HexColor("#9aa3ab")
KEY = 24.0
"""Length of a line in the legend, points: it fits beside the model's name."""
TICKS = 5
STEP = 0.25
"""The decision curve ends at a multiple of it, so that its ticks are round numbers."""


@dataclass(frozen=True)
class Line2D:
    """One line of a chart: points, ink and dash."""

    x: Sequence[float] | Floats
    y: Sequence[float] | Floats
    ink: Color = field(default_factory=lambda: GREY)
    dash: tuple[int, ...] = ()
    width: float = 1.4


def ink_of(number: int) -> tuple[Color, tuple[int, ...]]:
    """Return ink and dash of the model at this place of the comparison."""
    return HexColor(INKS[number % len(INKS)]), DASHES[number % len(DASHES)]


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
        curve = precision_recall_curve(one.p, one.truth)
        precision.append(Line2D(curve.x, curve.y, ink, dash))
        bins = reliability(one.p, one.truth)
        calibrated.append(Line2D(bins.said, bins.true, ink, dash))
        curve = decision_curve(one.p, one.truth, THRESHOLDS)
        benefit.append(Line2D(curve.x, curve.y, ink, dash))
    first = next((one for one in opinions if len(one)), None)
    if first is not None:
        everyone = treat_all(first.truth, THRESHOLDS)
        benefit += [Line2D(everyone.x, everyone.y, dash=(1, 2), width=0.8)]
    top = max([0.05, *(float(np.max(line.y)) for line in benefit if len(line.y))])
    highest = math.ceil(top / STEP - 1e-9) * STEP
    return [
        chart("ROC", "1 - specificity", "sensitivity", roc),
        chart("Precision and recall", "recall", "precision", precision),
        chart("Reliability", "P(pneumonia) said", "films with pneumonia", calibrated),
        chart("Decision curve", "threshold probability", "net benefit", benefit, highest),
    ]


def chart(title: str, x: str, y: str, lines: Sequence[Line2D], highest: float = 1.0) -> Drawing:
    """Draw lines over [0, 1] × [0, highest]; what lies outside is cut off.

    Args:
        title: above it.
        x: below the axis.
        y: beside the axis, written along the top so that it needs no turning.
        lines: see `Line2D`.
        highest: top of the y axis.
    """
    drawing = Drawing(WIDTH, HEIGHT)
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - TOP
    drawing.add(Rect(LEFT, BOTTOM, wide, tall, fillColor=None, strokeColor=GREY, strokeWidth=0.6))
    drawing.add(_text(LEFT, HEIGHT - 12, title, 9.5, bold=True))
    drawing.add(_text(WIDTH - RIGHT, HEIGHT - 12, f"vertical: {y}", 7, anchor="end"))
    drawing.add(_text(LEFT + wide / 2, 6, x, 7.5, anchor="middle"))
    for k in range(TICKS + 1):
        part = k / TICKS
        at_x, at_y = LEFT + part * wide, BOTTOM + part * tall
        drawing.add(Line(at_x, BOTTOM, at_x, BOTTOM - 3, strokeColor=GREY, strokeWidth=0.6))
        drawing.add(Line(LEFT, at_y, LEFT - 3, at_y, strokeColor=GREY, strokeWidth=0.6))
        drawing.add(_text(at_x, BOTTOM - 11, f"{part:.1f}", 6.5, anchor="middle"))
        drawing.add(_text(LEFT - 5, at_y - 2, f"{part * highest:.2g}", 6.5, anchor="end"))
    for line in lines:
        for run in _runs(line, highest):
            points = [
                value
                for px, py in run
                for value in (LEFT + px * wide, BOTTOM + py / highest * tall)
            ]
            drawing.add(
                PolyLine(
                    points,
                    strokeColor=line.ink,
                    strokeWidth=line.width,
                    strokeDashArray=list(line.dash) or None,
                    strokeLineJoin=1,
                )
            )
    return drawing


def key_line(number: int) -> Drawing:
    """Return a short piece of a model's line, for the legend."""
    ink, dash = ink_of(number)
    drawing = Drawing(KEY, 8)
    drawing.add(
        PolyLine(
            [0, 4, KEY, 4], strokeColor=ink, strokeWidth=1.8, strokeDashArray=list(dash) or None
        )
    )
    return drawing


def _runs(line: Line2D, highest: float) -> list[list[tuple[float, float]]]:
    """Return the parts of a line that lie within the chart, each at least two points long."""
    runs: list[list[tuple[float, float]]] = [[]]
    for px, py in zip(np.asarray(line.x).tolist(), np.asarray(line.y).tolist(), strict=True):
        if -1e-9 <= px <= 1 + 1e-9 and -1e-9 <= py <= highest + 1e-9:
            runs[-1].append((px, py))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _text(
    x: float, y: float, text: str, size: float, *, bold: bool = False, anchor: str = "start"
) -> String:
    font = "Helvetica-Bold" if bold else "Helvetica"
    return String(x, y, text, fontName=font, fontSize=size, textAnchor=anchor)
