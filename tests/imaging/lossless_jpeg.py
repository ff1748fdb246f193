"""A small writer of lossless JPEG (ITU-T T.81, annex H): nothing here can write every predictor."""

import struct

import numpy as np
from film_files import Film

# Code lengths of the categories 0 to 16, any prefix code: 4 bits each for the first 12, 8 for five.
_COUNTS = [0, 0, 0, 12, 0, 0, 0, 5] + [0] * 8


def lossless_jpeg(values: Film, *, bits: int, predictor: int = 1, restart_rows: int = 0) -> bytes:
    """Encode unsigned values (H, W); `restart_rows` rows between restarts, none where 0."""
    height, width = values.shape
    step = restart_rows or height
    parts = [_rows(values[at : at + step], bits, predictor) for at in range(0, height, step)]
    code = b"".join(
        part + (b"\xff" + bytes([0xD0 + n % 8]) if n < len(parts) - 1 else b"")
        for n, part in enumerate(parts)
    )
    interval = _segment(0xDD, struct.pack(">H", restart_rows * width)) if restart_rows else b""
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xC4, bytes([0, *_COUNTS, *range(17)])),
            _segment(0xC3, struct.pack(">BHHB", bits, height, width, 1) + bytes([1, 0x11, 0])),
            interval,
            _segment(0xDA, bytes([1, 1, 0, predictor, 0, 0])),
            code,
            b"\xff\xd9",
        )
    )


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def _rows(values: Film, bits: int, predictor: int) -> bytes:
    rows = values.astype(int).tolist()
    text = []
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            difference = (value - _prediction(rows, y, x, predictor, 1 << (bits - 1))) & 0xFFFF
            if difference > 0x8000:
                difference -= 0x10000
            size = abs(difference).bit_length()
            text.append(f"{size:04b}" if size < 12 else f"{0b11000000 + size - 12:08b}")
            if 0 < size < 16:
                extra = difference if difference > 0 else difference + (1 << size) - 1
                text.append(f"{extra:0{size}b}")
    joined = "".join(text)
    joined += "1" * (-len(joined) % 8)
    packed = np.packbits(np.frombuffer(joined.encode(), np.uint8) - ord("0")).tobytes()
    return packed.replace(b"\xff", b"\xff\x00")


def _prediction(rows: list[list[int]], y: int, x: int, predictor: int, start: int) -> int:
    if y == 0:
        return rows[0][x - 1] if x else start
    if x == 0:
        return rows[y - 1][0]
    left, above, corner = rows[y][x - 1], rows[y - 1][x], rows[y - 1][x - 1]
    return {
        1: left,
        2: above,
        3: corner,
        4: left + above - corner,
        5: left + ((above - corner) >> 1),
        6: above + ((left - corner) >> 1),
        7: (left + above) >> 1,
    }[predictor]
