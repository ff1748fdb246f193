"""Random changes to training films, keyed by seed, epoch and film.

A film comes as a uint8 canvas, larger than the network's input, and leaves as the input: rotation,
shift, zoom, shear and flip are one resampling, so that nothing is interpolated twice.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.training.augmentation_config import Augmentation
from xray_core.training.canvas import Canvas, centre_of
from xray_core.training.style_transfer import borrow_style


def augment(
    canvas: Canvas,
    other: Canvas,
    size: int,
    how: Augmentation,
    rng: np.random.Generator,
    context: float = 1.0,
) -> NDArray[np.float32]:
    """Return one changed film, float32 (size, size) in [0, 1].

    Args:
        canvas: uint8 (M, M), the normalised film.
        other: uint8 (M, M), another film, whose frame may be borrowed.
        size: side of the network's input in pixels.
        how: probabilities and ranges.
        rng: the only source of chance.
        context: side of what the canvases show over the side of what the network sees, its centre.
    """
    film = _warp(canvas, size, how, rng, context)
    if how.style and rng.random() < how.style:
        film = borrow_style(film, centre_of(other, size, context), rng)
    if rng.random() < how.blur:
        film = _resample(film, rng)
    if rng.random() < how.frame:
        film = _replace_frame(film, centre_of(other, size, context), rng)
    if rng.random() < how.cutout:
        _cut_out(film, rng)
    return _tone_curve(how, rng)[film]


def _warp(
    canvas: Canvas, size: int, how: Augmentation, rng: np.random.Generator, context: float
) -> Canvas:
    side = canvas.shape[0]
    angle = np.deg2rad(rng.uniform(-how.rotation, how.rotation))
    zoom_x, zoom_y = np.exp(rng.uniform(-how.zoom, how.zoom, 2))
    shear = rng.uniform(-how.shear, how.shear)
    mirror = -1.0 if rng.random() < how.flip else 1.0
    # Drawn only where it is asked for, so that older runs draw the same numbers as ever.
    turn = -1.0 if how.flip_vertical and rng.random() < how.flip_vertical else 1.0
    cos, sin = np.cos(angle), np.sin(angle)
    linear = np.array([[cos, -sin + shear], [sin, cos]]) @ np.diag([mirror * zoom_x, turn * zoom_y])
    linear *= size * context / side
    centre = (size - 1) / 2 + rng.uniform(-how.shift, how.shift, 2) * size
    offset = centre - linear @ np.full(2, (side - 1) / 2)
    matrix = np.column_stack([linear, offset])
    return cv2.warpAffine(
        canvas,
        matrix,
        (size, size),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )


def _resample(film: Canvas, rng: np.random.Generator) -> Canvas:
    """Blur by resampling, or sharpen: resolution travels with the hospital, not with disease."""
    size = film.shape[0]
    if rng.random() < 0.7:
        low = int(size * rng.uniform(0.45, 0.95))
        small = cv2.resize(film, (low, low), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(film, (0, 0), rng.uniform(0.7, 1.5))
    amount = rng.uniform(0.3, 1.0)
    return cv2.addWeighted(film, 1 + amount, soft, -amount, 0)


def _replace_frame(film: Canvas, other: Canvas, rng: np.random.Generator) -> Canvas:
    size = film.shape[0]
    top, bottom, left, right = (rng.uniform(0.02, 0.14, 4) * size).astype(int)
    framed = other if rng.random() < 0.5 else np.full_like(film, rng.integers(0, 256))
    inside = slice(top, size - bottom), slice(left, size - right)
    framed[inside] = film[inside]
    return framed


def _cut_out(film: Canvas, rng: np.random.Generator) -> None:
    """Hide a rectangle in place (DeVries and Taylor 2017, arXiv:1708.04552)."""
    size = film.shape[0]
    height, width = (rng.uniform(0.1, 0.3, 2) * size).astype(int)
    top, left = rng.integers(0, size - height), rng.integers(0, size - width)
    film[top : top + height, left : left + width] = rng.integers(0, 256)


def _tone_curve(how: Augmentation, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return exposure as a table of 256 grey values in [0, 1]."""
    grey = np.linspace(0, 1, 256) ** (2.0 ** rng.uniform(-how.gamma, how.gamma))
    gain = 1 + rng.uniform(-how.contrast, how.contrast)
    lift = rng.uniform(-how.contrast, how.contrast) / 2
    return np.clip((grey - 0.5) * gain + 0.5 + lift, 0, 1).astype(np.float32)


def mix(
    films: NDArray[np.float32],
    targets: NDArray[np.float32],
    alpha: float,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return a batch mixed with itself in another order (mixup), and its packed targets.

    Args:
        films: float32 (N, S, S, 1).
        targets: float32 (N, K), 1 where the label allows an output.
        alpha: of the Beta distribution; 0 leaves the films as they are.
        rng: the only source of chance.

    Returns:
        Mixed films, and float32 (N, 2K + 1): targets of the first film, of the second, and the
        share of the first. Partial labels cannot be averaged, so both are kept.
    """
    n = len(films)
    order = rng.permutation(n)
    drawn = rng.beta(alpha, alpha, n) if alpha > 0 else np.ones(n)
    share = np.maximum(drawn, 1 - drawn).astype(np.float32)
    weight = share[:, None, None, None]
    others = films[order]
    # In place: new arrays of this size come page by page from the system, which takes longer.
    mixed = films * weight
    others *= 1 - weight
    mixed += others
    return mixed, np.concatenate([targets, targets[order], share[:, None]], axis=1)
