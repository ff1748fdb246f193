"""Bone: ribs, spine, clavicles, scapulae and humeri, as path lengths in cm of compact bone."""

import cv2
import numpy as np

from xray_core.imaging.phantom.anatomy import Anatomy
from xray_core.imaging.phantom.canvas import Canvas, Cloud, Map, ramp
from xray_core.imaging.phantom.tissue import arm_line
from xray_core.imaging.phantom.tubes import bone as bony

SPONGY = 0.2
"""Compact bone in a volume of spongy bone."""


def draw_skeleton(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> Map:
    """Draw the bones of a patient."""
    blades, borders = _scapulae(canvas, a)
    tubes = [*_ribs(canvas, a, rng), *_clavicles(canvas, a, rng), *borders]
    bone = canvas.splat(tubes) + _spine(canvas, a) + blades
    for side in (-1, 1):
        bone += _humerus(canvas, a, side)
    most = 0.1 * a.width
    return np.asarray(
        most * np.tanh(bone / most), np.float32
    )  # beam hardening: thick bone adds less


def _ribs(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> list[Cloud]:
    steps = int(1.5 * a.width * canvas.scale)
    t = np.linspace(0, 1, steps, dtype=np.float32)
    curves, radii = [], []
    for side in (-1, 1):
        for rib in range(12):
            curves.append(_rib(a, side, rib, steps, rng))
            height = (
                a.rib_height
                * (1 - 0.25 * np.sin(np.pi * t) ** 2)
                * (0.75 if rib in (0, 10, 11) else 1)
            )
            height = height * (1 - 0.6 * ramp(t, 0.97, 1.01))
            radii.append(np.stack([height, 0.5 * height], -1))
    shell = 0.08 if a.adult else 0.058
    return bony(np.stack(curves), np.stack(radii), canvas.scale, shell, SPONGY)


def _rib(a: Anatomy, side: int, rib: int, steps: int, rng: np.random.Generator) -> Map:
    """Centre line of a rib from the spine round to the front, (steps, 3)."""
    last = (0.62, 0.74, 0.78, 0.8, 0.8, 0.8, 0.79, 0.75, 0.68, 0.6, 0.46, 0.33)[rib]
    turn = np.linspace(0.004, last + 0.015 * rng.standard_normal(), 4 * steps)
    grow = 0.5 + 0.125 * min(rib, 4) + 0.09 * max(rib - 5, 0)
    drop = a.rib_drop * grow * (1 + 0.04 * rng.standard_normal())
    level = a.apex - 0.02 * a.width + a.rib_step * (rib - 0.05 + 0.05 * rng.standard_normal())
    arch = -0.22 * a.rib_step * min(rib / 3, 1) * np.sin(np.pi * np.clip(turn / 0.35, 0, 1))
    y = level + arch + drop * turn ** (1.2 if rib < 9 else 1.0)
    shape = a.shape(y + 0.05 * a.width) * (0.75, 0.92, *[1.0] * 10)[rib]
    out, back = np.sin(np.pi * turn) ** 0.52, np.cos(np.pi * turn)
    x = side * a.width * (0.06 + (0.945 * shape + 0.005) * out)
    z = -a.depth * np.maximum(shape, 0.35) * np.sign(back) * np.abs(back) ** 0.8
    line = np.stack([x + a.spine_x(y) * (1 - out), y, z], -1)
    along = np.cumsum(np.sqrt(np.square(np.diff(line, axis=0, prepend=line[:1])).sum(-1)))
    even = np.linspace(0, along[-1], steps)
    return np.stack([np.interp(even, along, line[:, i]) for i in range(3)], -1)


def _spine(canvas: Canvas, a: Anatomy) -> Map:
    """Vertebral bodies with end plates, pedicles, spinous and transverse processes."""
    half, y = a.width * (0.13 if a.adult else 0.145), canvas.y
    level = (y - a.apex) / a.rib_step + 0.6
    u = (canvas.x - a.spine_x(y)) / (half * np.clip(0.78 + 0.035 * level, 0.7, 1.2))
    near = np.abs(canvas.x[0]) < 2.2 * half
    u = u[:, near]
    v = level - np.floor(level) - 0.5
    side = np.abs(u) / (1 - 0.1 * np.cos(2 * np.pi * v))
    body = 1 - ramp(np.abs(v), 0.37, 0.49)
    plate = np.exp(-np.square((np.abs(v) - 0.4) / 0.04))
    edge = np.exp(-np.square((side - 0.9) / 0.09)) * body
    ring = np.sqrt(np.square((np.abs(u) - 0.6) / 0.2) + np.square((v + 0.1) / 0.2))
    pedicle = np.exp(-np.square((ring - 0.9) / 0.35))
    spinous = np.exp(-np.square(u / 0.14) - np.square((v - 0.25) / 0.22))
    across = np.exp(-np.square((v + 0.1) / 0.16)) * (1 - ramp(np.abs(u), 1.2, 1.7))
    bone = (1 - ramp(side, 0.8, 1.06)) * (0.45 * body + 0.8 * plate + 0.7 * edge + 0.25)
    bone = 0.15 * half * (bone + 1.0 * pedicle + 1.1 * spinous + 0.8 * across)
    strip = np.zeros((canvas.side, canvas.side), np.float32)
    strip[:, near] = bone
    return strip


def _clavicles(canvas: Canvas, a: Anatomy, rng: np.random.Generator) -> list[Cloud]:
    w, n = a.width, int(1.4 * a.width * canvas.scale)
    t = np.linspace(0, 1, n)
    rise = w * (0.32 if a.adult else 0.16) - 0.3 * a.shoulder_slope * w
    curves = []
    for side in (-1, 1):
        lift = rise + 0.025 * w * rng.standard_normal()
        x = side * w * (0.13 + 0.82 * t)
        y = a.apex + 0.24 * w - lift * t**0.8 + 0.06 * w * np.sin(2 * np.pi * (t - 0.1))
        curves.append(np.stack([x, y, a.depth * (0.7 - 0.7 * t)], -1))
    r = a.rib_height * (0.8 + 0.25 * np.cos(2 * np.pi * t) ** 2) * (1 - 0.4 * t**4)
    radii = np.broadcast_to(np.stack([r, 0.8 * r], -1), (2, n, 2))
    return bony(np.stack(curves), radii, canvas.scale, 0.13 if a.adult else 0.08, SPONGY)


def _humerus(canvas: Canvas, a: Anatomy, side: int) -> Map:
    joint, elbow = arm_line(a, side)
    w, shell = a.width, 0.022 * a.width
    head = joint[0] - side * 0.02 * w, joint[1]
    radius = 0.165 * w
    bone = canvas.capsule(joint, elbow, 0.085 * w, 0.075 * w)
    bone -= 0.75 * canvas.capsule(joint, elbow, 0.085 * w - shell, 0.075 * w - shell)
    return 0.4 * bone + 0.1 * canvas.ellipsoid(head, (radius, radius), 2 * radius)


def _scapulae(canvas: Canvas, a: Anatomy) -> tuple[Map, list[Cloud]]:
    """Lateral border, neck and spine of the shoulder blades, and the blades, thin as paper."""
    w, n = a.width, int(0.8 * a.width * canvas.scale)
    lines, widths, blade = [], [], np.zeros((canvas.side, canvas.side), np.uint8)
    for side in (-1, 1):
        joint, _ = arm_line(a, side)
        socket = joint + w * np.array([-side * 0.15, 0.04, -0.2])
        tip = np.array([side * 0.86 * w, a.apex + 1.0 * w, -0.4 * w])
        corner = np.array([side * 0.62 * w, a.apex + 0.2 * w, -0.5 * w])
        border = _bow(socket, tip, side * 0.07 * w, n)
        inner = _bow(tip, corner, -side * 0.1 * w, n)
        crest = _bow(corner, joint, 0, n) - np.array([0, 0.05 * w, 0])
        lines += [border, inner, crest]
        t = np.linspace(0, 1, n)
        widths += [w * (0.05 - 0.03 * t), 0.012 * w + 0 * t, w * (0.015 + 0.02 * t)]
        outline = np.concatenate([border, inner, crest])[:, :2] * canvas.scale
        pixels = np.round(outline + np.array([canvas.side / 2, canvas.margin])).astype(np.int32)
        cv2.fillPoly(blade, [pixels], 255)
    radii = np.stack([np.stack([r, r], -1) for r in widths])
    plate = canvas.blur(blade.astype(np.float32) / 255, 0.02 * w) * 0.007 * w
    return plate, bony(np.stack(lines), radii, canvas.scale, 0.003 * w, 0.5 * SPONGY)


def _bow(start: Map, end: Map, sideways: float, count: int) -> Map:
    t = np.linspace(0, 1, count)[:, None]
    return start + t * (end - start) + 4 * t * (1 - t) * np.array([sideways, 0, 0])
