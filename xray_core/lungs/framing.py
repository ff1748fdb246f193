"""Which part of a film a network sees."""

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Preprocessing
from xray_core.imaging.clahe import equalise
from xray_core.imaging.geometry import InputGeometry, normalise
from xray_core.lungs.finder import Lungs

Pixels = NDArray[np.float32]


def frame_film(
    shape: tuple[int, int], lungs: Lungs | None, how: Preprocessing, size: int
) -> InputGeometry:
    """Return the geometry from a film to a network's input.

    Args:
        shape: (height, width) of the film in pixels.
        lungs: what was found on the intact film; the whole film is kept where there is no
            plausible pair, and for a network that does not crop.
        how: the network's preprocessing.
        size: side of its input in pixels.
    """
    if how.crop == "lungs" and lungs is not None and lungs.box is not None:
        return InputGeometry.around(shape, lungs.box, how.margin, size)
    if how.crop == "border":
        (height, width), share = shape, how.margin
        top, left = round(height * share), round(width * share)
        return InputGeometry(shape, (top, left, height - top, width - left), size)
    return InputGeometry.whole(shape, size)


def network_input(pixels: Pixels, geometry: InputGeometry, how: Preprocessing) -> Pixels:
    """Return film pixels (H, W) as a network's input (S, S), by a given geometry."""
    pixels, geometry = in_known_detail(pixels, geometry, how)
    seen = geometry.to_input(equalise(pixels, how.clahe))
    return normalise(seen, how.normalisation, how.low, how.high)


def in_known_detail(
    pixels: Pixels, geometry: InputGeometry, how: Preprocessing
) -> tuple[Pixels, InputGeometry]:
    """Return a film in no finer detail than a network knows, and its geometry then.

    What is fine on a small film has gone through a reduction and often a compression; averaged
    straight from a large one to the network's input, the same film is sharper than any that it
    learnt from, and sharpness goes with the class in training films.

    Args:
        pixels: float32 (H, W).
        geometry: from that film to the network's input.
        how: the network's preprocessing; `longest` is the limit.
    """
    height, width = pixels.shape
    if how.longest is None or max(height, width) <= how.longest:
        return pixels, geometry
    scale = how.longest / max(height, width)
    shape = max(1, round(height * scale)), max(1, round(width * scale))
    small = cv2.resize(pixels, shape[::-1], interpolation=cv2.INTER_AREA)
    return small.astype(np.float32, copy=False), geometry.at(shape)
