"""How the brightness of a film is spread: contrast, grey levels, exposure, inversion."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.quality.verdict import GOOD, Quality

LOW_RANGE = 0.25
"""Less range is warned of; of 11,458 real films 0.09 % have less."""
FEW_LEVELS, TOO_FEW_LEVELS = 24, 2
"""So few grey levels hold nine tenths of the pixels: warned of, and abstained from.

Real films have at least 44. With 16 levels in all they have 12 at most, with 8 levels 6, with 4
levels 2; the first bundled network errs on 2 % of the validation children with 8, on 14 % with 4.
"""
WHITE, TOO_WHITE = 0.15, 0.35
BLACK, TOO_BLACK = 0.28, 0.45
"""Shares of the film within its border that are pure white and pure black: warned of, and abstained
from.

Of 11,458 real films one in a thousand has over 0.13 white and 0.24 black; the most are 0.20 and
0.31. With brightness doubled, so that the middle film is 0.56 white, it errs on
40 % of the validation children; with the darker half black (0.40) on 20 %.
"""
INVERTED = -0.06
"""A lower inversion score is warned of; real films: 0.1 % below; inverted ones: 99.4 % below."""
SAMPLES = 2**18
"""Of a larger film, so many pixels are counted, in rows spread evenly over it."""


@dataclass(frozen=True)
class Tones:
    """How the brightness of a film is spread, of 256 levels.

    Attributes:
        low: 2nd percentile, 0 to 1.
        high: 98th percentile, 0 to 1.
        between: share of pixels in the middle 80 % of that range, 0 to 1.
        levels: how many levels hold nine tenths of the pixels that are neither black nor white.
    """

    low: float
    high: float
    between: float
    levels: int

    @classmethod
    def of(cls, pixels: NDArray[np.float32]) -> "Tones":
        """Measure pixels (H, W) in [0, 1]."""
        rows = np.ascontiguousarray(pixels[:: max(1, pixels.size // SAMPLES)])
        levels = cv2.convertScaleAbs(rows, alpha=255.0)
        share = np.ravel(cv2.calcHist([levels], [0], None, [256], [0, 256])) / levels.size
        total = np.cumsum(share)
        low, high = (int(np.searchsorted(total, q)) for q in (0.02, 0.98))
        margin = 0.1 * (high - low)
        inside = np.arange(256)
        between = share[(inside > low + margin) & (inside < high - margin)].sum()
        grey = np.sort(share[2:-2])[::-1].cumsum()
        most = int(np.searchsorted(grey, 0.9 * grey[-1])) + 1
        return cls(low / 255, high / 255, float(between), most)

    @property
    def span(self) -> float:
        """The range of brightness, at least one hundredth."""
        return max(self.high - self.low, 0.01)


def judge_levels(tones: Tones) -> Quality:
    """Say whether a film has too little contrast or too few shades of grey."""
    if tones.levels <= TOO_FEW_LEVELS:
        return Quality(
            abstain=("The film has too few shades of grey to read: its detail is lost.",)
        )
    warnings = []
    if tones.high - tones.low < LOW_RANGE:
        warnings.append("The contrast is very low.")
    if tones.levels < FEW_LEVELS:
        warnings.append(
            f"The film has few shades of grey, most of it {tones.levels}, where over "
            f"{FEW_LEVELS} are normal."
        )
    return Quality(warnings=tuple(warnings))


def judge_exposure(inside: NDArray[np.float32]) -> Quality:
    """Say how much of a film, reduced and without its border, is burnt out or black."""
    found = [
        _judge_share(float((inside >= 253.5 / 255).mean()), "white", WHITE, TOO_WHITE),
        _judge_share(float((inside < 1.5 / 255).mean()), "black", BLACK, TOO_BLACK),
    ]
    return Quality.joined(found)


def _judge_share(share: float, tone: str, many: float, too_many: float) -> Quality:
    words = f"{share:.0%} of the film is pure {tone}, where nothing can be seen"
    if share > too_many:
        return Quality(abstain=(f"{words}: too much to read it.",))
    return Quality(warnings=(f"{words}.",)) if share > many else GOOD


def judge_inversion(small: NDArray[np.float32], tones: Tones) -> Quality:
    """Say whether a film seems to be shown with dense as dark."""
    if inversion_score(small, tones) >= INVERTED:
        return GOOD
    words = "The film may be inverted: the background is brighter than the chest."
    return Quality(warnings=(words,))


def inversion_score(small: NDArray[np.float32], tones: Tones) -> float:
    """Return how much a reduced film looks upright (positive) or inverted (negative) in brightness.

    In a frontal film the mediastinum and spine, down the middle, are brighter than the lungs on
    both sides, and the air above the shoulders is darker than the chest. Both differences change
    sign when the film is inverted. Relative to the film's range of brightness.
    """
    tiny = cv2.resize(small, (128, 128), interpolation=cv2.INTER_AREA)
    columns = tiny[32:88].mean(axis=0)
    spine = columns[56:72].mean()
    lungs = (columns[24:48].mean() + columns[80:104].mean()) / 2
    above = (tiny[:10, :20].mean() + tiny[:10, -20:].mean()) / 2
    chest = tiny[32:96, 32:96].mean()
    return float((spine - lungs - 0.5 * (above - chest)) / tones.span)
