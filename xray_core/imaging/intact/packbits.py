"""Runs and literal bytes: PackBits (TIFF 6.0, section 9) and DICOM RLE (PS3.5, annex G)."""

_MOST_PADDING = 3
_FULL = 128


def is_whole(code: bytes, rows: int, row_bytes: int) -> bool:
    """Tell whether a code gives the bytes of so many rows, no more and no less.

    Both standards end a run with the row. Some encoders let all runs cross; one that kept to it in
    one row and not in another has lost its step. That it kept to it shows where a row begins with
    what could have been part of the run, or of the literal bytes, before it: a run may also end
    with its row because it is full, or because the next byte is another.

    Args:
        code: the encoded bytes, with or without padding after them.
        rows: that it is to give.
        row_bytes: bytes of one row.
    """
    at = done = begun = 0
    kept = False
    unfinished: bytes | None = None  # the byte of a run that is not full; none of literal bytes
    while done < rows * row_bytes and at < len(code):
        head = code[at]
        if head == 128:  # does nothing
            at += 1
            continue
        repeated = code[at + 1 : at + 2] if head > 128 else b""
        if done % row_bytes == 0:
            begun += 1
            kept |= repeated == unfinished
        length = 257 - head if head > 128 else head + 1
        unfinished = repeated if length < _FULL else None
        at, done = at + (2 if head > 128 else length + 1), done + length
    in_step = not kept or begun == rows
    return done == rows * row_bytes and 0 <= len(code) - at <= _MOST_PADDING and in_step
