"""Is a film noisy, to the eye and to a network?"""

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.quality.reduced import SIDE, TILE, tile_means
from xray_core.imaging.quality.verdict import GOOD, Quality

NOISY, TOO_NOISY = 0.05, 0.08
"""σ of the noise relative to the film's range of brightness: warned of, and abstained from.

Of 11,458 real films the noisiest has 0.023 in its own pixels, and 0.028 at the scale of a network
or at half of it; one in a thousand has over 0.009 and 0.022. With added noise of 0.1 the bundled
network errs on 7 % of the validation children, with 0.2 on 40 %, without on 2 %.
"""
GRAINY = 0.015
"""σ, likewise, of a film's own noise as far as it is left at the size of a network: warned of.

Of 6,013 real films, here those of internal test patients too, three have 0.012 or more in their own
pixels, one of them 0.015 or more: 0.027.
Such grain hardly shows, but moves the bundled networks (docs/bundled-model.md, Grain). Their own
view of a film cannot tell it from lungs, whose detail counts there as up to 0.023.
"""
WINDOW, ACROSS = 28, 8
"""A film's own pixels are looked at in this many windows across and down, of so many pixels."""

_MASK = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_TO_SIGMA = float(np.sqrt(np.pi / 2) / 6)


def noise_of(small: NDArray[np.float32]) -> float:
    """Return σ of the noise of a reduced film (S, S) in [0, 1], S even, by Immerkær's method.

    The mask takes the Laplacian twice, which edges nearly survive as zero (Immerkær, Fast noise
    variance estimation, CVIU 64, 1996); the middle one of the tiles counts, so that letters and
    borders do not. At half the scale too, where grains of several pixels show as noise.
    """
    size = (small.shape[1] // 2, small.shape[0] // 2)
    half = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.float32)
    means = tile_means(_edges(small)), tile_means(_edges(half), TILE // 2)
    return max(float(np.median(each)) for each in means) * _TO_SIGMA


def own_noise_of(pixels: NDArray[np.float32]) -> float:
    """Return the same of the film's own pixels (H, W), looking at windows spread over it."""
    height, width = pixels.shape
    tops, lefts = (np.linspace(0, side - WINDOW, ACROSS).astype(int) for side in (height, width))
    windows = []
    for top in tops:
        strip = pixels[top : top + WINDOW]
        row = _edges(np.hstack([strip[:, left : left + WINDOW] for left in lefts]))
        inner = row.reshape(WINDOW, ACROSS, WINDOW)[1:-1, :, 1:-1]
        windows.append(inner.mean(axis=(0, 2)))
    return float(np.median(windows)) * _TO_SIGMA


def _edges(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.abs(cv2.filter2D(pixels, -1, _MASK)), np.float32)


def judge_noise(own: float, reduced: float, span: float, side: int) -> Quality:
    """Say whether a film is noisy.

    Args:
        own: σ of the noise of its own pixels.
        reduced: σ of what of it a network sees.
        span: the film's range of brightness.
        side: its shorter side in pixels; the mean of n × n pixels has an nth of white noise left.
    """
    if reduced >= TOO_NOISY * span:
        return Quality(abstain=("The film is too noisy to read: noise covers its detail.",))
    if max(own, reduced) >= NOISY * span:
        return Quality(warnings=("The film is noisy: noise may cover fine detail.",))
    if own * min(1.0, SIDE / side) >= GRAINY * span:
        return Quality(warnings=("The film is grainy: a model may take its grain for disease.",))
    return GOOD
