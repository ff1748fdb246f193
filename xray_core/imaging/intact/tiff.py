"""TIFF: what libtiff complains of while it decodes, and what it does not look at.

libtiff goes on after errors, and Pillow does not pass all of them on. They come by a handler that
is set once for the copy of libtiff in Pillow, which would write them to standard error otherwise.
"""

import ctypes
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from PIL import _imaging
from PIL.TiffImagePlugin import TiffImageFile

from xray_core.imaging.intact.damage import CORRUPT, END_EARLY, Damaged
from xray_core.imaging.intact.jpeg import check_jpeg
from xray_core.imaging.intact.packbits import is_whole

_WIDTH, _LENGTH, _BITS, _COMPRESSION = 256, 257, 258, 259
_STRIP_OFFSETS, _SAMPLES, _ROWS_PER_STRIP, _STRIP_BYTES, _PLANAR = 273, 277, 278, 279, 284
_TILE_WIDTH, _TILE_LENGTH, _TILE_OFFSETS, _TILE_BYTES = 322, 323, 324, 325
_FILL_ORDER, _JPEG_TABLES = 266, 347
_LOW_BIT_FIRST = 2
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_JPEG, _ZLIB, _PACKBITS = 7, (8, 32946), 32773
# What libtiff calls the parts of it that read picture data; others complain of tags.
_READERS = ("Decode", "JPEGLib", "TIFFFill", "TIFFReadEncoded", "TIFFReadRaw")

_Handler = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p)
_heard = threading.local()


@_Handler
def _hear(module: bytes | None, _format: int, _arguments: int) -> None:
    """Note that libtiff complains; it does so in the thread that decodes."""
    name = (module or b"").decode("ascii", "replace")
    if any(part in name for part in _READERS):
        _heard.complaint = True


def _listen() -> None:
    with suppress(OSError, AttributeError):  # where the copy cannot be reached it stays audible
        library = ctypes.CDLL(_imaging.__file__)
        for setter in (library.TIFFSetErrorHandler, library.TIFFSetWarningHandler):
            setter.argtypes, setter.restype = [_Handler], ctypes.c_void_p
            setter(_hear)


_listen()


@contextmanager
def listening() -> Iterator[None]:
    """Hold libtiff to its word while a picture is decoded in this thread.

    Raises:
        Damaged: it complained of the picture data.
    """
    _heard.complaint = False
    yield
    if _heard.complaint:
        raise Damaged(CORRUPT)


def check_tiff(image: TiffImageFile, data: bytes) -> None:
    """Check the strips or tiles that are compressed with zlib, JPEG or PackBits.

    Args:
        image: the opened file.
        data: all bytes of it.

    Raises:
        Damaged: one of them is not whole.
    """
    tags = image.tag_v2
    kind = tags.get(_COMPRESSION)
    check: Callable[[bytes, int], None]
    if kind in _ZLIB:
        check = _check_zlib
    elif kind == _JPEG:
        check = partial(_check_jpeg, bytes(tags.get(_JPEG_TABLES, b"")))
    elif kind == _PACKBITS:
        check = partial(_check_packbits, image)
    else:
        return
    names = (
        (_TILE_OFFSETS, _TILE_BYTES) if _TILE_OFFSETS in tags else (_STRIP_OFFSETS, _STRIP_BYTES)
    )
    places = zip(*(tags.get(name, ()) for name in names), strict=False)
    for index, (at, size) in enumerate(places):
        part = data[at : at + size]
        # As libtiff turns them before it decodes, those of JPEG aside (TIFF 6.0, section 8).
        turned = kind != _JPEG and tags.get(_FILL_ORDER) == _LOW_BIT_FIRST
        check(part.translate(_REVERSED) if turned else part, index)


def _check_zlib(part: bytes, _index: int) -> None:
    """Compare the checksum at the end; libtiff stops as soon as it has all pixels."""
    inflater = zlib.decompressobj()
    try:
        while part and not inflater.eof:
            inflater.decompress(part, 2**20)
            part = inflater.unconsumed_tail
    except zlib.error:
        raise Damaged(CORRUPT) from None
    if not inflater.eof:
        raise Damaged(END_EARLY)


def _check_jpeg(tables: bytes, part: bytes, _index: int) -> None:
    """Put the tables that all parts share (TIFF Technical Note 2) in front of a part."""
    check_jpeg(tables[:-2] + part[2:] if tables else part)


def _check_packbits(image: TiffImageFile, part: bytes, index: int) -> None:
    tags = image.tag_v2
    apart = tags.get(_PLANAR) == 2
    channels = 1 if apart else tags.get(_SAMPLES, 1)
    bits = channels * max(tags.get(_BITS, (1,)))
    height = tags[_LENGTH]  # of the file: Pillow's are those of the picture when it is upright
    width, rows = tags.get(_TILE_WIDTH, tags[_WIDTH]), tags.get(_TILE_LENGTH, 0)
    if not rows:
        a_strip = min(tags.get(_ROWS_PER_STRIP, height), height)
        strips = -(-height // a_strip)
        rows = min(a_strip, height - a_strip * (index % strips))
    if not is_whole(part, rows, -(-width * bits // 8)):
        raise Damaged(CORRUPT)
