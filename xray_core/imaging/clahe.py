"""Local contrast: CLAHE (Zuiderveld 1994, Graphics Gems IV, page 474), as OpenCV does it."""

import cv2
import numpy as np
from numpy.typing import NDArray

TILES = 8
"""Tiles a side of the film."""


def equalise(pixels: NDArray[np.float32], clip: float) -> NDArray[np.float32]:
    """Return a film whose contrast is evened out tile by tile.

    It is done on the whole film, before any crop, so that what a network sees does not depend on
    the size of its input. The film is stretched by its own minimum and maximum first.

    Args:
        pixels: float32 (H, W) in [0, 1].
        clip: how far a tile's histogram of 256 grey values may rise above its mean before it is cut
            off; 0 leaves the film as it is.

    Returns:
        float32 (H, W) in [0, 1].
    """
    floor, span = float(pixels.min()), float(np.ptp(pixels))
    if not clip or not span:
        return pixels
    even = cv2.createCLAHE(clipLimit=clip, tileGridSize=(TILES, TILES))
    grey = np.rint((pixels - np.float32(floor)) * np.float32(255 / span)).astype(np.uint8)
    return np.asarray(even.apply(grey), dtype=np.float32) / np.float32(255)
