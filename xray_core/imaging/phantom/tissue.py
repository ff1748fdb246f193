"""Soft tissue and air: the body, the lungs, the heart, the diaphragm, as path lengths in cm."""

from dataclasses import dataclass

import numpy as np

from xray_core.imaging.phantom.anatomy import Anatomy
from xray_core.imaging.phantom.canvas import Canvas, Map, ramp, union


@dataclass(frozen=True)
class Tissue:
    """Path lengths in cm, float32 (n, n).

    Attributes:
        body: through the whole body, the cavities counted as filled.
        lung: through lung, heart and vessels apart.
        gas: through gas in stomach and bowel.
    """

    body: Map
    lung: Map
    gas: Map


def draw_tissue(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Tissue:
    """Draw the soft tissue of a patient."""
    cavity = _chord(canvas, a, 0.0)
    diaphragm = _diaphragm(canvas, a)
    below = np.sqrt(np.clip((canvas.y - diaphragm) / (0.4 * a.width), 0, 1))
    organs = union(cavity * below, np.minimum(_mediastinum(canvas, a, rng), cavity))
    lung = np.maximum(cavity - 1.02 * organs, 0)
    return Tissue(_body(canvas, a), canvas.blur(lung, 0.04), _gas(canvas, a, rng))


def _chord(canvas: Canvas, a: Anatomy, wall: float) -> Map:
    """Path through the chest, `wall` cm wider than its inside all round."""
    shape = a.shape(canvas.y + 0.6 * wall)
    half_width = np.maximum(a.width * shape + wall, 0.01)
    half_depth = a.depth * np.power(shape, 1.2) + 0.9 * wall
    inside = np.maximum(1 - np.power(np.abs(canvas.x) / half_width, 2.6), 0)
    return np.asarray(2 * half_depth * np.power(inside, 1 / 2.6), np.float32)


def _body(canvas: Canvas, a: Anatomy) -> Map:
    x, y, w = np.abs(canvas.x), canvas.y, a.width
    neck = 2 * np.sqrt(np.maximum(a.neck**2 - x**2, 0)) * ramp(-y, -a.apex - 0.5 * w, -a.apex)
    top = a.apex - 0.28 * w + a.shoulder_slope * np.maximum(x - 0.8 * a.neck, 0)
    rise = np.clip((y - top) / (0.45 * w), 0, 1)
    fall = np.clip((a.apex + 0.85 * w - y) / (0.8 * w), 0, 1)
    side = np.maximum(1 - np.power(x / (1.5 * w), 6), 0)
    shoulder = a.depth * 0.95 * np.sqrt(rise * (2 - rise)) * np.sqrt(fall * side)
    torso = _chord(canvas, a, a.wall) * ramp(y, a.apex - 0.25 * w, a.apex + 0.3 * w)
    parts = [torso, shoulder, neck, *(_arm(canvas, a, side) for side in (-1, 1))]
    if a.chin > 0:
        parts.append(canvas.ellipsoid((0, a.chin - 0.75 * w), (0.72 * w, 0.75 * w), 1.1 * w))
    body = union(*parts)
    if a.breast > 0:
        for side in (-1, 1):
            centre = (side * 0.56 * w, a.dome_right - 0.12 * w)
            body += canvas.ellipsoid(centre, (0.46 * w, 0.42 * w), a.breast)
    return body


def arm_line(a: Anatomy, side: int) -> tuple[Map, Map]:
    """Shoulder joint and elbow, (3,) each in cm, of the right (-1) or left (1) arm."""
    w, angle = a.width, np.radians(a.arm_angle)
    joint = np.array([side * 1.13 * w, a.apex + 0.2 * w + 0.25 * a.shoulder_slope * w, 0])
    away = np.array([side * np.sin(angle), np.cos(angle), 0])
    return joint.astype(np.float32), (joint + 1.9 * w * away).astype(np.float32)


def _arm(canvas: Canvas, a: Anatomy, side: int) -> Map:
    joint, elbow = arm_line(a, side)
    ux, uy = (elbow - joint)[:2]
    dx, dy = canvas.x - joint[0], canvas.y - joint[1]
    t = np.clip((dx * ux + dy * uy) / (ux * ux + uy * uy), 0, 1)
    radius = a.width * (0.33 - 0.06 * t)
    gap = np.square(dx - t * ux) + np.square(dy - t * uy)
    return np.asarray(2 * np.sqrt(np.maximum(radius**2 - gap, 0)), np.float32)


def _diaphragm(canvas: Canvas, a: Anatomy) -> Map:
    """y of the upper surface of the diaphragm for every x, (1, n)."""
    x, w = canvas.x, a.width
    dome = np.where(x < 0, a.dome_right, a.dome_left)
    peak = 0.42 * w
    outward = np.maximum(np.abs(x) - peak, 0) / (w - peak)
    inward = np.maximum(peak - np.abs(x), 0) / peak
    fall = np.power(outward, 2.3) * (a.base - dome) + inward**2 * 0.1 * w
    return np.asarray(dome + fall, np.float32)


def _mediastinum(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Map:
    """Path through heart, great vessels and the tissue before and beside the spine."""
    w, y = a.width, canvas.y
    wobble = a.pedicle * (1 + 0.08 * rng.standard_normal())
    narrow = ramp(y, a.carina - 0.1 * w, a.carina + 0.35 * w)
    half = wobble * (1 - 0.35 * narrow) + 0.1 * w * ramp(y, a.dome_right - 0.2 * w, a.base)
    column = np.sqrt(np.maximum(1 - np.square((canvas.x - 0.02 * w) / half), 0)) * 2.4 * a.depth
    return union(np.asarray(column, np.float32), *_heart(canvas, a))


def _heart(canvas: Canvas, a: Anatomy) -> list[Map]:
    w, span = a.width, 2 * a.width * a.heart_ratio
    right, left = -0.36 * span, 0.64 * span
    top, bottom = a.carina + 0.05 * w, a.dome_left + 0.14 * w
    tall, depth = bottom - top, 1.55 * a.depth
    return [
        canvas.ellipsoid(
            (0.5 * (left + right) + 0.05 * span, top + 0.58 * tall),
            (0.5 * span, 0.44 * tall),
            depth,
            a.heart_tilt,
        ),
        canvas.ellipsoid(
            (right + 0.3 * span, top + 0.6 * tall), (0.3 * span, 0.38 * tall), depth * 0.9
        ),
        canvas.ellipsoid((0.17 * span, top + 0.22 * tall), (0.2 * span, 0.3 * tall), depth * 0.8),
        canvas.ellipsoid((0.14 * w, a.carina - 0.16 * w), (a.knob, a.knob * 1.1), depth * 0.7),
        canvas.ellipsoid(
            (left - 0.3 * span, bottom - 0.26 * tall), (0.3 * span, 0.3 * tall), depth * 0.7
        ),
    ]


def _gas(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Map:
    w = a.width
    x, y = rng.uniform(0.3, 0.5) * w, a.dome_left + a.gas * rng.uniform(0.9, 1.3) + 0.06 * w
    gas = canvas.ellipsoid((x, y), (a.gas * rng.uniform(1, 1.5), a.gas), a.gas * 1.4)
    for _ in range(int(rng.integers(0, 5))):
        centre = (rng.uniform(-0.6, 0.8) * w, a.base + rng.uniform(0.15, 0.7) * w)
        axes = (rng.uniform(0.08, 0.2) * w, rng.uniform(0.05, 0.1) * w)
        gas += canvas.ellipsoid(centre, axes, axes[1], rng.uniform(-60, 60))
    return canvas.blur(gas, 0.02 * w)
