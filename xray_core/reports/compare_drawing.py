"""Lines and points in a frame, as vector drawings for paper: dark on white, with dashes."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from xray_core.evaluation.statistics import Floats
from xray_core.reports.pdf_letters import in_letters

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
MARK = 2.6
"""Radius of a point."""


@dataclass(frozen=True)
class Line2D:
    """One line of a chart: points, ink and dash; `marked` draws a dot at each point."""

    x: Sequence[float] | Floats
    y: Sequence[float] | Floats
    ink: Color = field(default_factory=lambda: GREY)
    dash: tuple[int, ...] = ()
    width: float = 1.4
    marked: bool = False


@dataclass(frozen=True)
class Frame:
    """What a chart shows: from `left` to `right`, and from `bottom` to `top`."""

    left: float = 0.0
    right: float = 1.0
    bottom: float = 0.0
    top: float = 1.0

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies within it, its edges included."""
        slack_x, slack_y = 1e-9 * (self.right - self.left), 1e-9 * (self.top - self.bottom)
        across = self.left - slack_x <= x <= self.right + slack_x
        return across and self.bottom - slack_y <= y <= self.top + slack_y

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies in a drawing, in points."""
        across = (x - self.left) / (self.right - self.left)
        up = (y - self.bottom) / (self.top - self.bottom)
        wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - TOP
        return LEFT + across * wide, BOTTOM + up * tall


def round_ends(values: Iterable[float]) -> tuple[float, float]:
    """Return ends that hold all values and lie, with the ticks between, on round numbers."""
    found = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(found), max(found)
    least = 1e-6 * max(1.0, abs(low), abs(high))  # less than that a float does not tell apart
    size = 10.0 ** math.floor(math.log10(max(high - low, least) / TICKS))
    for step in (size * k for k in (1, 2, 2.5, 5, 10, 20)):
        start = math.floor(low / step + 1e-9) * step
        if start + TICKS * step >= high - 1e-9 * step:
            return start, start + TICKS * step
    raise AssertionError("the last step holds every span")


def ink_of(number: int) -> tuple[Color, tuple[int, ...]]:
    """Return ink and dash of the model at this place of the comparison."""
    return HexColor(INKS[number % len(INKS)]), DASHES[number % len(DASHES)]


def chart(title: str, x: str, y: str, lines: Sequence[Line2D], frame: Frame = Frame()) -> Drawing:
    """Draw lines in a frame; what lies outside is cut off.

    Args:
        title: above it.
        x: below the axis.
        y: beside the axis, written along the top so that it needs no turning; may be empty.
        lines: see `Line2D`.
        frame: what is shown.
    """
    drawing = Drawing(WIDTH, HEIGHT)
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - TOP
    drawing.add(Rect(LEFT, BOTTOM, wide, tall, fillColor=None, strokeColor=GREY, strokeWidth=0.6))
    drawing.add(text(LEFT, HEIGHT - 12, title, 9.5, bold=True))
    if y:
        drawing.add(text(WIDTH - RIGHT, HEIGHT - 12, f"vertical: {y}", 7, anchor="end"))
    drawing.add(text(LEFT + wide / 2, 6, x, 7.5, anchor="middle"))
    for k in range(TICKS + 1):
        at_x = frame.left + k / TICKS * (frame.right - frame.left)
        at_y = frame.bottom + k / TICKS * (frame.top - frame.bottom)
        left, bottom = frame.place(at_x, at_y)
        drawing.add(Line(left, BOTTOM, left, BOTTOM - 3, strokeColor=GREY, strokeWidth=0.6))
        drawing.add(Line(LEFT, bottom, LEFT - 3, bottom, strokeColor=GREY, strokeWidth=0.6))
        drawing.add(text(left, BOTTOM - 11, f"{at_x:.4g}", 6.5, anchor="middle"))
        drawing.add(text(LEFT - 5, bottom - 2, f"{at_y:.4g}", 6.5, anchor="end"))
    for line in lines:
        for run in _runs(line, frame):
            points = [frame.place(px, py) for px, py in run]
            if len(points) > 1:
                flat = [value for point in points for value in point]
                drawing.add(_polyline(flat, line.ink, line.dash, line.width))
            if line.marked:
                for at in points:
                    drawing.add(Circle(*at, MARK, fillColor=line.ink, strokeColor=None))
    return drawing


def key_line(number: int) -> Drawing:
    """Return a short piece of a model's line, for the legend."""
    ink, dash = ink_of(number)
    drawing = Drawing(KEY, 8)
    drawing.add(_polyline([0, 4, KEY, 4], ink, dash, 1.8))
    return drawing


def text(
    x: float, y: float, words: str, size: float, *, bold: bool = False, anchor: str = "start"
) -> String:
    """Return words in a drawing, `size` points high, beginning, centred or ending at x."""
    font = "Helvetica-Bold" if bold else "Helvetica"
    return String(x, y, in_letters(words), fontName=font, fontSize=size, textAnchor=anchor)


def _polyline(points: list[float], ink: Color, dash: tuple[int, ...], width: float) -> PolyLine:
    return PolyLine(
        points,
        strokeColor=ink,
        strokeWidth=width,
        strokeDashArray=list(dash) or None,
        strokeLineJoin=1,
    )


def _runs(line: Line2D, frame: Frame) -> list[list[tuple[float, float]]]:
    """Return the parts of a line that lie within the frame."""
    runs: list[list[tuple[float, float]]] = [[]]
    for px, py in zip(np.asarray(line.x).tolist(), np.asarray(line.y).tolist(), strict=True):
        if frame.holds(px, py):
            runs[-1].append((px, py))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
