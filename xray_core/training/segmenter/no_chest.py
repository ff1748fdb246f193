"""Pictures without a pair of lungs, from which the network learns to say so."""

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.training.segmenter.augment import Canvas


def draw_no_chest(size: int, rng: np.random.Generator) -> Canvas:
    """Return a picture without a chest, uint8 (size, size): noise, a slope, writing or shapes."""
    kinds = (coloured_noise, _slope, page_of_text, _shapes, _shapes)
    return kinds[rng.integers(len(kinds))](size, rng)


def scramble(film: Canvas, rng: np.random.Generator) -> Canvas:
    """Return a film (size, size) cut into 2×2 to 4×4 tiles that have changed places."""
    size, n = film.shape[0], int(rng.integers(2, 5))
    side = size // n
    tiles = [
        film[i * side : (i + 1) * side, j * side : (j + 1) * side] for i, j in np.ndindex(n, n)
    ]
    order = np.roll(np.arange(n * n), rng.integers(1, n * n))  # no tile stays where it was
    if n > 2:
        order = order[rng.permutation(n * n)]
    mixed = np.block([[tiles[order[i * n + j]] for j in range(n)] for i in range(n)])
    return cv2.resize(mixed, (size, size), interpolation=cv2.INTER_LINEAR)


def coloured_noise(size: int, rng: np.random.Generator) -> Canvas:
    """Return noise, uint8 (size, size), from white to cloudy."""
    fy, fx = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    fall = np.maximum(np.hypot(fy, fx), 1 / size) ** -rng.uniform(0, 2)
    field = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(size, size))) * fall, (size, size))
    return _eight_bits(field)


def page_of_text(size: int, rng: np.random.Generator) -> Canvas:
    """Return lines of writing, uint8 (size, size), dark on bright or the reverse."""
    page = np.full((size, size), 230, np.uint8)
    scale = rng.uniform(0.2, 1.0)
    for y in np.arange(rng.integers(4, 14), size, 6 + scale * 22).astype(int):
        letters = "".join(chr(c) for c in rng.integers(65, 123, rng.integers(2, 40)))
        start = (int(rng.integers(-4, size // 3)), int(y))
        cv2.putText(page, letters, start, cv2.FONT_HERSHEY_SIMPLEX, scale, 20, 1, cv2.LINE_AA)
    return page if rng.random() < 0.5 else 255 - page


def _slope(size: int, rng: np.random.Generator) -> Canvas:
    y, x = np.mgrid[:size, :size] / size
    angle = rng.uniform(0, 2 * np.pi)
    field = np.cos(angle) * x + np.sin(angle) * y + rng.uniform(0, 2) * ((x - 0.5) ** 2)
    return _eight_bits(field + rng.normal(0, rng.uniform(0, 0.1), field.shape))


def _shapes(size: int, rng: np.random.Generator) -> Canvas:
    """Return overlapping ellipses, rectangles and lines over a slope."""
    picture = _slope(size, rng)
    for _ in range(rng.integers(1, 16)):
        grey, (x, y) = int(rng.integers(256)), rng.integers(0, size, 2).tolist()
        a, b = rng.integers(2, size // 2, 2).tolist()
        kind = rng.integers(3)
        if kind == 0:
            cv2.ellipse(picture, (x, y), (a, b), rng.uniform(0, 180), 0, 360, grey, cv2.FILLED)
        elif kind == 1:
            cv2.rectangle(picture, (x, y), (x + a, y + b), grey, cv2.FILLED)
        else:
            cv2.line(picture, (x, y), (b, a), grey, int(rng.integers(1, 6)))
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 3))


def _eight_bits(field: NDArray[np.float64]) -> Canvas:
    span = float(np.ptp(field)) or 1.0
    return np.rint((field - field.min()) / span * 255).astype(np.uint8)
