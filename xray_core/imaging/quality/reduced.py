"""The copy of a film, about as large as a network's input, on which most checks work."""

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 224
"""Longest side; the training films have it."""
TILE = 16
"""The side is a whole number of tiles of this size."""


def reduced(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a square, area-averaged copy of a film, stretched as a network sees it.

    A small film is not enlarged: its side becomes the multiple of `TILE` that fits.

    Args:
        pixels: (H, W) in [0, 1], at least `TILE` on each side.

    Returns:
        float32 (S, S) in [0, 1], S at most `SIDE`.
    """
    height, width = pixels.shape
    small = np.ascontiguousarray(pixels)
    # Averaging over whole pixels first is ten times faster than one step by a fraction.
    step = min(height, width) // SIDE
    if step > 1:
        inside = small[: height // step * step, : width // step * step]
        size = width // step, height // step
        small = np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_AREA), np.float32)
    side = min(SIDE, min(height, width) // TILE * TILE)
    if small.shape != (side, side):
        shrunk = cv2.resize(small, (side, side), interpolation=cv2.INTER_AREA)
        small = np.asarray(shrunk, np.float32)
    return small


def tile_means(values: NDArray[np.float32], tile: int = TILE) -> NDArray[np.float32]:
    """Return the mean of each tile of values (S, S), whose side `tile` divides S, as one row."""
    count = values.shape[0] // tile
    means = cv2.resize(values, (count, count), interpolation=cv2.INTER_AREA)
    return np.asarray(means, np.float32).ravel()
