"""Branching trees: vessels and airways of the lungs."""

import numpy as np

from xray_core.imaging.phantom.anatomy import Anatomy
from xray_core.imaging.phantom.canvas import Canvas, Cloud, Map, union
from xray_core.imaging.phantom.tubes import tube

FLAT = np.array([1.0, 1.0, 0.5])
"""Branches spread more across the film than along the beam."""
BRANCH_UP = np.array([0.1, 0.2, 0.97], np.float32)


def draw_tree(
    canvas: Canvas,
    a: Anatomy,
    rng: np.random.Generator,
    *,
    side: int,
    radius: float,
    levels: int = 7,
    roots: int = 7,
) -> Map:
    """Draw the tree that leaves one hilum.

    Each branch goes on almost straight and sends out a thinner one, as pulmonary arteries do.

    Args:
        canvas: the board.
        a: the patient.
        rng: source of chance.
        side: -1 right lung, 1 left lung.
        radius: of the thickest branch in cm.
        levels: generations.
        roots: branches that leave the hilum.

    Returns:
        Path length in cm, (n, n), not yet confined to the lung.
    """
    start, heading, length, r = _roots(a, rng, side, radius, roots)
    clouds: list[Cloud] = []
    for _ in range(levels):
        bend = 0.09 * length[:, None] * rng.standard_normal(start.shape)
        end = start + heading * length[:, None]
        n = max(int(0.7 * float(length.max()) * canvas.scale), 4)
        t = np.linspace(0, 1, n)[None, :, None]
        curve = start[:, None] + t * (end - start)[:, None] + 4 * t * (1 - t) * bend[:, None]
        thick = (r[:, None] * (1 - 0.14 * t[..., 0]))[..., None].repeat(2, -1)
        clouds.append(tube(curve, thick, canvas.scale, up=BRANCH_UP))
        start, heading, length, r = _fork(rng, end, heading, length, r)
        keep = r > 0.012
        start, heading, length, r = start[keep], heading[keep], length[keep], r[keep]
    return canvas.splat(clouds)


_Front = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _roots(a: Anatomy, rng: np.random.Generator, side: int, radius: float, count: int) -> _Front:
    w = a.width
    angle = np.radians(np.linspace(-68, 82, count) + rng.normal(0, 6, count))
    lift = 0.0 if side < 0 else 0.05 * w
    centre = np.array([side * (0.22 if side < 0 else 0.26) * w, a.carina + 0.17 * w - lift, 0])
    start = centre + rng.normal(0, 0.03, (count, 3)) * w
    heading = np.stack([side * np.cos(angle), np.sin(angle), 0.3 * rng.standard_normal(count)], -1)
    heading /= np.linalg.norm(heading, axis=1, keepdims=True)
    down = 1 + 0.25 * np.sin(angle)
    length = w * 0.21 * down * rng.uniform(0.85, 1.15, count)
    return start, heading, length, radius * down * rng.uniform(0.65, 1.0, count)


def _fork(
    rng: np.random.Generator,
    end: np.ndarray,
    heading: np.ndarray,
    length: np.ndarray,
    r: np.ndarray,
) -> _Front:
    count = len(r)
    aside = rng.standard_normal((2 * count, 3)) * np.repeat([0.16, 0.5], count)[:, None] * FLAT
    turned = np.concatenate([heading, heading]) + aside
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    shrink = np.repeat([0.8, 0.6], count) * rng.uniform(0.88, 1.1, 2 * count)
    stretch = np.repeat([0.88, 0.78], count) * rng.uniform(0.75, 1.2, 2 * count)
    twice = np.concatenate
    return twice([end, end]), turned, twice([length, length]) * stretch, twice([r, r]) * shrink


def draw_airways(canvas: Canvas, a: Anatomy) -> Map:
    """Draw the trachea and the main bronchi, path length of air in cm, (n, n)."""
    w, r = a.width, a.width * (0.062 if a.adult else 0.056)
    fork, top = np.array([-0.02 * w, a.carina]), np.array([0.0, -0.4 * w])
    right, left = fork + w * np.array([[-0.26, 0.24], [0.26, 0.2]])
    parts = [(top, fork, r, r), (fork, right, 0.75 * r, 0.6 * r), (fork, left, 0.7 * r, 0.5 * r)]
    return union(*(canvas.capsule(*part) for part in parts))
