"""Confusion matrices as vector drawings for paper: the darker a cell, the more of its row."""

import re
from collections.abc import Sequence

from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import Color, HexColor, white
from reportlab.pdfbase.pdfmetrics import stringWidth

from xray_core.plots.compare_words import rounded
from xray_core.reports.compare_drawing import GREY, text
from xray_core.reports.pdf_letters import in_letters

LEFT, TOP, EDGE = 52.0, 17.0, 4.0
ROW = 30.0
"""Height of a row, points."""
SIZE, LINE = 7.5, 9.0
"""Of the title: its letters, and a line of it, points."""
DARK = HexColor("#5b9fc8")


def matrix_drawing(
    title: str, names: Sequence[str], films: Sequence[Sequence[int]], width: float
) -> Drawing:
    """Draw films of each class (rows) by what they were called (columns).

    Args:
        title: above it, in as many lines as it needs to stay within the width.
        names: of the K classes.
        films: (K, K).
        width: of the drawing, in points.
    """
    lines = title_lines(title, width)
    top = TOP + LINE * len(lines)
    height = top + ROW * len(names) + EDGE
    drawing, wide = Drawing(width, height), (width - LEFT - EDGE) / max(1, len(names))
    for k, line in enumerate(lines, 1):
        drawing.add(text(0, height - k * LINE, line, SIZE, bold=True))
    for k, name in enumerate(names):
        middle = height - top - (k + 0.5) * ROW
        drawing.add(text(LEFT - 3, middle - 2, name, 6, anchor="end"))
        drawing.add(text(LEFT + (k + 0.5) * wide, height - top + 3, name, 6, anchor="middle"))
        for column, count in enumerate(films[k]):
            share, left = count / max(1, sum(films[k])), LEFT + column * wide
            shade = _mixed(share)
            drawing.add(Rect(left, middle - ROW / 2, wide, ROW, fillColor=shade, strokeColor=GREY))
            centre = left + wide / 2
            drawing.add(text(centre, middle + 1, f"{count:,}", 8, bold=True, anchor="middle"))
            part = rounded(share, percent=True)
            drawing.add(text(centre, middle - 8, part, 6, anchor="middle"))
    return drawing


def title_lines(title: str, width: float) -> list[str]:
    """Return a title in lines that each fit the width.

    They end at a space or a sign of a name; a name without one is cut where the line is full.
    """

    def wide(words: str) -> bool:
        return stringWidth(words.rstrip(), "Helvetica-Bold", SIZE) > width

    lines = [""]
    for part in re.findall(r"[^-@_. ]*[-@_. ]?", in_letters(title)):
        for piece in part if wide(part) else [part]:
            if wide(lines[-1] + piece):
                lines.append("")
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def _mixed(share: float) -> Color:
    """Return white for 0 and `DARK` for 1."""
    return Color(*(a + share * (b - a) for a, b in zip(white.rgb(), DARK.rgb(), strict=True)))
