"""Tubes in space as clouds of small volumes: ribs, long bones, vessels, airways."""

import numpy as np

from xray_core.imaging.phantom.canvas import Cloud, Map

GOLDEN = 0.6180339887
UP = np.array([0.05, 1.0, 0.02])


def tube(
    curves: Map,
    radii: Map,
    scale: float,
    *,
    shell: float = 0.0,
    up: Map = UP,
    part: float = 1.0,
    most: int = 48,
) -> Cloud:
    """Fill tubes, or their walls, evenly with small volumes.

    Args:
        curves: (R, N, 3), cm: R centre lines.
        radii: (R, N, 2), cm: half-axes of the elliptic section, along `up` and across it.
        scale: pixels per cm; the finer, the more volumes.
        shell: wall thickness in cm of a hollow tube; 0 for a solid one.
        up: (3,), the direction of the first half-axis, not that of the tube.
        part: share of the volume that counts.
        most: volumes in a section at most; fewer are faster and rougher.
    """
    curves, radii = curves.astype(np.float32), radii.astype(np.float32)
    steps = np.diff(curves, axis=1, append=2 * curves[:, -1:] - curves[:, -2:-1])
    length = np.sqrt(np.square(steps).sum(-1, keepdims=True)) + np.float32(1e-6)
    tangent = steps / length
    axis = up.astype(np.float32)
    first = axis - (tangent @ axis)[..., None] * tangent
    first /= np.sqrt(np.square(first).sum(-1, keepdims=True)) + np.float32(1e-6)
    u, v = _section(curves.shape[1], float(radii.max()) * scale, shell > 0, most)
    points = (
        curves[:, :, None]
        + (radii[..., :1] * u)[..., None] * first[:, :, None]
        + (radii[..., 1:] * v)[..., None] * np.cross(tangent, first)[:, :, None]
    )
    section = shell * radii.sum(-1) if shell > 0 else radii.prod(-1)
    volume = np.float32(np.pi * part / u.shape[1]) * section * length[..., 0]
    return points.reshape(-1, 3), np.repeat(volume.reshape(-1), u.shape[1])


def bone(curves: Map, radii: Map, scale: float, shell: float, spongy: float) -> list[Cloud]:
    """Fill tubes as bone: a compact wall, and inside a share `spongy` of compact bone."""
    wall = tube(curves, radii, scale, shell=shell)
    return [wall, tube(curves, radii, scale, part=spongy, most=22)]


def _section(count: int, radius_px: float, hollow: bool, most: int) -> tuple[Map, Map]:
    """Unit section points (count, M), turned by chance from step to step, or stripes appear."""
    m = int(np.clip(2.4 * radius_px if hollow else 0.45 * radius_px**2, 2, most))
    k = np.arange(m)[None] + 0.5
    turn = np.random.default_rng(count).random((count, 1))
    angle = 2 * np.pi * ((k / m if hollow else k * GOLDEN) + turn)
    r = 1.0 if hollow else np.sqrt(k / m)
    return (r * np.cos(angle)).astype(np.float32), (r * np.sin(angle)).astype(np.float32)
