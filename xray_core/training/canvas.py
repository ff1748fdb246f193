"""What training films are augmented from: the network's view of a film, and what lies about it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.geometry import InputGeometry

DETAIL = 1.25
"""Pixels of a canvas for each of the network's input: zooming in loses nothing."""
CONTEXT = 1.25
"""Side of what a canvas shows over what the network sees: shifting and turning find film there."""

Canvas = NDArray[np.uint8]


def draw_canvas(pixels: NDArray[np.float32], geometry: InputGeometry) -> NDArray[np.float32]:
    """Return the canvas (M, M) of a film, M = size · DETAIL · CONTEXT, black beyond the film.

    Args:
        pixels: float32 (H, W) of the film.
        geometry: what the network sees of it.
    """
    (top, left, bottom, right), (height, width) = geometry.box, geometry.film_shape
    dy, dx = (round(side * (CONTEXT - 1) / 2) for side in (bottom - top, right - left))
    rows = max(0, top - dy), min(height, bottom + dy)
    columns = max(0, left - dx), min(width, right + dx)
    beyond = (
        (rows[0] - (top - dy), bottom + dy - rows[1]),
        (columns[0] - (left - dx), right + dx - columns[1]),
    )
    field = np.pad(pixels[slice(*rows), slice(*columns)], beyond)
    side = round(geometry.size * DETAIL * CONTEXT)
    return InputGeometry.whole((field.shape[0], field.shape[1]), side).to_input(field)


def centre_of(canvas: Canvas, size: int, context: float = CONTEXT) -> Canvas:
    """Return what the network would see of a canvas unchanged, uint8 (size, size)."""
    side = canvas.shape[0]
    edge = round(side * (1 - 1 / context) / 2)
    inside = slice(edge, side - edge)
    return np.asarray(cv2.resize(canvas[inside, inside], (size, size)), dtype=np.uint8)
