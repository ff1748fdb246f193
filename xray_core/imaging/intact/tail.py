"""Uncompressed pictures, which nothing guards: rows at the end of the file that hold nothing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST_SHARE = 0.02


def check_tail(stored: NDArray[Any]) -> tuple[str, ...]:
    """Return a warning where the last rows of a picture hold zeros only, and the first do not.

    A lost end that was filled up cannot be told from a black border, but a border is seldom on one
    side alone.

    Args:
        stored: values (H, W) or (H, W, C) in the order of the file, any number type; what is
            stored as zero may have become the largest value.
    """
    rows = stored.reshape(len(stored), -1)
    last, first = _empty(rows[::-1]), _empty(rows)
    if last == len(rows) or last < _LEAST_SHARE * len(rows) or first * 2 > last:
        return ()
    return (
        f"The last {last / len(rows):.0%} of the picture in the file are empty; the file may have "
        "lost its end.",
    )


def _empty(rows: NDArray[Any]) -> int:
    """Count the rows, from the first on, that hold nothing but zero, or but the largest value."""
    value = rows[0, 0]
    largest = np.iinfo(rows.dtype).max if rows.dtype.kind in "iu" else None
    if value != 0 and value != largest:
        return 0
    other = (rows != value).any(axis=1)
    return int(other.argmax()) if other.any() else len(rows)
