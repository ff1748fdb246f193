"""Is it a grey film, a tinted one, or a colour picture?

A film is grey, but files of grey films are often RGB: through JPEG their channels differ by chroma
noise, a scanner may tint all of it, and a viewer may have drawn coloured marks on it.
"""

from enum import Enum, auto

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.tone import Stored

SIDE = 128
TONES = 32
# Chroma, the length of (R − G, B − G) with channels in [0, 1], below which a pixel counts as grey.
GREY_CHROMA = 0.06
MARKED_SHARE = 0.02
# Films tinted blue, sepia or in two tones, with JPEG noise: 0.007 to 0.017; colour pictures, fundus
# photographs and stained sections, which have nearly one hue, among them: 0.027 and above.
TINT_RESIDUE = 0.022


class Colour(Enum):
    """What the colours of a picture make of it."""

    GREY = auto()
    MARKED = auto()  # grey, with a few coloured pixels
    TINTED = auto()  # grey, with a colour for every tone
    COLOUR = auto()  # a colour picture


def judge_colour(rgb: Stored) -> Colour:
    """Judge an RGB picture (H, W, 3), uint8 or uint16, H and W at least 1."""
    small = _shrunk(rgb)
    chroma = (small[..., (0, 2)] - small[..., 1:2]).reshape(-1, 2)
    share = float((np.linalg.norm(chroma, axis=1) > GREY_CHROMA).mean())
    if share == 0.0:
        return Colour.GREY
    if share < MARKED_SHARE:
        return Colour.MARKED
    luma = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).ravel()
    return Colour.TINTED if _tint_residue(chroma, luma) < TINT_RESIDUE else Colour.COLOUR


def _shrunk(rgb: Stored) -> NDArray[np.float32]:
    """Shrink by area to at most SIDE pixels, which averages chroma noise away; range [0, 1]."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(np.iinfo(rgb.dtype).max)


def _tint_residue(chroma: NDArray[np.float32], luma: NDArray[np.float32]) -> float:
    """Return how far (root mean square) chroma (N, 2) strays from being a function of luma (N,).

    A tint gives each tone of a grey film its colour; in a colour picture things that are equally
    bright have different colours.
    """
    tone = np.minimum((luma * TONES).astype(np.intp), TONES - 1)
    count = np.bincount(tone, minlength=TONES).clip(1)
    mean = np.stack([np.bincount(tone, chroma[:, k], TONES) / count for k in (0, 1)], axis=1)
    return float(np.sqrt(((chroma - mean[tone]) ** 2).sum(axis=1).mean()))
