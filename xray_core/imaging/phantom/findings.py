"""What a pneumonia adds to a lung: soft tissue in place of air, as path length in cm."""

import numpy as np

from xray_core.imaging.phantom.anatomy import Anatomy
from xray_core.imaging.phantom.canvas import Canvas, Map, ramp
from xray_core.imaging.phantom.tree import draw_tree


def lobar(canvas: Canvas, a: Anatomy, lung: Map, rng: np.random.Generator) -> Map:
    """Dense consolidation of one lobe up to its fissure, with air bronchograms.

    The lobes as a frontal film shows them: right upper (above the horizontal fissure), right
    middle (below it, along the heart), lower right or left (above the diaphragm), left upper.
    """
    x, y, w = canvas.x, canvas.y, a.width
    side, place = ((-1, "upper"), (-1, "middle"), (-1, "lower"), (1, "lower"), (1, "upper"))[
        int(rng.integers(5))
    ]
    rough = canvas.noise(rng, 7, 4, 0.55)
    fissure = a.carina + w * (0.22 + 0.04 * np.sin(3 * x / w + 1) + 0.06 * np.abs(x) / w)
    reach = w * rng.uniform(0.5, 0.8)
    dome = a.dome_right if side < 0 else a.dome_left
    spots = {
        "upper": (0.5 * w, a.apex + 0.45 * (a.carina + 0.2 * w - a.apex)),
        "middle": (0.4 * w, 0.55 * a.carina + 0.45 * dome + 0.1 * w),
        "lower": (0.5 * w, dome - 0.02 * w),
    }
    cx, cy = spots[place]
    gap = np.sqrt(np.square((x - side * cx) / 1.05) + np.square((y - cy) / 0.85)) / reach
    part = 1 - ramp(gap + 0.11 * rough, 0.62, 1.05)
    if place == "upper":
        part = part * ramp(fissure - y, 0.0, 0.03 * w)
    elif place == "middle":
        part = part * ramp(y - fissure, 0.0, 0.03 * w)
    part = part * (np.sign(x) == side)
    tree = draw_tree(canvas, a, rng, side=side, radius=0.017 * w, levels=5, roots=6)
    air = np.clip(canvas.blur(tree, 0.03) / (0.05 * w), 0, 1)
    fill = rng.uniform(0.42, 0.6) * (1 + 0.07 * canvas.noise(rng, 9, 4))
    return np.asarray(lung * part * fill * (1 - 0.35 * air), np.float32)


def interstitial(canvas: Canvas, a: Anatomy, lung: Map, rng: np.random.Generator) -> Map:
    """Streaks along the bronchi from both hila, a fine net between them, a faint haze."""
    w = a.width
    inside = ramp(lung, 0.1 * a.depth, 0.7 * a.depth)
    streaks = np.zeros_like(lung)
    for side in (-1, 1):
        streaks += draw_tree(canvas, a, rng, side=side, radius=0.024 * w, levels=7, roots=15)
    hila = sum(
        np.exp(-np.square((canvas.x - s * 0.33 * w) / (0.42 * w))
               - np.square((canvas.y - a.carina - 0.22 * w) / (0.55 * w)))
        for s in (-1, 1)
    )  # fmt: skip
    net = np.maximum(0.35 - np.abs(canvas.noise(rng, 22, 3, 0.7)), 0) / 0.35
    patch = np.clip(0.75 + 0.4 * canvas.noise(rng, 5, 2), 0.1, 1.6)
    hila = np.asarray(hila, np.float32)
    added = 2.0 * streaks + patch * a.depth * (net * (0.07 + 0.09 * hila) + 0.18 * hila)
    return np.asarray(np.minimum(added * rng.uniform(0.85, 1.25), 0.7 * lung) * inside, np.float32)


def peripheral(canvas: Canvas, a: Anatomy, lung: Map, rng: np.random.Generator) -> Map:
    """Patches of ground glass on both sides, mostly low and near the pleura."""
    w, x, y = a.width, canvas.x, canvas.y
    rough = canvas.noise(rng, 10, 4, 0.6)
    part = np.zeros_like(lung)
    for side in (-1, 1):
        for _ in range(int(rng.integers(3, 6))):
            cy = a.apex + (a.base - a.apex) * (0.3 + 0.5 * rng.beta(2.2, 1.4))
            edge = float(a.shape(np.array(cy, np.float32)))
            cx = side * w * edge * rng.uniform(0.68, 0.9)
            rx, ry = w * rng.uniform(0.13, 0.26), w * rng.uniform(0.14, 0.3)
            gap = np.sqrt(np.square((x - cx) / rx) + np.square((y - cy) / ry))
            blob = (1 - ramp(gap + 0.25 * rough, 0.3, 1.35)) * rng.uniform(0.6, 1.0)
            part = np.maximum(part, blob)
    grain = 1 + 0.1 * canvas.noise(rng, 26, 3, 0.7)
    return np.asarray(lung * part * rng.uniform(0.2, 0.34) * grain, np.float32)
