"""The perceptual hash: films that look the same under other bytes."""

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE, _LOW = 32, 8


def perceptual_hash(pixels: NDArray[np.float32]) -> str:
    """Return the 64-bit DCT hash of a film.

    The film is shrunk to 32×32; of its cosine transform the 8×8 lowest frequencies without the
    first row and column are each compared with their median (Zauner, "Implementation and
    Benchmarking of Perceptual Image Hash Functions", 2010).

    Args:
        pixels: float32 (H, W), of a `Radiograph`.

    Returns:
        16 hexadecimal digits. Films that look the same differ in few of the 64 bits.
    """
    small = cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small)[1 : _LOW + 1, 1 : _LOW + 1]
    return np.packbits(low > np.median(low)).tobytes().hex()
