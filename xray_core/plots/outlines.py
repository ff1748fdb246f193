"""Superpixels and masks as outlines on the film, for pictures that stay sharp when enlarged."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, find_objects
from skimage.measure import find_contours

from xray_core.explain.explanation import Explanation
from xray_core.imaging.geometry import InputGeometry

SOFTNESS = 0.8
"""Standard deviation of the blur that rounds the steps of a superpixel, in input pixels."""
MARGIN = 4
FINEST = 1200
"""The outline of a mask is true to this part of the film's longer side: a pixel of a screen."""


@dataclass(frozen=True)
class Outline:
    """One superpixel on the film.

    Attributes:
        number: of the superpixel.
        weight: signed.
        rings: closed curves, float64 (n, 2) of (x, y) in film pixels, measured at pixel edges.
        anchor: (x, y) of the point deepest inside, where a sign fits.
    """

    number: int
    weight: float
    rings: tuple[NDArray[np.float64], ...]
    anchor: tuple[float, float]


def outlines(explanation: Explanation, geometry: InputGeometry) -> tuple[Outline, ...]:
    """Return the outline of every superpixel, by number.

    Args:
        explanation: its segments are in the geometry of the network's input.
        geometry: takes them back to the film.
    """
    segments = explanation.segments
    boxes = find_objects(segments + 1)
    made = []
    for number, (rows, columns) in enumerate(boxes):
        top, left = max(0, rows.start - MARGIN), max(0, columns.start - MARGIN)
        mask = segments[top : rows.stop + MARGIN, left : columns.stop + MARGIN] == number
        corner = np.array([left, top])
        rings = tuple(_to_film(corner + ring, geometry) for ring in _rings(mask))
        anchor = _to_film(corner + np.array([_deepest(mask)]), geometry)[0]
        weight = float(explanation.weights[number])
        made.append(Outline(number, weight, rings, (float(anchor[0]), float(anchor[1]))))
    return tuple(made)


def mask_rings(mask: NDArray[np.bool_]) -> tuple[NDArray[np.float64], ...]:
    """Return the outlines of what is True on a film, closed curves (n, 2) of (x, y), pixel edges.

    Args:
        mask: bool (H, W) on the film.
    """
    found, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    rings = (cv2.approxPolyDP(ring, max(mask.shape) / FINEST, True)[:, 0] + 0.5 for ring in found)
    return tuple(np.vstack([ring, ring[:1]]) for ring in rings)


def _rings(mask: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Return closed curves (n, 2) of (x, y) around a mask, at its pixel edges."""
    # The film goes on at its border as far as the blur can tell, so that outlines end there.
    soft = cv2.GaussianBlur(
        mask.astype(np.float32), (0, 0), SOFTNESS, borderType=cv2.BORDER_REPLICATE
    )
    padded = np.pad(soft if soft.max() > 0.5 else mask.astype(np.float32), 1)
    # (row, column) of centres in the padded mask → (x, y) of edges in the mask.
    return [ring[:, ::-1] - 0.5 for ring in find_contours(padded, 0.5)]


def _deepest(mask: NDArray[np.bool_]) -> tuple[float, float]:
    depth = distance_transform_edt(np.pad(mask, 1))
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return float(column) - 0.5, float(row) - 0.5


def _to_film(points: NDArray[np.float64], geometry: InputGeometry) -> NDArray[np.float64]:
    """Take (n, 2) of (x, y) from the network's input to the film."""
    top, left, bottom, right = geometry.box
    scale = np.array([right - left, bottom - top]) / geometry.size
    return np.asarray(points * scale + np.array([left, top]))
