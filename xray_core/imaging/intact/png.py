"""PNG: the checksum of every chunk, and as many bytes as the pixels need.

Pillow compares no checksum of picture data, and leaves rows black that are not there. W3C,
"Portable Network Graphics (PNG) Specification (Third Edition)", 5.3, 8 and 9.
"""

import struct
import zlib
from collections.abc import Iterable

from xray_core.imaging.intact.damage import CORRUPT, END_EARLY, END_MARK_MISSING, Damaged

_FIRST_CHUNK = 8
_NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PIECE = 2**20
# Adam7: first column and row, then steps to the right and down, of each pass.
_PASSES = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4),
    (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
)  # fmt: skip


def check_png(data: bytes) -> tuple[str, ...]:
    """Return warnings on a PNG file that Pillow has decoded.

    Raises:
        Damaged: a chunk that the picture is made of has another checksum than was written, or
            there are fewer bytes than pixels.
    """
    view, at = memoryview(data), _FIRST_CHUNK
    parts: list[memoryview] = []
    ended = False
    while at + 12 <= len(data) and not ended:
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        if kind in _NEEDED:
            if zlib.crc32(view[at + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
                raise Damaged(CORRUPT)
            if kind == b"IDAT":
                parts.append(view[at + 8 : end])
            ended = kind == b"IEND"
        at = end + 4
    if _inflated(parts, expected := _bytes_of_pixels(data)) < expected:
        raise Damaged(END_EARLY)
    return () if ended else (END_MARK_MISSING,)


def _bytes_of_pixels(data: bytes) -> int:
    """Return how many bytes the header needs: for each row of each pass its filter and pixels."""
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    bits = depth * _CHANNELS[colour]
    total = 0
    for x, y, right, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        columns, rows = -((x - width) // right), -((y - height) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 - (-columns * bits // 8))
    return total


def _inflated(parts: Iterable[memoryview], enough: int) -> int:
    """Return how many bytes there are, counted no further than is enough."""
    inflater, count = zlib.decompressobj(), 0
    try:
        for part in parts:
            rest: bytes | memoryview = part
            while rest and not inflater.eof and count < enough:
                count += len(inflater.decompress(rest, _PIECE))
                rest = inflater.unconsumed_tail
    except zlib.error:
        raise Damaged(CORRUPT) from None
    return count
