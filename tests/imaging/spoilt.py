"""Films spoilt in one way or another, and what the checks of quality say of them."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.quality import Quality, check_quality
from xray_core.imaging.radiograph import FilmHeader, Radiograph

Pixels = NDArray[np.float32]
Damage = Callable[[Pixels], Pixels]


def judge(pixels: NDArray[np.generic]) -> Quality:
    film = np.ascontiguousarray(pixels, np.float32)
    return check_quality(Radiograph(film, "film.png", "0" * 64, FilmHeader("PNG", 8)))


def blurred(part: float) -> Damage:
    """Blur by a Gaussian whose σ is the width divided by `part`."""
    return lambda film: np.asarray(cv2.GaussianBlur(film, (0, 0), film.shape[1] / part))


def smeared(part: float, *, down: bool = False) -> Damage:
    def smear(film: Pixels) -> Pixels:
        length = round(film.shape[0] / part)
        shape = (length, 1) if down else (1, length)
        return np.asarray(cv2.filter2D(film, -1, np.full(shape, 1 / length, np.float32)))

    return smear


def noisy(sigma: float, grain: int = 1) -> Damage:
    def add(film: Pixels) -> Pixels:
        shape = [side // grain + 1 for side in film.shape]
        grains = np.random.default_rng(0).normal(0, sigma, shape).repeat(grain, 0).repeat(grain, 1)
        return np.clip(film + grains[: film.shape[0], : film.shape[1]], 0, 1).astype(np.float32)

    return add


def speckled(share: float) -> Damage:
    def add(film: Pixels) -> Pixels:
        chance = np.random.default_rng(0).random(film.shape)
        return np.where(chance < share, np.float32(chance < share / 2), film).astype(np.float32)

    return add


def jpeg(quality: int) -> Damage:
    def compress(film: Pixels) -> Pixels:
        levels = (255 * film).round().astype(np.uint8)
        data = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) / np.float32(255))

    return compress


def enlarged(side: int, how: int = cv2.INTER_NEAREST) -> Damage:
    def enlarge(film: Pixels) -> Pixels:
        small = cv2.resize(film, (side, side), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, film.shape[::-1], interpolation=how))

    return enlarge


def levels(count: int) -> Damage:
    return lambda film: (np.minimum(film * count // 1, count - 1) / (count - 1)).astype(np.float32)


def brighter(factor: float) -> Damage:
    return lambda film: np.clip(film * factor, 0, 1)


def darker(factor: float) -> Damage:
    return lambda film: np.clip(film * factor - (factor - 1), 0, 1)


def framed(share: float, value: float = 0.0) -> Damage:
    """Put bars of a share of the width on both sides."""

    def frame(film: Pixels) -> Pixels:
        height, width = film.shape
        bar = round(share * width)
        picture = np.full_like(film, value)
        picture[:, bar : width - bar] = cv2.resize(
            film, (width - 2 * bar, height), interpolation=cv2.INTER_AREA
        )
        return picture

    return frame
