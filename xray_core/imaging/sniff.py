"""The type of a file, from its bytes: names and extensions are never trusted."""

from codecs import getincrementaldecoder
from enum import StrEnum
from typing import Literal

from xray_core.errors import UnreadableFilm


class FileType(StrEnum):
    """The file types that can hold a film."""

    PNG = "PNG"
    JPEG = "JPEG"
    TIFF = "TIFF"
    BMP = "BMP"
    WEBP = "WEBP"
    DICOM = "DICOM"


ALLOWED = "allowed are PNG, JPEG, TIFF, BMP, WebP and DICOM"

_READ: tuple[tuple[bytes, FileType], ...] = (
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"II*\0", FileType.TIFF),
    (b"MM\0*", FileType.TIFF),
    (b"II+\0", FileType.TIFF),  # BigTIFF
    (b"MM\0+", FileType.TIFF),
    (b"BM", FileType.BMP),
)

_REFUSED: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"%PDF", "a PDF document"),
    (0, b"GIF8", "a GIF image"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "an XZ archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!", "a RAR archive"),
    (257, b"ustar", "a TAR archive"),
    (0, b"\0\0\0\x0cjP  \r\n", "a JPEG 2000 image outside DICOM"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 image outside DICOM"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (0, b"\xff\x0a", "a JPEG XL image"),
    (4, b"ftypavif", "an AVIF image"),
    (4, b"ftyphei", "a HEIC image"),
    (4, b"ftypmif1", "a HEIC image"),
    (4, b"ftyp", "a video"),
    (8, b"AVI ", "a video"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"\x89HDF", "an HDF5 file"),
    (344, b"n+1\0", "a NIfTI volume"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"SQLite format 3", "an SQLite database"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"<?xml", "an XML document"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"\xd0\xcf\x11\xe0", "an Office document"),
)

# DICOM without its 128-byte preamble starts with an element of one of these groups (PS3.10, 7.1;
# files from before 1993 have no File Meta Information either).
_FIRST_GROUPS = (0x0002, 0x0008)
_VALUE_REPRESENTATIONS = frozenset(b"AE AS CS DA DS DT IS LO LT OB PN SH ST TM UI UL UN US".split())


_SAMPLE = 4096
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def sniff(data: bytes, source: str) -> FileType:
    """Return what the bytes are.

    Args:
        data: the whole file.
        source: the file's name, for the message.

    Raises:
        UnreadableFilm: the file is empty or of a type that cannot hold a film; the sentence names
            the type where it is known.
    """
    if not data:
        raise UnreadableFilm(source, f"this file is empty; {ALLOWED}.")
    if data[128:132] == b"DICM":
        return FileType.DICOM
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return FileType.WEBP
    for magic, kind in _READ:
        if data.startswith(magic):
            return kind
    if starts_like_dicom(data):
        return FileType.DICOM
    raise UnreadableFilm(source, f"this is {_name_of(data)}; {ALLOWED}.")


def starts_like_dicom(data: bytes) -> bool:
    """Tell whether the first element is one that a DICOM file without preamble starts with."""
    if len(data) < 16:
        return False
    order: Literal["little", "big"]
    for order in ("little", "big"):
        group = int.from_bytes(data[:2], order)
        element = int.from_bytes(data[2:4], order)
        if group not in _FIRST_GROUPS or element > 0x0100:
            continue
        explicit = data[4:6] in _VALUE_REPRESENTATIONS
        implicit = int.from_bytes(data[4:8], order) <= 1024
        if explicit or implicit:
            return True
    return False


def _name_of(data: bytes) -> str:
    """Return the article and name of a type that is refused."""
    for offset, magic, name in _REFUSED:
        if data[offset : offset + len(magic)] == magic:
            return name
    start = data[:_SAMPLE]
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower().startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if any(_is_text(start, encoding) for encoding in ("utf-8", "utf-16")):
        return "text"
    return "no image type that is known"


def _is_text(start: bytes, encoding: str) -> bool:
    """Tell whether the bytes are text without control characters; UTF-16 needs its mark."""
    if encoding == "utf-16" and start[:2] not in _UTF_16:
        return False
    try:
        # A character may be cut by the end of the sample: the decoder keeps it back.
        text = getincrementaldecoder(encoding)().decode(start, final=len(start) < _SAMPLE)
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\t\r\n\f\ufeff" for c in text)
