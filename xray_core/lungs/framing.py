"""Which part of a film a network sees."""

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Preprocessing
from xray_core.imaging.clahe import equalise
from xray_core.imaging.geometry import InputGeometry, normalise
from xray_core.lungs.finder import Lungs


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


def network_input(
    pixels: NDArray[np.float32], geometry: InputGeometry, how: Preprocessing
) -> NDArray[np.float32]:
    """Return film pixels (H, W) as a network's input (S, S), by a given geometry."""
    seen = geometry.to_input(equalise(pixels, how.clahe))
    return normalise(seen, how.normalisation, how.low, how.high)
