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
    work = values.astype(np.float64)
    finite = np.isfinite(work)
    if not finite.any():
        return np.zeros(work.shape, np.float32)
    low, high = work[finite].min(), work[finite].max()
    if not finite.all():
        work = np.where(finite, work, low)
    span = high - low
    if not np.isfinite(span) or span <= 0:
        return np.zeros(work.shape, np.float32)
    return np.asarray((work - low) / span, np.float32)


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
    top = np.iinfo(values.dtype).max
    alpha = values[..., 3:]
    if (alpha == top).all():
        return np.ascontiguousarray(values[..., :3])
    return np.asarray(np.rint(values[..., :3] * (alpha / top)), values.dtype)


def grey(rgb: Stored) -> Stored:
    """Return the luma (ITU-R BT.601) of RGB (H, W, 3), same type; exact where R = G = B."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY), rgb.dtype)
