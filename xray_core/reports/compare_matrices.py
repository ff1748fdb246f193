"""Confusion matrices as vector drawings for paper: the darker a cell, the more of its row."""

from collections.abc import Sequence

from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import Color, HexColor, white

from xray_core.reports.compare_drawing import GREY, text

LEFT, TOP, EDGE = 52.0, 26.0, 4.0
ROW = 30.0
"""Height of a row, points."""
DARK = HexColor("#5b9fc8")


def matrix_drawing(
    title: str, names: Sequence[str], films: Sequence[Sequence[int]], width: float
) -> Drawing:
    """Draw films of each class (rows) by what they were called (columns).

    Args:
        title: above it.
        names: of the K classes.
        films: (K, K).
        width: of the drawing, in points.
    """
    height = TOP + ROW * len(names) + EDGE
    drawing, wide = Drawing(width, height), (width - LEFT - EDGE) / max(1, len(names))
    drawing.add(text(0, height - 9, title, 7.5, bold=True))
    for k, name in enumerate(names):
        middle = height - TOP - (k + 0.5) * ROW
        drawing.add(text(LEFT - 3, middle - 2, name, 6, anchor="end"))
        drawing.add(text(LEFT + (k + 0.5) * wide, height - TOP + 3, name, 6, anchor="middle"))
        for column, count in enumerate(films[k]):
            share, left = count / max(1, sum(films[k])), LEFT + column * wide
            shade = _mixed(share)
            drawing.add(Rect(left, middle - ROW / 2, wide, ROW, fillColor=shade, strokeColor=GREY))
            centre = left + wide / 2
            drawing.add(text(centre, middle + 1, f"{count:,}", 8, bold=True, anchor="middle"))
            drawing.add(text(centre, middle - 8, f"{share:.1%}", 6, anchor="middle"))
    return drawing


def _mixed(share: float) -> Color:
    """Return white for 0 and `DARK` for 1."""
    return Color(*(a + share * (b - a) for a, b in zip(white.rgb(), DARK.rgb(), strict=True)))
