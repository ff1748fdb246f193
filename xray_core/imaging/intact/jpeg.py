"""JPEG: what libjpeg warns of, which Pillow does not pass on.

simplejpeg decodes with libjpeg-turbo as Pillow does, and raises the library's warnings as errors.
It is asked for an eighth of the size, for which all entropy-coded data are still decoded.
"""

import re

import simplejpeg

from xray_core.imaging.intact.damage import CORRUPT, END_EARLY, END_MARK_MISSING, Damaged

_END_OF_IMAGE, _START_OF_SCAN = b"\xff\xd9", b"\xff\xda"
_EXTRANEOUS = re.compile(r"extraneous bytes before marker 0x(..)")
_IN_SCAN = frozenset({"d9", *(f"d{n}" for n in range(8))})  # end of image, restarts
# What says nothing of the picture data: kinds that TurboJPEG does not decode and Pillow may, and
# libjpeg's warnings of a header. Of several warnings TurboJPEG tells the last, and headers come
# first.
_NO_DAMAGE = (
    "Unsupported JPEG data precision",
    "Unsupported JPEG process",
    "Unsupported color conversion",
    "Could not determine subsampling",
    "Unknown Adobe color transform",
    "unknown JFIF revision",
    "bad ICC marker",
    "Invalid SOS parameters for sequential JPEG",
)
# CMYK can only be had as it is, and brightness alone saves time where it is stored apart.
_DECODED_AS = {"CMYK": "CMYK", "YCCK": "CMYK", "Gray": "GRAY", "YCbCr": "GRAY"}


def check_jpeg(data: bytes) -> tuple[str, ...]:
    """Return warnings on a JPEG file, or the JPEG inside another.

    Checksums are no part of JPEG: damage is noticed where it breaks the code, as nearly all of it
    does somewhere before the end. One changed byte may change a part of the picture unnoticed.

    Raises:
        Damaged: the entropy-coded data end early, are too many, or cannot be decoded.
    """
    complaint = _complaint(data)
    if not complaint or _is_about_header(complaint, data):
        return ()
    if complaint == "Premature end of JPEG file" and not _complaint(data + _END_OF_IMAGE):
        return (END_MARK_MISSING,)
    raise Damaged(END_EARLY if "remature end" in complaint else CORRUPT)


def _is_about_header(complaint: str, data: bytes) -> bool:
    """Tell whether there are only a few bytes too many between the segments before the one scan."""
    found = _EXTRANEOUS.search(complaint)
    return found is not None and data.count(_START_OF_SCAN) == 1 and found[1] not in _IN_SCAN


def _complaint(data: bytes) -> str:
    """Return the last thing that libjpeg has to say of the picture data, or an empty string."""
    try:
        _, _, colours, _ = simplejpeg.decode_jpeg_header(data, strict=False)
        simplejpeg.decode_jpeg(
            data,
            colorspace=_DECODED_AS.get(colours, "RGB"),
            fastdct=True,
            fastupsample=True,
            min_height=1,
            min_width=1,
            min_factor=8,
        )
    except ValueError as error:
        text = str(error)
        return "" if any(known in text for known in _NO_DAMAGE) else text
    return ""
