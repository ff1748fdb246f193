"""Tables for a spreadsheet, which shows their text and does not run it."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

# Where a cell begins, also for a spreadsheet whose list separator is `;` or a tab: it splits there
# even within quotes that do not open its cell. A quote that would then open one may stand before.
_FORMULA = re.compile(r"""^(?=[=+\-@\t\r])|(?<=[;\t\r\n])(?=["\s]*[=+\-@])""")


def plain(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: a file may be called `=1+1.png`.

    An apostrophe stands before what begins like one (CWE-1236).
    """
    return _FORMULA.sub("'", text)


def written(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV, lines ended by a line feed; None is an empty cell.

    All text is made `plain` and stands in quotes: without them a spreadsheet whose list separator
    is `;` would split a name that has one.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows(
        [[plain(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    )
    return out.getvalue()
