"""DICOM RLE (PS3.5, annex G): every segment must give one byte for each pixel."""

import struct
from itertools import pairwise

from xray_core.imaging.intact.damage import CORRUPT, Damaged
from xray_core.imaging.intact.packbits import is_whole

_HEADER_BYTES = 64
_MOST_SEGMENTS = 15


def check_rle(frame: bytes, rows: int, columns: int) -> None:
    """Check one grey frame.

    Args:
        frame: the encoded frame.
        rows: of the picture.
        columns: of the picture.

    Raises:
        Damaged: a segment gives another number of bytes, or its runs lose step with the rows.
    """
    count, *offsets = struct.unpack_from("<16I", frame)
    if count > _MOST_SEGMENTS or offsets[0] < _HEADER_BYTES:
        raise Damaged(CORRUPT)
    for start, end in pairwise([*offsets[:count], len(frame)]):
        if not is_whole(frame[start:end], rows, columns):
            raise Damaged(CORRUPT)
