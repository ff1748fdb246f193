"""From the network's map of probabilities to the outline of the lungs, and what it measures."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

THRESHOLD = 0.5
SPECK = 0.15
"""A body smaller than this share of the largest one is a speck, not a lung."""


@dataclass(frozen=True)
class Outline:
    """The lungs in the network's square view of the film, and what they measure there.

    Attributes:
        probability: float32 (S, S) in [0, 1], 0 where a speck was dropped.
        area: share of the view that the lungs cover.
        aspect: height over width of their box; 0 where there are none.
        balance: area of the smaller side over that of the larger, 0 to 1.
        certainty: mean probability of their pixels; 0 where there are none.
        edge: largest share of a side of their box that lies on the film's edge.
    """

    probability: NDArray[np.float32]
    area: float
    aspect: float
    balance: float
    certainty: float
    edge: float


def outline(probability: NDArray[np.float32]) -> Outline:
    """Drop specks, fill holes and measure.

    Args:
        probability: float32 (S, S) in [0, 1], of each pixel being lung.
    """
    bodies = _bodies((probability >= THRESHOLD).astype(np.uint8))
    mask = np.logical_or.reduce(bodies) if bodies else np.zeros(probability.shape, bool)
    # Outside keep the soft slope of the outline, so that it can be enlarged without steps.
    near = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    kept = np.where(near, np.where(mask, np.maximum(probability, THRESHOLD), probability), 0.0)
    if not mask.any():
        return Outline(kept.astype(np.float32), 0.0, 0.0, 0.0, 0.0, 0.0)
    left, _, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return Outline(
        probability=kept.astype(np.float32),
        area=float(mask.mean()),
        aspect=height / width,
        balance=_balance(bodies, left + width // 2),
        certainty=float(probability[mask].mean()),
        edge=max(
            float(mask[:, 0].sum()) / height,
            float(mask[:, -1].sum()) / height,
            float(mask[0].sum()) / width,
            float(mask[-1].sum()) / width,
        ),
    )


def _bodies(mask: NDArray[np.uint8]) -> list[NDArray[np.bool_]]:
    """Return the two largest bodies, filled, the larger first; specks are left out."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = []
    for contour in contours:
        body = np.zeros(mask.shape, np.uint8)
        cv2.drawContours(body, [contour], -1, 1, cv2.FILLED)
        filled.append(body.astype(bool))
    filled.sort(key=lambda body: -int(body.sum()))
    return [body for body in filled[:2] if body.sum() >= SPECK * filled[0].sum()]


def _balance(bodies: list[NDArray[np.bool_]], middle: int) -> float:
    """Compare the two bodies, or the halves of one that has grown together.

    One lung alone is one body too: its box is too narrow, and the network calls it no pair.
    """
    if len(bodies) == 2:
        areas = [int(body.sum()) for body in bodies]
    else:
        areas = [int(bodies[0][:, :middle].sum()), int(bodies[0][:, middle:].sum())]
    return min(areas) / max(areas)
