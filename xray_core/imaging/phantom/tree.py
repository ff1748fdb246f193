"""Branching trees: vessels and airways of the lungs."""

import numpy as np

from xray_core.imaging.phantom.anatomy import Anatomy
from xray_core.imaging.phantom.canvas import Canvas, Map

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
    total = np.zeros((canvas.side, canvas.side), np.float32)
    for _ in range(levels):
        bend = 0.16 * length[:, None] * rng.standard_normal(start.shape)
        end = start + heading * length[:, None]
        n = max(int(1.2 * float(length.max()) * canvas.scale), 4)
        t = np.linspace(0, 1, n)[None, :, None]
        curve = start[:, None] + t * (end - start)[:, None] + 4 * t * (1 - t) * bend[:, None]
        thick = (r[:, None] * (1 - 0.14 * t[..., 0]))[..., None].repeat(2, -1)
        total += canvas.tubes(curve.astype(np.float32), thick.astype(np.float32), up=BRANCH_UP)
        start, heading, length, r = _fork(rng, end, heading, length, r)
        keep = r > 0.012
        start, heading, length, r = start[keep], heading[keep], length[keep], r[keep]
    return total


_Front = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _roots(a: Anatomy, rng: np.random.Generator, side: int, radius: float, count: int) -> _Front:
    w = a.width
    angle = np.radians(np.linspace(-68, 82, count) + rng.normal(0, 6, count))
    lift = 0.0 if side < 0 else 0.05 * w
    centre = np.array([side * (0.22 if side < 0 else 0.26) * w, a.carina + 0.17 * w - lift, 0])
    start = centre + rng.normal(0, 0.03, (count, 3)) * w
    heading = np.stack([side * np.cos(angle), np.sin(angle), 0.5 * rng.standard_normal(count)], -1)
    heading /= np.linalg.norm(heading, axis=1, keepdims=True)
    down = 1 + 0.25 * np.sin(angle)
    length = w * 0.19 * down * rng.uniform(0.85, 1.15, count)
    return start, heading, length, radius * down * rng.uniform(0.65, 1.0, count)


def _fork(
    rng: np.random.Generator,
    end: np.ndarray,
    heading: np.ndarray,
    length: np.ndarray,
    r: np.ndarray,
) -> _Front:
    count = len(r)
    aside = rng.standard_normal((2 * count, 3)) * np.repeat([0.2, 0.6], count)[:, None]
    turned = np.concatenate([heading, heading]) + aside
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    shrink = np.repeat([0.83, 0.66], count) * rng.uniform(0.88, 1.1, 2 * count)
    stretch = np.repeat([0.86, 0.74], count) * rng.uniform(0.75, 1.2, 2 * count)
    twice = np.concatenate
    return twice([end, end]), turned, twice([length, length]) * stretch, twice([r, r]) * shrink


def draw_airways(canvas: Canvas, a: Anatomy) -> Map:
    """Draw the trachea and the main bronchi, path length of air in cm, (n, n)."""
    w, r = a.width, a.width * (0.062 if a.adult else 0.056)
    n = int(2 * w * canvas.scale)
    t = np.linspace(0, 1, n)[:, None]
    fork = np.array([-0.02 * w, a.carina, -0.1 * w])
    top = np.array([0.0, -0.4 * w, 0.2 * w])
    lines = [top + t * (fork - top)]
    for side, fall in ((-1, 0.24), (1, 0.2)):
        lines.append(fork + t * np.array([side * 0.26 * w, fall * w, 0]))
    radii = r * np.array([1, 0.72, 0.66])[:, None, None] * np.ones((3, n, 2))
    return canvas.tubes(np.stack(lines).astype(np.float32), radii.astype(np.float32), up=BRANCH_UP)
