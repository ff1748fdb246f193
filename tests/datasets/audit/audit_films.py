"""Pictures to build small data sets of."""

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


def picture(seed: int, side: int = 96) -> Grey:
    """Return a smooth random grey picture: no two seeds look alike."""
    coarse = np.random.default_rng(seed).integers(20, 235, (6, 6)).astype(np.uint8)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)


def framed(grey: Grey, width: int = 12) -> Grey:
    """Return a picture with a black frame, as a collimator leaves it."""
    out = np.zeros_like(grey)
    out[width:-width, width:-width] = grey[width:-width, width:-width]
    return out


def encoded(grey: Grey, suffix: str = ".png") -> bytes:
    """Return a picture as the bytes of a file."""
    return cv2.imencode(suffix, grey)[1].tobytes()
