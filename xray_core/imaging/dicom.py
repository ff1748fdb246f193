"""DICOM CR and DX to brightness, with pydicom and the decoders it finds."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.filereader import read_dataset, read_preamble
from pydicom.pixels import get_decoder
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    AllTransferSyntaxes,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from xray_core.errors import UnreadableFilm, UnsuitableFilm
from xray_core.imaging.decoded import Decoded, decoding
from xray_core.imaging.dicom_header import HEADER_TAGS, check_radiograph, code, read_header
from xray_core.imaging.intact.frame import check_frame
from xray_core.imaging.intact.tail import check_tail
from xray_core.imaging.limits import check_expansion, check_frames, check_size
from xray_core.imaging.sizes import codestream_size
from xray_core.imaging.sniff import FileType
from xray_core.imaging.voi import VOI_TAGS, to_brightness

_PIXEL_TAGS = (
    "SamplesPerPixel",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "HighBit",
    "PixelRepresentation",
    "PlanarConfiguration",
    "PixelData",
)
_JPEG_LS = frozenset({JPEGLSLossless, JPEGLSNearLossless})
_PIXEL_DATA = (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")  # the tag (7FE0,0010), both orders
_TRANSFER_SYNTAXES = frozenset(
    {
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        RLELossless,
        JPEGBaseline8Bit,
        JPEGExtended12Bit,
        JPEGLossless,
        JPEGLosslessSV1,
        *_JPEG_LS,
        JPEG2000Lossless,
        JPEG2000,
        HTJ2KLossless,
        HTJ2KLosslessRPCL,
        HTJ2K,
    }
)


def _choose_decoders() -> None:
    """Leave out decoders that pydicom would try, and that are not to be trusted with damage.

    GDCM ends the process on damaged JPEG and JPEG 2000 data (an uncaught C++ exception), and writes
    to standard error on others; what it decodes, others decode too. pylibjpeg makes a picture of
    any JPEG-LS data, where pyjpegls raises on what is damaged; pydicom would ask it next.
    """
    for uid in _TRANSFER_SYNTAXES:
        decoder = get_decoder(uid)
        for plugin in ("gdcm", *(["pylibjpeg"] if uid in _JPEG_LS else [])):
            if plugin in decoder.available_plugins:
                decoder.remove_plugin(plugin)


_choose_decoders()


def decode_dicom(data: bytes, source: str) -> Decoded:
    """Decode a DICOM file that holds one frontal chest radiograph.

    Args:
        data: the whole file, with or without its preamble.
        source: the file's name, for messages.

    Raises:
        UnreadableFilm: damaged, cut short, over a limit, or in a transfer syntax that is not read.
        UnsuitableFilm: no pixels, another modality or body part, a lateral view, or in colour.
    """
    with decoding(FileType.DICOM, source):
        _check_transfer_syntax(_transfer_syntax(data), source)
        dataset = dcmread(
            io.BytesIO(data),
            force=True,  # `sniff` has looked at what stands where the preamble is not
            specific_tags=[*HEADER_TAGS, *VOI_TAGS, *_PIXEL_TAGS],
        )
        warnings = check_radiograph(dataset, source)
        _check_pixels(dataset, data, source)
        header = read_header(dataset)
        stored, whole = _stored(dataset, source)
        film, more = to_brightness(dataset, stored)
    synthetic = str(dataset.get("ImageComments") or "").upper().startswith("SYNTHETIC")
    return Decoded(np.ascontiguousarray(film), header, warnings + whole + more, synthetic)


def _transfer_syntax(data: bytes) -> UID | None:
    """Return the transfer syntax, or None where the file has no meta information.

    Before pydicom reads the file as a whole, because it would inflate a deflated one, of any size.
    """
    stream = io.BytesIO(data)
    read_preamble(stream, force=True)
    meta = read_dataset(stream, False, True, stop_when=lambda tag, vr, length: tag.group != 2)
    return meta.get("TransferSyntaxUID")


def _check_transfer_syntax(uid: UID | None, source: str) -> None:
    if uid is None or uid in _TRANSFER_SYNTAXES:
        return
    known = uid in AllTransferSyntaxes or uid == DeflatedExplicitVRLittleEndian
    name = uid.name if known else "an unknown encoding"
    raise UnreadableFilm(
        source,
        f"this DICOM file is stored as {name}; allowed are uncompressed, RLE, JPEG, JPEG-LS and "
        "JPEG 2000.",
    )


def _check_pixels(dataset: Dataset, data: bytes, source: str) -> None:
    """Apply the limits to what the header says of the pixels; nothing is decoded yet."""
    if "PixelData" not in dataset and any(tag in data for tag in _PIXEL_DATA):
        raise ValueError("cut short within the pixel data")
    if "PixelData" not in dataset or "Rows" not in dataset or "Columns" not in dataset:
        raise UnsuitableFilm(
            source,
            "this DICOM file has no pixel data, or is cut short before it; one that holds a "
            "picture is needed.",
        )
    photometric = code(dataset, "PhotometricInterpretation")
    if int(dataset.get("SamplesPerPixel") or 1) != 1 or not photometric.startswith("MONOCHROME"):
        raise UnsuitableFilm(
            source,
            f"this DICOM picture is in colour ({photometric or 'unstated'}); a chest radiograph "
            "in shades of grey is needed.",
        )
    check_frames(source, int(dataset.get("NumberOfFrames") or 1))
    width, height = int(dataset.Columns), int(dataset.Rows)
    check_size(source, width, height)
    bits = int(dataset.BitsAllocated)
    if bits not in (8, 16):
        raise UnreadableFilm(source, f"this DICOM film has {bits} bits; 8 to 16 are allowed.")
    check_expansion(source, len(data), width * height * bits // 8)


def _stored(dataset: Dataset, source: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return the stored values (H, W), unused bits removed, and warnings."""
    if dataset.file_meta.get("TransferSyntaxUID") is None:
        implicit, little = dataset.original_encoding
        explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit
    frame = b""
    if dataset.file_meta.TransferSyntaxUID.is_compressed:
        frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
        inside = codestream_size(frame)
        stated = (int(dataset.Columns), int(dataset.Rows))
        if inside is not None and inside != stated:
            raise UnreadableFilm(
                source,
                f"the picture in this DICOM file has {inside[0]:,}×{inside[1]:,} pixels where its "
                f"header says {stated[0]:,}×{stated[1]:,}; both must agree.",
            )
    below = _bits_below(dataset, source)
    dataset.BitsStored += below  # pydicom keeps the lowest bits, wherever High Bit is
    stored = np.asarray(dataset.pixel_array)
    if stored.ndim != 2:
        raise ValueError("not one grey frame")
    if below:
        stored = stored >> below
    return stored, check_frame(frame, stored, dataset) if frame else check_tail(stored)


def _bits_below(dataset: Dataset, source: str) -> int:
    """Return how many unused bits lie below those of the picture (PS3.5, 8.1.1); mostly none.

    PS3.3, C.7.6.3, has the picture in the lowest bits. Older films may have it in the highest, as
    they are or in RLE; the other codes hold values, which have no bits below them.

    Raises:
        UnreadableFilm: the bits that are stated cannot be where they are said to be.
    """
    allocated, bits = int(dataset.BitsAllocated), int(dataset.BitsStored)
    stated = dataset.get("HighBit")
    high = bits - 1 if stated is None else int(stated)
    syntax = dataset.file_meta.TransferSyntaxUID
    highest = bits - 1 if syntax.is_compressed and syntax != RLELossless else allocated - 1
    if not bits - 1 <= high <= highest:
        allowed = f"{bits - 1}" if highest <= bits - 1 else f"{bits - 1} to {highest}"
        raise UnreadableFilm(
            source,
            f"this DICOM film states a High Bit of {high} for {bits} bits stored in {allocated}; "
            f"allowed is {allowed}.",
        )
    return high + 1 - bits
