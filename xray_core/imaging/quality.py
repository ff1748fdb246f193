"""Is this film fit to be read at all, and what must be said of it?

Whether it looks like a chest is judged elsewhere, against the films that a model was trained on.
The limits below were set on 5,017 real films of the eight collections in use: none is refused,
and the figures beside each limit are what those films show.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.errors import UnsuitableFilm
from xray_core.imaging.radiograph import Radiograph
from xray_core.settings import settings

SYNTHETIC = "Synthetic phantom, not a patient."

MAX_ASPECT = 2.5  # real films: at most 2.17
FLAT_RANGE = 0.05  # grey levels between the 2nd and the 98th percentile; real: at least 0.21
LOW_RANGE = 0.25  # real: 0.1 % below
BINARY_SHARE = 0.05  # pixels neither dark nor bright; real: at least 0.13
LOW_SIDE = 224  # what the networks were trained on
BLACK_SHARE, WHITE_SHARE = 0.5, 0.15  # real: 0.1 % above each
INVERTED_SCORE = -0.06  # real: 0.1 % below; the same films inverted: 99.4 % below


@dataclass(frozen=True)
class Tones:
    """How the brightness of a film is spread, of 256 levels.

    Attributes:
        low: 2nd percentile, 0 to 1.
        high: 98th percentile, 0 to 1.
        between: share of pixels in the middle 80 % of that range, 0 to 1.
        black: share of pixels at the lower end of all brightness, 0 to 1.
        white: share of pixels at the upper end.
    """

    low: float
    high: float
    between: float
    black: float
    white: float

    @classmethod
    def of(cls, pixels: NDArray[np.float32]) -> "Tones":
        """Measure pixels (H, W) in [0, 1]."""
        levels = cv2.convertScaleAbs(pixels, alpha=255.0)
        share = np.bincount(np.ravel(levels), minlength=256) / pixels.size
        total = np.cumsum(share)
        low, high = (int(np.searchsorted(total, q)) for q in (0.02, 0.98))
        margin = 0.1 * (high - low)
        inside = np.arange(256)
        between = share[(inside > low + margin) & (inside < high - margin)].sum()
        black, white = share[:2].sum(), share[-2:].sum()
        return cls(low / 255, high / 255, float(between), float(black), float(white))


@dataclass(frozen=True)
class Quality:
    """What a film's pixels say of an opinion on it.

    Attributes:
        abstain: sentences; where there is one, the film cannot carry an opinion.
        warnings: sentences that stand beside the opinion, those of the reader first.
    """

    abstain: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def check_quality(film: Radiograph) -> Quality:
    """Judge whether a film can carry an opinion, and what must be said of it; each sentence once.

    Raises:
        UnsuitableFilm: too small, too long, blank, or in black and white only.
    """
    _check_shape(film)
    tones = Tones.of(film.pixels)
    _check_tones(film, tones)
    warnings = dict.fromkeys((*film.warnings, *_warnings(film, tones)))
    return Quality(warnings=tuple(warnings))


def _check_shape(film: Radiograph) -> None:
    height, width = film.shape
    received = f"this picture is {width:,}×{height:,} pixels"
    least = settings().min_side
    if min(height, width) < least:
        raise UnsuitableFilm(film.source, f"{received}; at least {least} on each side are needed.")
    if max(height, width) > MAX_ASPECT * min(height, width):
        raise UnsuitableFilm(
            film.source,
            f"{received}; a chest film is at most {MAX_ASPECT:g} times as long as it is wide.",
        )


def _check_tones(film: Radiograph, tones: Tones) -> None:
    if tones.high - tones.low < FLAT_RANGE:
        raise UnsuitableFilm(
            film.source,
            "this picture is blank or nearly so; a chest film has dark lungs and bright bones.",
        )
    if tones.between < BINARY_SHARE:
        raise UnsuitableFilm(
            film.source,
            "this picture is almost only black and white, like text or a drawing; a chest film "
            "has shades of grey.",
        )


def _warnings(film: Radiograph, tones: Tones) -> list[str]:
    """Return what is found here, most important first."""
    height, width = film.shape
    found = []
    if film.synthetic:
        found.append(SYNTHETIC)
    if inversion_score(film.pixels, tones) < INVERTED_SCORE:
        found.append("The film may be inverted: the background is brighter than the chest.")
    if min(height, width) < LOW_SIDE:
        found.append(
            f"The resolution is low: {width}×{height} pixels, where {LOW_SIDE} each way are normal."
        )
    if tones.high - tones.low < LOW_RANGE:
        found.append("The contrast is very low.")
    if tones.black > BLACK_SHARE:
        found.append(f"{tones.black:.0%} of the film is pure black, where nothing can be seen.")
    if tones.white > WHITE_SHARE:
        found.append(f"{tones.white:.0%} of the film is pure white, where nothing can be seen.")
    return found


def inversion_score(pixels: NDArray[np.float32], tones: Tones) -> float:
    """Return how much a film looks upright (positive) or inverted (negative) in brightness.

    In a frontal film the mediastinum and spine, down the middle, are brighter than the lungs on
    both sides, and the air above the shoulders is darker than the chest. Both differences change
    sign when the film is inverted. Relative to the film's range of brightness.
    """
    small = cv2.resize(np.ascontiguousarray(pixels), (128, 128), interpolation=cv2.INTER_AREA)
    columns = small[32:88].mean(axis=0)
    spine = columns[56:72].mean()
    lungs = (columns[24:48].mean() + columns[80:104].mean()) / 2
    above = (small[:10, :20].mean() + small[:10, -20:].mean()) / 2
    chest = small[32:96, 32:96].mean()
    span = max(tones.high - tones.low, 0.01)
    return float((spine - lungs - 0.5 * (above - chest)) / span)
