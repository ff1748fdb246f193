"""Films changed by what is not disease: frame, markers, resolution, exposure, collimation, grain.

In the training films the class travels with all of these, and validation films of the same
hospitals do not show whether a network leans on them. Stressed, they do.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.evaluation.shortcuts import Film, centre

GRAIN_SIDE = 320
"""Pixels on a film's shorter side of which each has grain of its own."""
MARKERS = ("R", "L", "D", "AP", "PA", "SUP", "PORT")


def stress(film: Film, other: Film, rng: np.random.Generator) -> Film:
    """Return a film with a few random changes that leave the diagnosis as it is.

    Args:
        film: float32 (H, W) in [0, 1].
        other: a film of the other class, any shape, whose frame may be borrowed.
        rng: the only source of chance.
    """
    changes: tuple[tuple[float, Callable[[Film], Film]], ...] = (
        (0.5, lambda f: swap_frame(f, other)),
        (0.3, lambda f: erase_marker(f, rng)),
        (0.4, lambda f: paint_marker(f, rng)),
        (0.3, lambda f: resample(f, rng.uniform(0.4, 0.8))),
        (0.3, lambda f: sharpen(f, rng.uniform(0.5, 1.5))),
        (0.6, lambda f: expose(f, rng.uniform(-0.6, 0.6))),
        (0.4, lambda f: collimate(f, rng.uniform(0.0, 0.08, 4))),
        (0.3, lambda f: mottle(f, 10 ** rng.uniform(-2.3, -1.4), rng)),
    )
    for chance, change in changes:
        if rng.random() < chance:
            film = change(film)
    return np.clip(film, 0, 1).astype(np.float32, copy=False)


def swap_frame(film: Film, other: Film) -> Film:
    """Return a film within the frame of another one."""
    height, width = film.shape
    framed: Film = cv2.resize(other, (width, height), interpolation=cv2.INTER_AREA)
    inside = centre(film.shape)
    framed[inside] = film[inside]
    return framed


def erase_marker(film: Film, rng: np.random.Generator) -> Film:
    """Return a film with one upper corner smoothed away, marker or not."""
    height, width = film.shape
    high, wide = max(1, height // 6), max(1, width // 6)
    columns = slice(0, wide) if rng.random() < 0.5 else slice(width - wide, width)
    film = film.copy()
    film[:high, columns] = np.median(film[:high, columns])
    return film


def paint_marker(film: Film, rng: np.random.Generator) -> Film:
    """Return a film with a lead letter near an upper corner."""
    height, width = film.shape
    text = MARKERS[rng.integers(len(MARKERS))]
    scale = height / 224 * rng.uniform(0.5, 0.9)
    x = rng.uniform(0.02, 0.12) if rng.random() < 0.5 else rng.uniform(0.75, 0.9)
    place = (round(x * width), round(rng.uniform(0.08, 0.2) * height))
    thick = max(1, round(scale * 2))
    letters = np.zeros(film.shape, np.uint8)
    cv2.putText(letters, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thick, cv2.LINE_AA)
    return np.maximum(film, letters.astype(np.float32) / np.float32(255))


def resample(film: Film, scale: float) -> Film:
    """Return a film that went through a lower resolution, `scale` of its own."""
    height, width = film.shape
    low = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(film, low, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height)), dtype=np.float32)


def sharpen(film: Film, amount: float) -> Film:
    """Return a film with its edges raised, as a scanner's software does it."""
    soft = cv2.GaussianBlur(film, (0, 0), max(1.0, film.shape[0] / 224))
    return np.clip(film + amount * (film - soft), 0, 1).astype(np.float32)


def expose(film: Film, stops: float) -> Film:
    """Return a film on another grey scale: the exponent 2^stops."""
    return np.asarray(film ** np.float32(2.0**stops), dtype=np.float32)


def collimate(film: Film, sides: NDArray[np.float64]) -> Film:
    """Return a film cut by shares of its height and width: top, bottom, left, right."""
    height, width = film.shape
    top, bottom, left, right = (
        int(share * side) for share, side in zip(sides, (height, height, width, width), strict=True)
    )
    return np.ascontiguousarray(film[top : height - bottom, left : width - right])


def mottle(film: Film, strength: float, rng: np.random.Generator) -> Film:
    """Return a film with the grain of few quanta or of a noisy detector.

    The grain is as coarse as is left to see where films are made small, whatever their size.

    Args:
        film: float32 (H, W) in [0, 1].
        strength: standard deviation of the grain, in grey values.
        rng: the only source of chance.
    """
    height, width = film.shape
    scale = min(1.0, GRAIN_SIDE / min(film.shape))
    grain = rng.standard_normal((round(height * scale), round(width * scale)), dtype=np.float32)
    grain = np.asarray(cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.clip(film + np.float32(strength) * grain, 0, 1).astype(np.float32)
