"""Is a film blurred? Fine detail against coarse, at the scale at which a network sees it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.quality.reduced import tile_means
from xray_core.imaging.quality.verdict import GOOD, Quality

Pixels = NDArray[np.float32]

FINE_USUAL, FINE_NEEDED = 0.28, 0.21
MEDIUM_USUAL, MEDIUM_NEEDED = 0.42, 0.38
"""Below the first of each pair a film is warned of, below the second the model abstains.

Of 11,458 real films one in a thousand has less than 0.293 fine detail, the least 0.273; the least
medium detail is 0.420. Fine detail left by damage: a Gaussian of σ = a sixtieth of the
width at most 0.19, a thirtieth 0.10; smeared over a fifteenth of the width across or down 0.23;
enlarged from 32 px 0.23. On these the first bundled network errs on 20 to 45 % of the validation
children, on sharp films on 2 %, on those with σ = width / 120 (0.18 to 0.35) on 2 % still.
Medium detail finds what was blurred and then covered with noise or compressed: at most 0.36 without
that, 0.45 with it.
"""
LEAST_CONTRAST = 0.002
"""Tiles whose coarse contrast is less of the film's range show nothing and are not judged."""
LEAST_TILES = 8
SIGMAS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Sharpness:
    """Detail of a film relative to its contrast at 4 to 8 pixels, both at the reduced scale.

    Attributes:
        fine: contrast at 1 to 2 pixels, 0 and more, of the better tiles (upper quartile), across or
            down, whichever is less: movement smears one direction only.
        medium: contrast at 2 to 4 pixels, of the middle tile: noise, which can stand for fine
            detail, hardly reaches it.
    """

    fine: float
    medium: float


def sharpness_of(small: Pixels, span: float) -> Sharpness | None:
    """Measure a film by the energy in bands of differences of Gaussians (Burt and Adelson 1983).

    Tile by tile, so that sharp letters or a sharp frame on a blurred film do not count as detail.

    Args:
        small: of `reduced`.
        span: the film's range of brightness.

    Returns:
        None where too little of the film shows anything.
    """
    scaled = small / np.float32(span)
    down = [_blurred(scaled, sigma) for sigma in SIGMAS]
    across = [_blurred(scaled.T, sigma) for sigma in SIGMAS]
    both = [_blurred(level.T, sigma) for level, sigma in zip(down[1:], SIGMAS[1:], strict=True)]
    fine = [_part(levels[:2], levels[2:], 0.75) for levels in (across, down)]
    medium = _part(both[:2], both[1:], 0.5)
    if fine[0] is None or fine[1] is None or medium is None:
        return None
    return Sharpness(min(fine[0], fine[1]), medium)


def _blurred(pixels: Pixels, sigma: int) -> Pixels:
    """Return pixels blurred downwards, which is faster than along their rows."""
    blurred = cv2.GaussianBlur(np.ascontiguousarray(pixels), (1, 6 * sigma + 1), sigma)
    return np.asarray(blurred, np.float32)


def _part(detail: list[Pixels], coarse: list[Pixels], quantile: float) -> float | None:
    """Return the contrast in one band relative to another one, of the tiles that show anything.

    Args:
        detail: the narrower and the wider level whose difference is the band.
        coarse: the same of the other band.
        quantile: which of the tiles, from the least detailed one on, 0 to 1.
    """
    band, base = (tile_means(np.square(pair[0] - pair[1])) for pair in (detail, coarse))
    shows = base > LEAST_CONTRAST**2
    if shows.sum() < LEAST_TILES:
        return None
    shows &= base >= _at(base[shows], 0.25)
    return float(np.sqrt(_at(band[shows] / base[shows], quantile)))


def _at(values: Pixels, quantile: float) -> np.float32:
    """Return a quantile without interpolating, which takes a tenth of the time."""
    return np.float32(np.sort(values)[round(quantile * (len(values) - 1))])


def judge_sharpness(sharpness: Sharpness | None) -> Quality:
    """Say whether a film is blurred."""
    if sharpness is None:
        return GOOD
    if sharpness.fine < FINE_NEEDED or sharpness.medium < MEDIUM_NEEDED:
        return Quality(abstain=("The film is too blurred to read: its fine detail is lost.",))
    if sharpness.fine < FINE_USUAL or sharpness.medium < MEDIUM_USUAL:
        return Quality(warnings=("The film is blurred: some of its fine detail is lost.",))
    return GOOD
