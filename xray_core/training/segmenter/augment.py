"""Random changes to a training film and its mask, and what they make of its pose.

A film comes as a canvas, larger than the network's input, and leaves as the input: rotation, shift,
zoom, cuts and flips are one resampling of film and masks together.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.networks.poses import POSES
from xray_core.training.segmenter.config import Changes

Canvas = NDArray[np.uint8]
GENTLE = Changes(
    **{"gentle": 1, "rotation": 8, "turned": 0, "cut": 0, "shrunk": 0, "inverted": 0, "gamma": 0.4},
    **{"opacified": 0, "hidden": 0, "frame": 0, "blur": 0, "noise": 0, "no_chest": 0},
)
WHOLE, PART = 0.8, 0.6
"""With this share of both lungs left on the film it is a pair; with less than that, no pair."""


@dataclass(frozen=True)
class Example:
    """One training example.

    Attributes:
        film: float32 (S, S) in [0, 1], before the normalisation.
        lungs: float32 (S, S), share of each pixel that is lung.
        weight: float32 (S, S), 0 where the outline is not scored.
        pose: float32 (3,), one-hot; all 0 where neither whole nor cut, so that none is learnt.
    """

    film: NDArray[np.float32]
    lungs: NDArray[np.float32]
    weight: NDArray[np.float32]
    pose: NDArray[np.float32]


def change(
    canvas: Canvas, other: Canvas, size: int, how: Changes, rng: np.random.Generator
) -> Example:
    """Return a changed film with its mask and pose.

    Args:
        canvas: uint8 (M, M, 4): film, left lung, right lung, ignored.
        other: uint8 (M, M, 4), another film, whose frame may be borrowed.
        size: side of the network's input in pixels.
        how: probabilities and ranges.
        rng: the only source of chance.
    """
    if rng.random() < how.gentle:
        how = GENTLE
    matrix, turned = _matrix(canvas.shape[0], size, how, rng)
    border = 0 if rng.random() < 0.7 else int(rng.integers(256))
    warped = cv2.warpAffine(
        canvas, matrix, (size, size), flags=cv2.INTER_AREA, borderValue=(border, 0, 0, 0)
    )
    sides = warped[..., 1:3].astype(np.float32) / 255
    kept = sides.sum((0, 1)) / (
        canvas[..., 1:3].sum((0, 1)) / 255 * abs(np.linalg.det(matrix[:, :2])) + 1e-6
    )
    lungs = np.clip(sides.sum(axis=-1), 0, 1)
    weight = 1 - warped[..., 3].astype(np.float32) / 255
    film = warped[..., 0]
    if rng.random() < how.opacified and canvas[..., 3].min() == 0:  # there is a mask
        film = _opacify(film, sides, rng)
    film = _spoil(film.copy(), cv2.resize(other[..., 0], (size, size)), how, rng)
    return Example(tone(film, how, rng), lungs, weight, _pose(float(kept.min()), turned))


def _pose(kept: float, turned: bool) -> NDArray[np.float32]:
    pose = np.zeros(len(POSES), np.float32)
    if kept < PART:
        pose[POSES.index("no pair")] = 1
    elif kept >= WHOLE:
        pose[POSES.index("turned" if turned else "upright")] = 1
    return pose


def _matrix(
    side: int, size: int, how: Changes, rng: np.random.Generator
) -> tuple[NDArray[np.float64], bool]:
    """Return the 2×3 matrix from canvas to input, and whether it turns the film."""
    reach = 0.08 if how is GENTLE else 0.2
    angle, zoom = rng.uniform(-how.rotation, how.rotation), np.exp(rng.uniform(-reach, reach, 2))
    shift = rng.uniform(-reach, reach, 2) / 2
    centre = np.full(2, (side - 1) / 2)
    kind = rng.random()
    turned = kind < how.turned
    if turned:
        angle += 90 * rng.integers(1, 4)
    elif kind < how.turned + how.cut:
        low, high = _cut(rng)
        centre, zoom, shift = (low + high) / 2 * side, 1 / (high - low), np.zeros(2)
        angle /= 3
    elif kind < how.turned + how.cut + how.shrunk:
        zoom *= rng.uniform(0.45, 0.85)
        shift *= 2
    radians = np.deg2rad(angle)
    cos, sin = np.cos(radians), np.sin(radians)
    mirror = np.diag([-1.0 if rng.random() < 0.5 else 1.0, 1.0])
    shear = np.array([[1.0, rng.uniform(-0.08, 0.08)], [0.0, 1.0]])
    linear = np.diag(zoom) @ np.array([[cos, -sin], [sin, cos]]) @ shear @ mirror * (size / side)
    offset = (size - 1) / 2 + shift * size - linear @ centre
    return np.column_stack([linear, offset]), turned


def _cut(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners (x, y) of what is left of a film, as shares of its side."""
    low, high = np.zeros(2), np.ones(2)
    for axis in rng.permutation(2)[: rng.integers(1, 3)]:
        amount = rng.uniform(0.1, 0.65)
        if rng.random() < 0.5:
            low[axis] = amount
        else:
            high[axis] = 1 - amount
    return low, high


