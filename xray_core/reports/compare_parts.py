"""What the pages of a PDF report are made of: text, tables, figures with intervals."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from xray_core.bundle import Interval

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=8.5, leading=11.5)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7, leading=9, textColor=HexColor("#444444"))
CELL = ParagraphStyle("cell", parent=BODY, fontSize=7.2, leading=9)
HEAD = ParagraphStyle("head", parent=CELL, fontName="Helvetica-Bold")
TITLE = ParagraphStyle("title", parent=BODY, fontName="Helvetica-Bold", fontSize=16, leading=20)
HEADING = ParagraphStyle(
    "heading",
    parent=BODY,
    fontName="Helvetica-Bold",
    fontSize=11,
    leading=15,
    spaceBefore=8,
    keepWithNext=1,
)
LINES = HexColor("#c9ced3")
MARGIN = 16 * mm
PADDING = 6
"""Points that ReportLab leaves within the margins."""
WIDTH = A4[0] - 2 * MARGIN - 2 * PADDING


def number(found: Interval, percent: bool = False, *, signed: bool = False) -> str:
    """Return a figure with its interval, or `undefined`."""
    if found.value is None:
        return "undefined"
    form = "{:.1%}" if percent else "{:+.3f}" if signed else "{:.3f}"
    text = form.format(found.value)
    if found.low is not None and found.high is not None:
        text += f" ({form.format(found.low)} to {form.format(found.high)})"
    return text


def paragraph(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """Return text from anywhere as a paragraph; nothing in it is taken for markup."""
    # Helvetica of a PDF has no minus sign.
    return Paragraph(escape(text.replace("−", "-")), style)


def table(rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> Table:
    """Return rows as a table; widths are parts of the page's."""
    cells = [
        [cell if isinstance(cell, Flowable) or hasattr(cell, "drawOn") else _cell(cell, i == 0)
         for cell in row]
        for i, row in enumerate(rows)
    ]  # fmt: skip
    drawn = Table(cells, colWidths=[WIDTH * width for width in widths], repeatRows=1, hAlign="LEFT")
    drawn.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINES),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return drawn


def _cell(text: str, head: bool) -> Paragraph:
    # A long hash has no space at which a line could end.
    text = f"{text[:32]} {text[32:]}" if len(text) == 64 and " " not in text else text
    return paragraph(text, HEAD if head else CELL)
