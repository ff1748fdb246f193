"""Runs and literal bytes: PackBits (TIFF 6.0, section 9) and DICOM RLE (PS3.5, annex G)."""

_MOST_PADDING = 3


def is_whole(code: bytes, rows: int, row_bytes: int) -> bool:
    """Tell whether a code gives the bytes of so many rows, no more and no less.

    Both standards end a run with the row. Some encoders let all runs cross; one that kept to it in
    the first row and not later has lost its step.

    Args:
        code: the encoded bytes, with or without padding after them.
        rows: that it is to give.
        row_bytes: bytes of one row.
    """
    at = done = 0
    total = rows * row_bytes
    ends = set()
    while done < total and at < len(code):
        head = code[at]
        if head < 128:
            at, done = at + head + 2, done + head + 1
        elif head > 128:
            at, done = at + 2, done + 257 - head
        else:
            at += 1  # does nothing
        ends.add(done)
    in_step = row_bytes not in ends or ends.issuperset(range(row_bytes, total, row_bytes))
    return done == total and 0 <= len(code) - at <= _MOST_PADDING and in_step
