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
    cavity = _chord(canvas, a)
    diaphragm = _diaphragm(canvas, a)
    below = np.power(np.clip((canvas.y - diaphragm) / (0.33 * a.width), 0, 1), 0.38)
    organs = union(cavity * below, np.minimum(_mediastinum(canvas, a, rng), cavity))
    lung = np.maximum(cavity - 1.02 * organs, 0)
    return Tissue(_body(canvas, a), canvas.blur(lung, 0.04), _gas(canvas, a, rng))


def _chord(canvas: Canvas, a: Anatomy) -> Map:
    """Path through the inside of the chest."""
    shape = np.maximum(a.shape(canvas.y), 1e-3)
    return _oval(canvas, a.width * shape, a.depth * np.power(shape, 1.2))


def _oval(canvas: Canvas, half_width: Map, half_depth: Map) -> Map:
    """Path through a trunk whose section is a rounded box, half-axes in cm per height, (n, 1)."""
    inside = np.maximum(1 - np.power(np.abs(canvas.x) / half_width, 2.6), 0)
    return np.asarray(2 * half_depth * np.power(inside, 1 / 2.6), np.float32)


def _body(canvas: Canvas, a: Anatomy) -> Map:
    x, y, w = np.abs(canvas.x), canvas.y, a.width
    neck = 2 * np.sqrt(np.maximum(a.neck**2 - x**2, 0)) * ramp(-y, -a.apex - 0.7 * w, -a.apex)
    shape = np.maximum(a.shape(y + 0.1 * w), 0.72)
    trunk = _oval(canvas, w * shape + a.wall, (a.depth * shape + 0.9 * a.wall) * _upper(a, y))
    limbs = [canvas.capsule(*arm_line(a, side), 0.36 * w, 0.26 * w) for side in (-1, 1)]
    rise = _rise(canvas, a)
    parts = [trunk * rise, _shoulders(canvas, a) * rise, neck, *limbs]
    if a.chin > 0:
        parts.append(canvas.ellipsoid((0, a.chin - 0.75 * w), (0.72 * w, 0.75 * w), 1.3 * w))
    body = union(*parts)
    if a.breast > 0:
        for side in (-1, 1):
            centre = (side * 0.56 * w, a.dome_right - 0.12 * w)
            body += canvas.ellipsoid(centre, (0.46 * w, 0.42 * w), a.breast)
    return body


def _upper(a: Anatomy, y: Map) -> Map:
    """The trunk narrows from front to back towards the neck."""
    return 0.42 + 0.58 * ramp(y, a.apex - 0.35 * a.width, a.apex + 0.7 * a.width)


def _rise(canvas: Canvas, a: Anatomy) -> Map:
    """From 0 at the upper edge of the shoulders and the root of the neck to 1 below it."""
    x, w = np.abs(canvas.x), a.width
    top = a.apex - 0.3 * w + a.shoulder_slope * np.maximum(x - 0.8 * a.neck, 0)
    top = top - 0.35 * w * np.exp(-np.square(x / (0.75 * a.neck)))
    rise = np.clip((canvas.y - top) / (0.5 * w), 0, 1)
    return np.asarray(np.sqrt(rise * (2 - rise)), np.float32)


def _shoulders(canvas: Canvas, a: Anatomy) -> Map:
    x, y, w = np.abs(canvas.x), canvas.y, a.width
    fall = np.clip((a.apex + 0.95 * w - y) / (0.9 * w), 0, 1)
    side = np.maximum(1 - np.power(x / (1.5 * w), 6), 0)
    path = (2.1 if a.adult else 1.45) * a.depth
    return np.asarray(path * np.sqrt(fall * side), np.float32)


def arm_line(a: Anatomy, side: int) -> tuple[Map, Map]:
    """Shoulder joint and elbow, (3,) each in cm, of the right (-1) or left (1) arm."""
    w, angle = a.width, np.radians(a.arm_angle)
    joint = np.array([side * 1.13 * w, a.apex + 0.2 * w + 0.25 * a.shoulder_slope * w, 0])
    away = np.array([side * np.sin(angle), np.cos(angle), 0])
    return joint, joint + 1.9 * w * away


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
    w, x, y = a.width, canvas.x, canvas.y
    narrow = ramp(y, a.carina - 0.25 * w, a.carina + 0.5 * w)
    wave = 1 + 0.07 * np.sin((y - a.apex) / (0.16 * w) + rng.uniform(0, 6))
    flare = 0.3 * w * ramp(-y, -a.apex - 0.25 * w, -a.apex + 0.15 * w)
    half = a.pedicle * wave * (1 - 0.5 * narrow) + flare
    vessels = np.power(np.maximum(1 - np.square((x - 0.03 * w) / half), 0), 0.7) * 1.5 * a.depth
    spine = np.maximum(1 - np.square((x - a.spine_x(y)) / (0.24 * w)), 0) * 1.2 * a.depth
    return union(np.asarray(vessels, np.float32), np.asarray(spine, np.float32), *_heart(canvas, a))


def _heart(canvas: Canvas, a: Anatomy) -> list[Map]:
    """Both ventricles, the right atrium, the pulmonary trunk, the apex, the aortic arch."""
    w, span = a.width, 2 * a.width * a.heart_ratio
    top, bottom = a.carina - 0.02 * w, a.dome_left + 0.32 * w
    right, left, tall, deep = -0.36 * span, 0.64 * span, bottom - top, 1.5 * a.depth
    parts = [
        ((0.13 * span, top + 0.6 * tall), (0.53 * span, 0.38 * tall), deep, a.heart_tilt),
        ((right + 0.31 * span, top + 0.6 * tall), (0.31 * span, 0.4 * tall), 0.9 * deep, 0),
        ((0.13 * span, top + 0.42 * tall), (0.5 * tall, 0.24 * span), 0.9 * deep, 62),
        ((left - 0.34 * span, bottom - 0.3 * tall), (0.34 * span, 0.3 * tall), 0.8 * deep, 25),
        ((0.17 * w, a.carina + 0.18 * w), (0.18 * w, 0.36 * w), 0.8 * deep, -15),
        ((0.13 * w, a.carina - 0.15 * w), (a.knob, 1.15 * a.knob), 0.75 * deep, 0),
        ((0.12 * span, bottom - 0.12 * tall), (0.42 * span, 0.22 * tall), 0.8 * deep, 0),
    ]
    return [canvas.ellipsoid(*part) for part in parts]


def _gas(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Map:
    w = a.width
    x, y = rng.uniform(0.3, 0.5) * w, a.dome_left + a.gas * rng.uniform(0.9, 1.3) + 0.06 * w
    gas = canvas.ellipsoid((x, y), (a.gas * rng.uniform(1, 1.5), a.gas), a.gas * 1.4)
    for _ in range(int(rng.integers(0, 5))):
        centre = (rng.uniform(-0.6, 0.8) * w, a.base + rng.uniform(0.15, 0.7) * w)
        axes = (rng.uniform(0.08, 0.2) * w, rng.uniform(0.05, 0.1) * w)
        gas += canvas.ellipsoid(centre, axes, axes[1], rng.uniform(-60, 60))
    return canvas.blur(gas, 0.02 * w)