def _opacify(film: Canvas, sides: NDArray[np.float32], rng: np.random.Generator) -> Canvas:
    """Make a part of the lungs as dense as what lies around them."""
    size = film.shape[0]
    chosen = sides.sum(axis=-1) if rng.random() < 0.3 else sides[..., rng.integers(2)]
    y, x = np.nonzero(chosen > 0.5)
    if len(y) == 0:
        return film
    at = rng.integers(len(y))
    spot = np.zeros_like(chosen)
    axes = tuple(int(v) for v in rng.uniform(0.1, 1.0, 2) * size)
    cv2.ellipse(spot, (int(x[at]), int(y[at])), axes, rng.uniform(0, 180), 0, 360, 1.0, cv2.FILLED)
    reach = cv2.GaussianBlur(spot * np.clip(chosen, 0, 1), (0, 0), rng.uniform(1, 4))
    level = np.percentile(film, rng.uniform(65, 97))
    opacity = (reach * rng.uniform(0.4, 1.0)).astype(np.float32)
    return np.rint(film * (1 - opacity) + level * opacity).astype(np.uint8)


def _spoil(film: Canvas, other: Canvas, how: Changes, rng: np.random.Generator) -> Canvas:
    size = film.shape[0]
    if rng.random() < how.blur:
        low = int(size * rng.uniform(0.35, 0.9))
        small = cv2.resize(film, (low, low), interpolation=cv2.INTER_AREA)
        film = cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)
    if rng.random() < how.frame:
        top, bottom, left, right = (rng.uniform(0, 0.1, 4) * size).astype(int)
        framed = other.copy() if rng.random() < 0.4 else np.full_like(film, rng.choice((0, 0, 255)))
        inside = slice(top, size - bottom), slice(left, size - right)
        framed[inside] = film[inside]
        film = framed
    if rng.random() < how.hidden:
        height, width = (rng.uniform(0.08, 0.35, 2) * size).astype(int)
        top, left = rng.integers(0, size - height), rng.integers(0, size - width)
        film[top : top + height, left : left + width] = rng.integers(256)
    return film


def tone(film: Canvas, how: Changes, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a film at another exposure, perhaps inverted and noisy, float32 in [0, 1]."""
    grey = np.linspace(0, 1, 256) ** (2.0 ** rng.uniform(-how.gamma, how.gamma))
    if rng.random() < 0.3 and how is not GENTLE:  # saturation at one or both ends
        low, high = rng.uniform(0, 0.2), rng.uniform(0.7, 1)
        grey = np.clip((grey - low) / (high - low), 0, 1)
    if rng.random() < how.inverted:
        grey = 1 - grey
    shown = grey.astype(np.float32)[film]
    if rng.random() < how.noise:
        shown += rng.normal(0, rng.uniform(0.01, 0.12), film.shape).astype(np.float32)
    return np.clip(shown, 0, 1)
