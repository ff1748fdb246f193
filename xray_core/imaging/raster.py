"""PNG, JPEG, TIFF, BMP and WebP to brightness, with Pillow (and OpenCV for 16-bit colour)."""

import io
import logging
from collections.abc import Callable
from contextlib import suppress

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from xray_core.errors import UnreadableFilm, UnsuitableFilm
from xray_core.imaging.colour import Colour, judge_colour
from xray_core.imaging.decoded import Decoded, decoding
from xray_core.imaging.intact.picture import check_picture
from xray_core.imaging.intact.tiff import listening
from xray_core.imaging.limits import check_expansion, check_frames, check_size
from xray_core.imaging.radiograph import FilmHeader
from xray_core.imaging.sizes import header_size
from xray_core.imaging.sniff import FileType
from xray_core.imaging.tone import Stored, brightness, grey, on_black

# The plugins themselves, not `Image.open`: its own limit on pixels is a warning and a global
# variable, and it makes a film of a phone's JPEG with a second, hidden picture in it an MPO file.
_OPEN: dict[FileType, Callable[[io.BytesIO], ImageFile]] = {
    FileType.PNG: PngImageFile,
    FileType.JPEG: JpegImageFile,
    FileType.TIFF: TiffImageFile,
    FileType.BMP: BmpImageFile,
    FileType.WEBP: WebPImageFile,
}
_END_OF_JPEG = b"\xff\xd9"
_MOST_PAGES_COUNTED = 1_000
_TILE_WIDTH, _TILE_LENGTH, _PHOTOMETRIC, _BITS = 322, 323, 262, 258
_PLANAR, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 284, 338, 339
_UNSIGNED = 1
_APART = 2
_AS_THEY_ARE = (0, 1)  # a channel that means nothing, and colours multiplied by theirs already
_ORIENTATION = 0x0112
_TURNS: dict[int, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    2: np.fliplr,
    3: lambda film: np.rot90(film, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda film: np.rot90(film, -1),
    7: lambda film: np.rot90(film, 2).T,
    8: np.rot90,
}


# Pillow logs damage before it raises; without a handler that would go to standard error.
logging.getLogger("PIL").addHandler(logging.NullHandler())


def decode_raster(kind: FileType, data: bytes, source: str) -> Decoded:
    """Decode a picture that is not DICOM.

    EXIF orientation is applied, transparency is laid on black, colours are judged.

    Args:
        kind: what `sniff` found.
        data: the whole file.
        source: the file's name, for messages.

    Raises:
        UnreadableFilm: damaged, cut short, animated, or over a limit.
        UnsuitableFilm: a colour picture.
    """
    size = header_size(kind, data)
    if size is not None:
        check_size(source, *size)
    with decoding(kind, source):
        # A missing end mark alone is no reason for Pillow to refuse; `check_picture` decides.
        ended = data + _END_OF_JPEG if kind is FileType.JPEG else data
        with _OPEN[kind](io.BytesIO(ended)) as image:
            _check_opened(image, kind, data, source)
            turned = image.tag_v2.get(_ORIENTATION) if isinstance(image, TiffImageFile) else None
            with listening():
                image.load()  # which turns a TIFF upright and drops the tag
            whole = check_picture(kind, image, data, turned)
            header = FilmHeader(format=kind.value, bits=_bits(image, kind, data))
            values = _values(image, data, header.bits)
            synthetic = kind is FileType.PNG and "Synthetic" in getattr(image, "text", {})
            turn = _turn(image)
        values, warnings = _to_grey(values, source)
        pixels = np.ascontiguousarray(turn(brightness(values)))
    return Decoded(pixels, header, whole + warnings, synthetic)


def _check_opened(image: ImageFile, kind: FileType, data: bytes, source: str) -> None:
    """Apply the limits to what the decoder read of the header; nothing is decoded yet."""
    check_size(source, *image.size)
    if isinstance(image, TiffImageFile):
        tile = (image.tag_v2.get(_TILE_WIDTH, 1), image.tag_v2.get(_TILE_LENGTH, 1))
        check_size(source, *tile)
        pages = _count_pages(image)
        check_frames(source, pages, more=pages == _MOST_PAGES_COUNTED)
        _check_planes(image, source)
    elif kind in (FileType.PNG, FileType.WEBP):
        check_frames(source, getattr(image, "n_frames", 1))
    width, height = image.size
    channel_bytes = {"I": 4, "F": 4}.get(image.mode, 2 if image.mode.startswith("I;16") else 1)
    decoded = width * height * len(image.getbands()) * channel_bytes
    check_expansion(source, len(data), decoded)


def _count_pages(image: TiffImageFile) -> int:
    """Count the pages, but not for ever: `n_frames` follows a chain of any length."""
    pages = 1
    with suppress(EOFError):
        while pages < _MOST_PAGES_COUNTED:
            image.seek(pages)
            pages += 1
    return pages


def _check_planes(image: TiffImageFile, source: str) -> None:
    """Refuse 16-bit channels in planes of their own, which neither Pillow nor OpenCV puts together.

    Raises:
        UnreadableFilm: PlanarConfiguration (TIFF 6.0, section 8) is 2, with several such channels.
    """
    tags = image.tag_v2
    deep = max(tags.get(_BITS, (1,))) > 8
    if deep and len(image.getbands()) > 1 and tags.get(_PLANAR) == _APART:
        raise UnreadableFilm(
            source,
            "this TIFF file keeps its 16-bit colours in separate planes (PlanarConfiguration 2); "
            "allowed are colours kept together (1), 8 bits, or one grey channel.",
        )


def _bits(image: ImageFile, kind: FileType, data: bytes) -> int:
    """Return the bits stored per channel."""
    if kind is FileType.PNG:
        return data[24]
    if isinstance(image, TiffImageFile):
        return int(max(image.tag_v2.get(_BITS, (1,))))
    return 1 if image.mode == "1" else 8


def _values(image: ImageFile, data: bytes, bits: int) -> Stored:
    """Return the stored values: grey (H, W), or RGB (H, W, 3) of 8 or 16 bits."""
    if bits == 16 and image.mode in ("RGB", "RGBA", "RGBX", "LA"):
        return _deep_colour(image, data)
    if image.mode.startswith("I;16"):
        return _deep_grey(image)
    if image.mode in ("I", "F"):
        return _black_is_zero(image, _as_counted(image, np.asarray(image)))
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return np.asarray(image.convert("L"))
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        return on_black(np.asarray(image.convert("RGBA")))
    return np.asarray(image.convert("RGB"))


def _as_counted(image: ImageFile, values: Stored) -> Stored:
    """Return 32-bit TIFF pixels as the file counts them; Pillow takes all of them for signed."""
    if values.dtype == np.int32 and isinstance(image, TiffImageFile):
        bits, kinds = (image.tag_v2.get(tag, (1,)) for tag in (_BITS, _SAMPLE_FORMAT))
        if tuple(bits) == (32,) and kinds[0] == _UNSIGNED:  # which is so where it is not stated
            return values.view(np.uint32)
    return values


def _black_is_zero(image: ImageFile, values: Stored) -> Stored:
    """Invert deep TIFF pixels whose zero is white; Pillow does so for 8 bits and fewer only."""
    if isinstance(image, TiffImageFile) and image.tag_v2.get(_PHOTOMETRIC) == 0:
        finite = values[np.isfinite(values)]  # one pixel that is no number must not blacken all
        return np.asarray((finite.max() if finite.size else 0) - values)
    return values


def _deep_grey(image: ImageFile) -> Stored:
    """Return 16-bit grey; the value that a PNG says is clear becomes the least of the others.

    That is black once the film is stretched, and has no part in how far it is stretched.
    """
    values = _black_is_zero(image, np.asarray(image).astype(np.uint16))
    if "transparency" in image.info:
        clear = values == image.info["transparency"]
        values[clear] = values.min(where=~clear, initial=2**16 - 1)
    return values


def _deep_colour(image: ImageFile, data: bytes) -> Stored:
    """Decode 16-bit colour, of which Pillow keeps the upper 8 bits only.

    A fourth channel of a TIFF (ExtraSamples; TIFF 6.0, section 18) need not be transparency; and
    colours that were multiplied by it already are as they look on black.
    """
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype != np.uint16:
        raise ValueError("16-bit colour could not be decoded")
    if found.ndim == 2:
        return np.asarray(found)
    if found.shape[2] == 3:
        return np.asarray(cv2.cvtColor(found, cv2.COLOR_BGR2RGB))
    extra = image.tag_v2.get(_EXTRA_SAMPLES, ()) if isinstance(image, TiffImageFile) else ()
    if extra and extra[0] in _AS_THEY_ARE:
        return np.asarray(cv2.cvtColor(found, cv2.COLOR_BGRA2RGB))
    return on_black(cv2.cvtColor(found, cv2.COLOR_BGRA2RGBA))


def _turn(image: ImageFile) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return what turns the film upright; damaged EXIF data turn nothing."""
    orientation: object = 1
    with suppress(Exception):
        orientation = image.getexif().get(_ORIENTATION, 1)
    if isinstance(orientation, int) and orientation in _TURNS:
        return _TURNS[orientation]
    return lambda film: film


def _to_grey(values: Stored, source: str) -> tuple[Stored, tuple[str, ...]]:
    """Return the luma and what to say of the colours.

    Raises:
        UnsuitableFilm: a colour picture.
    """
    if values.ndim == 2:
        return values, ()
    colour = judge_colour(values)
    if colour is Colour.COLOUR:
        raise UnsuitableFilm(
            source, "this is a colour picture; a chest radiograph in shades of grey is needed."
        )
    warnings = {
        Colour.TINTED: ("The film is tinted; its brightness alone is read.",),
        Colour.MARKED: ("The film has coloured marks on it, which are read as grey.",),
    }
    return grey(values), warnings.get(colour, ())
