"""The compressed frame of a DICOM film, by its transfer syntax."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import get_decoder
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    RLELossless,
)

from xray_core.imaging.intact.damage import Damaged
from xray_core.imaging.intact.jpeg import check_jpeg
from xray_core.imaging.intact.lossless_jpeg import check_lossless_jpeg
from xray_core.imaging.intact.rle import check_rle
from xray_core.imaging.intact.zeros import check_jpeg2000

_LOSSY_JPEG = frozenset({JPEGBaseline8Bit, JPEGExtended12Bit})
_LOSSLESS_JPEG = frozenset({JPEGLossless, JPEGLosslessSV1})
_JPEG2000 = frozenset({JPEG2000Lossless, JPEG2000, HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K})


def check_frame(frame: bytes, stored: NDArray[Any], dataset: Dataset) -> tuple[str, ...]:
    """Return warnings on a frame that was decoded.

    JPEG-LS needs no check: CharLS, which decodes it, raises where data are left or missing.

    Args:
        frame: the encoded frame.
        stored: values (H, W) that were decoded from it, unused bits removed.
        dataset: the header.

    Raises:
        Damaged: the picture is not all there.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax in _LOSSY_JPEG:
        return check_jpeg(frame)
    if syntax in _JPEG2000:
        check_jpeg2000(frame)
    elif syntax == RLELossless:
        check_rle(frame, *stored.shape)
    elif syntax in _LOSSLESS_JPEG:
        _check_lossless(frame, stored, dataset)
    return ()


def _check_lossless(frame: bytes, stored: NDArray[Any], dataset: Dataset) -> None:
    try:
        check_lossless_jpeg(frame, stored)
    except Damaged:
        # Bits that are not part of the picture may have been taken off; the code has them.
        raw, _ = get_decoder(dataset.file_meta.TransferSyntaxUID).as_buffer(dataset, index=0)
        values = np.frombuffer(raw, stored.dtype.newbyteorder("<")).reshape(stored.shape)
        check_lossless_jpeg(frame, values)
