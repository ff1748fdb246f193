"""What the pages of a PDF report are made of: text, tables, figures with intervals."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph, Table, TableStyle

from xray_core.bundle import Interval
from xray_core.notice import NOTICE
from xray_core.plots.compare_words import rounded
from xray_core.reports.pdf_letters import in_letters

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=8.5, leading=11.5, spaceAfter=2)
SMALL = ParagraphStyle(
    "small", parent=BODY, fontSize=7, leading=9, textColor=HexColor("#444444"), spaceBefore=3
)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=7.2, leading=9, spaceAfter=0)
HASH = ParagraphStyle("hash", parent=CELL, fontName="Courier", fontSize=6)
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
LEFT, RIGHT = 2, 4
"""Points that a cell of a table leaves beside its text."""
NEW_LINE = "\n"
PADDING = 6
"""Points that ReportLab leaves within the margins."""
WIDTH = A4[0] - 2 * MARGIN - 2 * PADDING


def number(found: Interval, percent: bool = False, *, signed: bool = False) -> str:
    """Return a figure with its interval on the next line, or `undefined`."""
    if found.value is None:
        return "undefined"
    unit = " %" if percent else ""
    value, *ends = (
        f"{end:+.3f}" if signed else rounded(end, percent=percent).removesuffix("%")
        for end in (found.value, found.low, found.high)
        if end is not None
    )
    interval = f"{NEW_LINE}{' to '.join(ends)}{unit}" if len(ends) == 2 else ""
    return f"{value}{unit}{interval}"


def foot(canvas: Any, document: Any) -> None:
    """Draw what stands below every page: the notice, and its number."""
    edge = MARGIN + PADDING
    canvas.saveState()
    canvas.setFont("Helvetica", 7)
    canvas.drawString(edge, 10 * mm, NOTICE)
    canvas.drawRightString(A4[0] - edge, 10 * mm, f"Kerley, page {document.page}")
    canvas.restoreState()


def paragraph(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """Return text from anywhere as a paragraph; nothing in it is taken for markup."""
    return Paragraph(escape(in_letters(text)).replace(NEW_LINE, "<br/>"), style)


def table(rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> Table:
    """Return rows as a table; widths are parts of the page's."""
    cells = [
        [
            _cell(cell, WIDTH * width, HEAD if i == 0 else CELL) if isinstance(cell, str) else cell
            for cell, width in zip(row, widths, strict=True)
        ]
        for i, row in enumerate(rows)
    ]
    drawn = Table(cells, colWidths=[WIDTH * width for width in widths], repeatRows=1, hAlign="LEFT")
    drawn.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINES),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), LEFT),
                ("RIGHTPADDING", (0, 0), (-1, -1), RIGHT),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return drawn


def _cell(text: str, width: float, style: ParagraphStyle) -> Paragraph:
    """Return a cell of a table; a long name ends a line at a sign of its own, as a reader would."""
    if len(text) == 64 and " " not in text:
        return paragraph(text, HASH)
    text, room = in_letters(text), width - LEFT - RIGHT

    def wide(word: str) -> bool:
        return stringWidth(word, style.fontName, style.fontSize) > room

    words = re.split(r"(\s)", text)
    return paragraph("".join(parted(word, wide) if wide(word) else word for word in words), style)


def parted(name: str, wide: Callable[[str], bool]) -> str:
    """Return a name in lines that each end at a hyphen, point, `_` or `@` of its own.

    Args:
        name: without spaces.
        wide: tells whether a text is too wide for a line.
    """
    lines = [""]
    for part in re.findall(r"[^-@_.]*[-@_.]?", name):
        if wide(lines[-1] + part):
            lines.append("")
        lines[-1] += part
    return NEW_LINE.join(line for line in lines if line)
