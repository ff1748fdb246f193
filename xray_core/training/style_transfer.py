"""A film in the style of another: its sharpness, and in part its grey scale.

The amplitude spectrum carries the style of a picture and the phase its content (Xu et al. 2021,
A Fourier-based framework for domain generalization, arXiv:2105.11120). Unlike there, only the
radial mean of the amplitude is exchanged, and only beyond the coarse frequencies, which show the
disease.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

COARSE, FINE = 8.0, 16.0
"""Cycles a side up to which nothing is exchanged, and from which on everything is."""
LARGEST_GAIN = 4.0
GREY_SHARE = 0.5
"""Most that the grey values move towards those of the other film."""

Canvas = NDArray[np.uint8]


def borrow_style(film: Canvas, other: Canvas, rng: np.random.Generator) -> Canvas:
    """Return a film (S, S) with the sharpness of another (S, S), and part of its grey scale.

    Args:
        film: uint8; what it shows stays where it is.
        other: uint8; only its style is taken.
        rng: decides how much of it.
    """
    spectrum = np.fft.rfft2(film.astype(np.float32))
    gain = (_profile(other) / _profile(film)) ** rng.uniform(0, 1)
    bands, ramp = _frequencies(film.shape[0])
    gain = np.clip(gain, 1 / LARGEST_GAIN, LARGEST_GAIN)[bands] ** ramp
    sharp = np.fft.irfft2(spectrum * gain, s=film.shape)
    toned = sharp + rng.uniform(0, GREY_SHARE) * _grey_shift(film, other)[film]
    return np.clip(np.rint(toned), 0, 255).astype(np.uint8)


def _profile(film: Canvas) -> NDArray[np.float64]:
    """Return the radial mean of the amplitude, one value a band of frequencies."""
    bands, _ = _frequencies(film.shape[0])
    window = _window(film.shape[0])
    amplitude = np.abs(np.fft.rfft2((film - film.mean(dtype=np.float32)) * window))
    sums = np.bincount(bands.ravel(), amplitude.ravel())
    return (sums + 1e-3) / np.bincount(bands.ravel())


@lru_cache(maxsize=4)
def _frequencies(size: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return for every coefficient its band, and how much of it is exchanged, 0 to 1."""
    radius = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)) * size
    return (radius // 2).astype(np.intp), np.clip((radius - COARSE) / (FINE - COARSE), 0, 1)


@lru_cache(maxsize=4)
def _window(size: int) -> NDArray[np.float32]:
    return np.outer(np.hanning(size), np.hanning(size)).astype(np.float32)


def _grey_shift(film: Canvas, other: Canvas) -> NDArray[np.float64]:
    """Return for each of 256 grey values how far it is from that of the same rank in the other."""
    own, its = _quantiles(film), _quantiles(other)
    own += np.arange(33) * 1e-6  # equal quantiles of a flat film must still ascend
    grey = np.arange(256)
    return np.interp(grey, own, its) - grey


def _quantiles(film: Canvas) -> NDArray[np.float64]:
    """Return 33 quantiles from the smallest to the largest grey value.

    They are those of `np.quantile`, by counting: to sort a film takes longer than to transform it.
    """
    up_to = np.cumsum(np.bincount(film.ravel(), minlength=256))
    place = np.linspace(0, 1, 33) * (film.size - 1)
    below = np.floor(place)
    low, high = (np.searchsorted(up_to, at, side="right") for at in (below, np.ceil(place)))
    return low + (high - low) * (place - below)
