"""Lossless JPEG in DICOM: the decoded picture must cost exactly the bits that the file spent.

The decoder of lossless JPEG goes on after damage. But a lossless code can be counted backwards:
every pixel has one code, and the lengths of all of them are known from the picture (ITU-T T.81,
annex H). Where the decoder lost its step, the sum is another than that of the data.
"""

import re
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.intact.damage import CORRUPT, Damaged

_RESTARTS = re.compile(rb"\xff[\xd0-\xd7]")
_BYTE = 8


@dataclass(frozen=True)
class _Scan:
    """A scan of one component: predictor (1 to 7), point transform, precision in bits, restart
    interval in pixels (0: none), code length of each difference category, entropy-coded data.
    """

    predictor: int
    transform: int
    precision: int
    interval: int
    lengths: NDArray[np.int64]
    data: bytes


def check_lossless_jpeg(frame: bytes, stored: NDArray[Any]) -> None:
    """Check a lossless JPEG against the picture that was decoded of it.

    Args:
        frame: the JPEG (process 14, Huffman-coded, one component).
        stored: decoded values (H, W), any integer type.

    Raises:
        Damaged: the picture does not cost the bits that there are.
    """
    scan = _parse(frame)
    if scan is None:
        return  # of a kind that is not counted: several components, or arithmetic-coded
    columns = stored.shape[1]
    rows = scan.interval // columns if scan.interval else len(stored)
    if rows == 0 or (scan.interval and scan.interval % columns):
        return
    parts = _RESTARTS.split(scan.data) if scan.interval else [scan.data]
    values = (stored.astype(np.int32) & (2**scan.precision - 1)) >> scan.transform
    pieces = [values[at : at + rows] for at in range(0, len(values), rows)]
    if len(parts) != len(pieces):
        raise Damaged(CORRUPT)
    for part, piece in zip(parts, pieces, strict=True):
        there = _BYTE * (len(part) - part.count(b"\xff\x00"))
        if not 0 <= there - _bits(piece, scan) < _BYTE:  # the last byte is filled up (F.1.2.3)
            raise Damaged(CORRUPT)


def _bits(values: NDArray[np.int32], scan: _Scan) -> int:
    """Return the bits that the rows up to a restart cost."""
    difference = (values - _predicted(values, scan)) & 0xFFFF
    size = np.where(difference > 0x8000, 0x10000 - difference, difference)
    category = np.frexp(size.astype(np.float32))[1]  # the number of bits of a whole number
    counts = np.bincount(category.ravel(), minlength=17)
    extra = np.arange(17)
    extra[16] = 0  # 32,768 is the only difference of its category
    used = scan.lengths > 0
    if counts[~used].any():  # a difference that has no code
        return -1
    return int(counts @ (scan.lengths + extra))


def _predicted(values: NDArray[np.int32], scan: _Scan) -> NDArray[np.int32]:
    """Return what each value is predicted from (T.81, H.1.2.1 and table H.1)."""
    left, above, corner = np.roll(values, 1, 1), np.roll(values, 1, 0), np.roll(values, 1, (0, 1))
    match scan.predictor:
        case 1:
            prediction = left.copy()
        case 2:
            prediction = above.copy()
        case 3:
            prediction = corner
        case 4:
            prediction = left + above - corner
        case 5:
            prediction = left + ((above - corner) >> 1)
        case 6:
            prediction = above + ((left - corner) >> 1)
        case _:
            prediction = (left + above) >> 1
    prediction[0] = left[0]
    prediction[1:, 0] = above[1:, 0]
    prediction[0, 0] = 1 << (scan.precision - scan.transform - 1)
    return prediction


def _parse(frame: bytes) -> _Scan | None:
    """Read the headers; None for what is not one Huffman-coded scan of one component."""
    at, precision, interval = 2, 0, 0
    tables: dict[int, NDArray[np.int64]] = {}
    while frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = struct.unpack_from(">H", frame, at + 2)[0]
        body = frame[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == 0xC3:
            precision = body[0]
        elif marker == 0xC4:
            tables |= _code_lengths(body)
        elif marker == 0xDD:
            interval = struct.unpack(">H", body)[0]
        elif marker == 0xDA:
            if body[0] != 1 or not precision:
                return None
            predictor, transform = body[3], body[5] & 15
            end = frame.rfind(b"\xff\xd9")
            data = frame[at : end if end > at else len(frame)]
            if not 1 <= predictor <= 7 or body[2] >> 4 not in tables:
                return None
            return _Scan(predictor, transform, precision, interval, tables[body[2] >> 4], data)
    return None


def _code_lengths(body: bytes) -> dict[int, NDArray[np.int64]]:
    """Return for each table of a DHT segment the length of the code of each category."""
    tables, at = {}, 0
    while at + 17 <= len(body):
        counts = body[at + 1 : at + 17]
        symbols = body[at + 17 : at + 17 + sum(counts)]
        lengths = np.zeros(17, np.int64)
        sizes = [size for size, count in enumerate(counts, 1) for _ in range(count)]
        for symbol, size in zip(symbols, sizes, strict=True):
            if symbol <= 16:
                lengths[symbol] = size
        tables[body[at] & 15] = lengths
        at += 17 + len(symbols)
    return tables
