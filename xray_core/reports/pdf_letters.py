"""Letters that the fonts of a PDF have, and what stands for all others."""

from reportlab.pdfbase.pdfmetrics import getFont, unicode2T1

NO_LETTER = ("ZapfDingbats", b"n")
"""What ReportLab draws where no font has a letter, a black box; `■` itself is that too."""


def in_letters(text: str) -> str:
    """Return text with an escape such as `\\u0447` for each letter that no font of the PDF has.

    The fonts that every reader of PDFs brings have Western letters alone, and no installed
    dependency has wider ones: black boxes would make all names of other alphabets one.
    """
    # The minus sign is in another font, too wide beside the digits.
    return "".join(
        c if _has(c) else c.encode("unicode_escape").decode() for c in text.replace("−", "-")
    )


def _has(c: str) -> bool:
    if c.isascii() and (c.isprintable() or c == "\n"):
        return True
    helvetica = getFont("Helvetica")
    ((font, code),) = unicode2T1(c, [helvetica, *helvetica.substitutionFonts])
    return (font.fontName, code) != NO_LETTER
