"""Width and height from the first bytes of a picture, without any decoder.

Decoders allocate before they can be asked (WebP), or refuse without saying what they saw (0×0).
"""

import struct
from collections.abc import Callable

from xray_core.imaging.sniff import FileType

Size = tuple[int, int]

# Start-of-frame markers: all of FFC0 to FFCF but DHT (C4), JPG (C8) and DAC (CC); F7 is JPEG-LS.
_START_OF_FRAME = (frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


def header_size(kind: FileType, data: bytes) -> Size | None:
    """Return (width, height) as the header says, or None where it cannot be told this way."""
    read = _READERS.get(kind)
    if read is None:
        return None
    try:
        return read(data)
    except (struct.error, IndexError):
        return None


def codestream_size(data: bytes) -> Size | None:
    """Return (width, height) of a JPEG, JPEG-LS or JPEG 2000 codestream, as DICOM holds them."""
    try:
        if data[:4] == b"\xff\x4f\xff\x51":
            x1, y1, x0, y0 = struct.unpack_from(">4I", data, 8)
            return x1 - x0, y1 - y0
        return _jpeg(data)
    except (struct.error, IndexError):
        return None


def _png(data: bytes) -> Size | None:
    width, height = struct.unpack_from(">2I", data, 16)
    return width, height


def _bmp(data: bytes) -> Size | None:
    if struct.unpack_from("<I", data, 14)[0] == 12:
        width, height = struct.unpack_from("<2H", data, 18)
        return width, height
    width, height = struct.unpack_from("<2i", data, 18)
    return width, abs(height)  # negative: rows from the top


def _jpeg(data: bytes) -> Size | None:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        elif marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">2H", data, at + 5)
            return width, height
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return None


def _webp(data: bytes) -> Size | None:
    chunk = data[12:16]
    if chunk == b"VP8X":
        wide, high = data[24:27], data[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if chunk == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<2H", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


_READERS: dict[FileType, Callable[[bytes], Size | None]] = {
    FileType.PNG: _png,
    FileType.BMP: _bmp,
    FileType.JPEG: _jpeg,
    FileType.WEBP: _webp,
}
