"""Is a film made of squares, by strong compression or by enlarging a tiny picture?"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.quality.reduced import SIDE
from xray_core.imaging.quality.verdict import GOOD, Quality

BLOCKY, TOO_BLOCKY = 0.2, 0.45
"""Share of a film's changes that lie on edges of blocks: warned of, and needed to abstain.

Of 11,458 real films the blockiest has 0.17; one in a thousand has over 0.12. As JPEG of quality 10
the middle one has 0.22, of quality 5 0.36, of quality 2 0.64; films made of squares have 1.
"""
TOO_FEW = 30
"""With fewer squares across, the model abstains: of 32 px films the first bundled network gets 9 %
wrong and of 16 px films half; of 48 px films no more than of whole ones (2 %)."""
REPEATS = 0.12
"""Share of a film's changes that are lacking between pixels that were repeated: warned of.

Of 12,717 real films, those of internal test patients among them, the most is 0.072. Enlarged to
224 px by repeating pixels, 40 of them have 0.78 and more from 112 px, 0.33 and more from 160 px,
0.14 and more from 192 px; saved as JPEG of quality 90 then, the middle one has 0.41, 0.16 and 0.08.
"""
FEWEST = 6
"""A frame or two around a film are no squares."""
STRIPS, LINES = 8, 8
"""Looked at are so many strips, spread over the film, of so many rows or columns."""


ENLARGED = Quality(
    warnings=(
        "The film was enlarged by repeating pixels: a model may take its coarse edges for disease.",
    )
)


@dataclass(frozen=True)
class Blocks:
    """The edges of squares in a film.

    Attributes:
        share: how much of all change from pixel to pixel lies on them, 0 to 1.
        across: how many squares there are from side to side.
        repeats: how much change is lacking between pixels that are the same though the pixels
            beside them change, relative to all change, 0 and more: less than twice enlarged, a
            film has pixels repeated here and there, and no squares.
    """

    share: float
    across: int
    repeats: float


def blocks_of(pixels: NDArray[np.float32]) -> Blocks:
    """Find squares in a film's own pixels (H, W) in [0, 1], at least 3 each way.

    Where squares meet, the mean change from one column to the next is above that on both sides; so
    it is, with rows, downwards. The direction that shows them less counts.
    """
    height, width = pixels.shape
    rows = np.vstack([pixels[strip] for strip in _strips(height)])
    columns = np.hstack([pixels[:, strip] for strip in _strips(width)])
    across = _peaks(cv2.absdiff(rows[:, 1:], rows[:, :-1]).mean(axis=0))
    down = _peaks(cv2.absdiff(columns[1:], columns[:-1]).mean(axis=1))
    return Blocks(
        min(across.share, down.share),
        min(across.across, down.across),
        min(across.repeats, down.repeats),
    )


def _strips(side: int) -> list[slice]:
    starts = np.linspace(0, max(side - LINES, 0), STRIPS).astype(int)
    return [slice(start, start + LINES) for start in starts]


def _peaks(change: NDArray[np.float32]) -> Blocks:
    """Return how much of a profile of change stands out singly, how often, and what is lacking."""
    before, here, after = change[:-2], change[1:-1], change[2:]
    everything = float(change.sum())
    if everything <= 0:
        return Blocks(0.0, 0, 0.0)
    repeats = float(np.maximum(np.minimum(before, after) - here, 0).sum()) / everything
    peaks = np.maximum(here - np.maximum(before, after), 0)
    total = float(peaks.sum())
    if total <= 0:
        return Blocks(0.0, 0, repeats)
    highest_first = np.sort(peaks)[::-1].cumsum()
    most = int(np.searchsorted(highest_first, 0.9 * total)) + 1
    return Blocks(total / everything, most + 1, repeats)


def judge_blocks(blocks: Blocks, side: int) -> Quality:
    """Say whether a film, `side` pixels wide or high, is made of squares or of repeated pixels."""
    if blocks.across < FEWEST or blocks.share < BLOCKY:
        own = side / (1 + blocks.repeats)  # where n of them are new, side − n changes are lacking
        return ENLARGED if blocks.repeats >= REPEATS and own < SIDE else GOOD
    if blocks.across < TOO_FEW and blocks.share >= TOO_BLOCKY:
        return Quality(
            abstain=(
                f"The film is made of squares, only about {blocks.across} from side to side: its "
                "detail is lost.",
            )
        )
    return Quality(
        warnings=(
            "The film is made of squares, by strong compression or enlargement: some of its detail "
            "is lost.",
        )
    )
