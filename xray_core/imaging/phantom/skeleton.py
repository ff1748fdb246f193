"""Bone: ribs, spine, clavicles, scapulae and humeri, as path lengths in cm of compact bone."""

import numpy as np

from xray_core.imaging.phantom.anatomy import Anatomy
from xray_core.imaging.phantom.canvas import Canvas, Map, ramp
from xray_core.imaging.phantom.tissue import arm_line

SPONGY = 0.16
"""Compact bone in a volume of spongy bone."""


def draw_skeleton(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Map:
    """Draw the bones of a patient."""
    bone = _ribs(canvas, a, rng) + _spine(canvas, a, rng)
    return bone + _clavicles(canvas, a, rng) + _arms(canvas, a)


def _tube(canvas: Canvas, curves: Map, radii: Map, shell: float) -> Map:
    return canvas.tubes(curves, radii, shell=shell) + SPONGY * canvas.tubes(curves, radii)


def _ribs(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Map:
    curves, radii = [], []
    steps = int(2.6 * a.width * canvas.scale)
    for side in (-1, 1):
        for rib in range(12):
            end = (
                (0.80 if rib < 7 else 0.80 - 0.07 * (rib - 6))
                if rib < 10
                else 0.5 - 0.12 * (rib - 10)
            )
            curve = _rib(a, side, rib, end + 0.02 * rng.standard_normal(), steps, rng)
            curves.append(curve)
            t = np.linspace(0, 1, steps, dtype=np.float32)
            height = a.rib_height * (0.8 + 0.25 * t) * (0.85 if rib in (0, 10, 11) else 1)
            height *= 1 - ramp(t, 0.97, 1.03)
            radii.append(np.stack([height, 0.55 * height], -1))
    shell = 0.09 if a.adult else 0.055
    return _tube(canvas, np.stack(curves), np.stack(radii), shell)


def _rib(a: Anatomy, side: int, rib: int, end: float, steps: int, rng: np.random.Generator) -> Map:
    """Centre line of a rib from the spine round to the front, (steps, 3)."""
    angle = np.pi * np.linspace(0.02, end, steps)
    drop = a.rib_drop * (0.55 + 0.45 * min(rib / 4, 1.0)) * (1 + 0.04 * rng.standard_normal())
    level = a.apex - 0.02 * a.width + a.rib_step * (rib - 0.25 + 0.05 * rng.standard_normal())
    turn = angle / np.pi
    y = level - 0.22 * a.rib_step * np.sin(np.pi * np.clip(turn / 0.35, 0, 1)) + drop * turn**1.35
    shape = a.shape(y + 0.05 * a.width)
    out, back = np.abs(np.sin(angle)) ** 0.8, np.cos(angle)
    x = side * (0.06 * a.width + (0.95 * a.width * shape + 0.012 * a.width) * out)
    z = -a.depth * np.maximum(shape, 0.35) * np.sign(back) * np.abs(back) ** 0.8
    return np.stack([x + a.spine_x(y) * (1 - out), y, z], -1).astype(np.float32)


def _spine(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Map:
    """Vertebral bodies with end plates, pedicles, spinous and transverse processes."""
    half = a.width * (0.115 if a.adult else 0.13)
    y, step = canvas.y, a.rib_step
    level = (y - a.apex) / step + 0.6
    grow = np.clip(0.78 + 0.035 * level, 0.7, 1.2)
    u = (canvas.x - a.spine_x(y)) / (half * grow)
    v = level - np.floor(level) - 0.5
    waist = 1 - 0.1 * np.cos(np.pi * v * 2)
    inside = 1 - ramp(np.abs(u) / waist, 0.86, 1.04)
    body = 1 - ramp(np.abs(v), 0.36, 0.46)
    plate = np.exp(-np.square((np.abs(v) - 0.39) / 0.035))
    edge = np.exp(-np.square((np.abs(u) / waist - 0.9) / 0.07))
    eye = np.sqrt(np.square((np.abs(u) - 0.62) / 0.2) + np.square((v + 0.1) / 0.2))
    pedicle = np.exp(-np.square((eye - 0.9) / 0.3))
    spinous = np.exp(-np.square(u / 0.14) - np.square((v - 0.25) / 0.22))
    across = np.exp(-np.square((v + 0.1) / 0.16)) * (1 - ramp(np.abs(u), 1.2, 1.7))
    cm = 0.1 * half
    bone = inside * (body * 3.2 + plate * 2.4 + edge * body * 1.6 + 0.8) + pedicle * 2.4
    bone = (bone + spinous * 2.8 + across * 1.6) * cm
    return canvas.blur(np.asarray(bone, np.float32), 0.03)


def _clavicles(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Map:
    w, n = a.width, int(2.2 * a.width * canvas.scale)
    t = np.linspace(0, 1, n)
    raise_ = w * (0.08 if a.adult else 0.1) - 0.9 * a.shoulder_slope * w * 0.25
    curves = []
    for side in (-1, 1):
        lift = raise_ + 0.02 * w * rng.standard_normal()
        x = side * w * (0.13 + 0.9 * t)
        y = a.apex + 0.16 * w - lift * t + 0.05 * w * np.sin(2 * np.pi * (t - 0.05))
        curves.append(np.stack([x, y, a.depth * (0.7 - 0.7 * t)], -1))
    r = a.rib_height * (1.0 + 0.35 * np.cos(2 * np.pi * t) ** 2)
    radii = np.broadcast_to(np.stack([r, 0.9 * r], -1), (2, n, 2)).astype(np.float32)
    return _tube(canvas, np.stack(curves).astype(np.float32), radii, 0.12 if a.adult else 0.07)


def _arms(canvas: Canvas, a: Anatomy) -> Map:
    """Humerus with its head, and the scapula: lateral border, spine and blade."""
    w, n = a.width, int(2.2 * a.width * canvas.scale)
    t = np.linspace(0, 1, n, dtype=np.float32)[:, None]
    lines, widths = [], []
    for side in (-1, 1):
        joint, elbow = arm_line(a, side)
        lines.append(joint + t * (elbow - joint))
        widths.append(0.075 * w + 0.075 * w * np.exp(-np.square(t / 0.09)))
        glenoid = joint + np.array([-side * 0.17 * w, 0.03 * w, -0.2 * w])
        tip = np.array([side * 0.83 * w, a.apex + 1.05 * w, -0.4 * w])
        bow = np.array([side * 0.05 * w, 0, 0])
        lines.append(glenoid + t * (tip - glenoid) + 4 * t * (1 - t) * bow)
        widths.append(0.035 * w + 0 * t)
        top = np.array([side * 0.62 * w, a.apex + 0.12 * w, -0.5 * w])
        lines.append(joint + t * (top - joint))
        widths.append(0.03 * w + 0 * t)
        lines.append(top + t * (tip - top) - 4 * t * (1 - t) * bow)
        widths.append(0.018 * w + 0 * t)
    radii = np.stack([np.concatenate([r, r], -1) for r in widths])
    return _tube(canvas, np.stack(lines).astype(np.float32), radii.astype(np.float32), 0.008 * w)
