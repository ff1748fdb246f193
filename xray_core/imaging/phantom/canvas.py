"""The drawing board of a phantom: centimetres to pixels, clouds, ellipsoids, limbs, noise."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.floating]
"""float32 (n, n): a value per pixel, mostly the length in cm of the beam's path in a tissue."""

Cloud = tuple[Map, Map]
"""Small volumes: their places (N, 3) in cm and their contents (N,) in cm³."""


@dataclass(frozen=True)
class Canvas:
    """A square board a little larger than the film, so that the patient can lie askew on it.

    Patient coordinates in cm: x to the patient's left (right on the film) from the midline, y down
    from the film's upper edge, z forwards (the beam's direction).

    Attributes:
        size: side of the film in pixels.
        margin: pixels beyond each side of the film.
        scale: pixels per cm.
        turn: tangent of the patient's turn about the vertical axis: what is in front moves aside.
    """

    size: int
    margin: int
    scale: float
    turn: float

    @property
    def side(self) -> int:
        """Side of the board in pixels."""
        return self.size + 2 * self.margin

    @property
    def x(self) -> Map:
        """Pixel centres from the midline in cm, (1, n)."""
        return ((np.arange(self.side, dtype=np.float32) + 0.5 - self.side / 2) / self.scale)[None]

    @property
    def y(self) -> Map:
        """Pixel centres from the film's upper edge in cm, (n, 1)."""
        return ((np.arange(self.side, dtype=np.float32) + 0.5 - self.margin) / self.scale)[:, None]

    def splat(self, clouds: list[Cloud]) -> Map:
        """Project clouds of small volumes along z; the path length in cm, (n, n)."""
        points = np.concatenate([points for points, _ in clouds])
        n, volumes = self.side, np.concatenate([volumes for _, volumes in clouds])
        col = (points[:, 0] + self.turn * points[:, 2]) * self.scale + (n / 2 - 0.5)
        row = points[:, 1] * self.scale + (self.margin - 0.5)
        inside = (col >= 0) & (col < n - 1) & (row >= 0) & (row < n - 1)
        col, row, weight = col[inside], row[inside], volumes[inside] * self.scale**2
        c, r = col.astype(np.intp), row.astype(np.intp)
        right, index = weight * (col - c), r * n + c
        low, low_right = weight * (row - r), right * (row - r)
        total = np.bincount(index, weight - right - low + low_right, n * n)
        total[1:] += np.bincount(index, right - low_right, n * n)[:-1]
        total[n:] += np.bincount(index, low - low_right, n * n)[:-n]
        total[n + 1 :] += np.bincount(index, low_right, n * n)[: -n - 1]
        return total.reshape(n, n).astype(np.float32)

    def ellipsoid(
        self, centre: tuple[float, float], axes: tuple[float, float], depth: float, angle: float = 0
    ) -> Map:
        """Path length in cm through an ellipsoid.

        Args:
            centre: (x, y) in cm.
            axes: half-axes in the film's plane in cm.
            depth: greatest path in cm.
            angle: turn of the first axis towards the patient's feet, degrees.
        """
        dx, dy = self.x - np.float32(centre[0]), self.y - np.float32(centre[1])
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        a, b = np.float32(1 / axes[0]), np.float32(1 / axes[1])
        path = np.zeros((self.side, self.side), np.float32)
        near = np.ix_(np.abs(dy[:, 0]) < max(axes), np.abs(dx[0]) < max(axes))
        dx, dy = dx[:, near[1][0]], dy[near[0][:, 0]]
        r2 = np.square((c * dx + s * dy) * a) + np.square((c * dy - s * dx) * b)
        path[near] = np.float32(depth) * np.sqrt(np.maximum(1 - r2, 0))
        return path

    def capsule(self, start: Map, end: Map, first: float, last: float) -> Map:
        """Path length in cm through a round limb, its radius going from `first` to `last` cm.

        Args:
            start: (2,) or more, x and y of one end in cm.
            end: the same of the other end.
            first: radius at the start.
            last: radius at the end.
        """
        ux, uy = (end - start)[:2].astype(np.float32)
        dx, dy = self.x - np.float32(start[0]), self.y - np.float32(start[1])
        t = np.clip((dx * ux + dy * uy) * np.float32(1 / (ux * ux + uy * uy)), 0, 1)
        gap = np.square(dx - t * ux) + np.square(dy - t * uy)
        radius = np.float32(first) + np.float32(last - first) * t
        return np.asarray(2 * np.sqrt(np.maximum(np.square(radius) - gap, 0)), np.float32)

    def noise(self, rng: np.random.Generator, cells: int, octaves: int, fall: float = 0.5) -> Map:
        """Smooth noise, mean about 0, standard deviation about 1, the same at every film size.

        Args:
            rng: source of chance.
            cells: blobs across the board in the coarsest octave.
            octaves: how many halvings of the blob size.
            fall: amplitude of an octave relative to the one before.
        """
        n, total, power = self.side, np.zeros((self.side, self.side), np.float32), 0.0
        for octave in range(octaves):
            grid = rng.standard_normal((cells << octave, cells << octave)).astype(np.float32)
            method = cv2.INTER_CUBIC if (cells << octave) < n else cv2.INTER_AREA
            total += np.float32(fall**octave) * cv2.resize(grid, (n, n), interpolation=method)
            power += fall ** (2 * octave)
        return total / np.float32(0.75 * np.sqrt(power))

    def blur(self, values: Map, sigma_cm: float) -> Map:
        """Gaussian blur with a standard deviation in cm."""
        return blur(values, sigma_cm * self.scale)


def blur(values: Map, sigma: float) -> Map:
    """Gaussian blur, sigma in pixels; wide ones are done on a smaller picture."""
    if sigma < 0.2:
        return values
    factor = int(sigma / 2.5)
    if factor < 2:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)
    n = max(values.shape[0] // factor, 8)
    small = cv2.resize(values, (n, n), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma * n / values.shape[0])
    return np.asarray(
        cv2.resize(small, values.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32
    )


def ramp(values: Map, low: float | Map, high: float | Map) -> Map:
    """Smooth step from 0 at `low` to 1 at `high`."""
    t = np.clip((values - low) / (np.asarray(high, np.float32) - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def union(*paths: Map) -> Map:
    """Path through overlapping bodies: near the longest one, with rounded seams."""
    total = np.asarray(sum(np.square(np.square(path)) for path in paths), np.float32)
    return np.asarray(np.sqrt(np.sqrt(total)), np.float32)
