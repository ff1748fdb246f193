"""From decoded numbers to brightness: one rule for each kind of pixel."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Stored values of a type that only the file decides.
Stored = NDArray[Any]


def stretch(values: Stored) -> NDArray[np.float32]:
    """Return values (H, W) stretched from their own minimum and maximum to [0, 1].

    What is not a number or not finite counts as the minimum; a flat film is 0 throughout.
    """
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros(values.shape, np.float32)
    kept = values if finite.all() else values[finite]
    low, high = float(kept.min()), float(kept.max())
    # float32 holds 16-bit integers exactly; others could lose their small differences to it.
    exact = values.dtype.kind in "iu" and values.dtype.itemsize <= 2
    work: Stored = values.astype(np.float32 if exact else np.float64)
    work[~finite] = low
    if high > low:
        work -= low
        work /= high - low
        return work.astype(np.float32, copy=False)
    return np.zeros(values.shape, np.float32)


def brightness(values: Stored) -> NDArray[np.float32]:
    """Return grey values (H, W) as float32 in [0, 1].

    uint8 is divided by 255, so that two films of one scanner stay comparable; all deeper pixels
    use an unknown part of their range, and are stretched by the film's own minimum and maximum.
    """
    if values.dtype == np.uint8:
        return values.astype(np.float32) / np.float32(255)
    return stretch(values)


def on_black(values: Stored) -> Stored:
    """Lay an RGBA picture (H, W, 4), uint8 or uint16, on black; return RGB of the same type."""
    *channels, alpha = cv2.split(values)
    scale = 1.0 / np.iinfo(values.dtype).max
    return np.asarray(cv2.merge([cv2.multiply(c, alpha, scale=scale) for c in channels]))


def grey(rgb: Stored) -> Stored:
    """Return the luma (ITU-R BT.601) of RGB (H, W, 3), same type; exact where R = G = B."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY))
