"""Is a film made of squares, by strong compression or by enlarging a tiny picture?"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.quality.verdict import GOOD, Quality

BLOCKY, TOO_BLOCKY = 0.2, 0.45
"""Share of a film's changes that lie on edges of blocks: warned of, and needed to abstain.

Of 11,458 real films the blockiest has 0.17; one in a thousand has over 0.12. As JPEG of quality 10
the middle one has 0.22, of quality 5 0.36, of quality 2 0.64; films made of squares have 1.
"""
TOO_FEW = 30
"""With fewer squares across, the model abstains: of 32 px films the first bundled network gets 9 %
wrong and of 16 px films half; of 48 px films no more than of whole ones (2 %)."""
FEWEST = 6
"""A frame or two around a film are no squares."""
STRIPS, LINES = 8, 8
"""Looked at are so many strips, spread over the film, of so many rows or columns."""


@dataclass(frozen=True)
class Blocks:
    """The edges of squares in a film.

    Attributes:
        share: how much of all change from pixel to pixel lies on them, 0 to 1.
        across: how many squares there are from side to side.
    """

    share: float
    across: int


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
    return Blocks(min(across.share, down.share), min(across.across, down.across))


def _strips(side: int) -> list[slice]:
    starts = np.linspace(0, max(side - LINES, 0), STRIPS).astype(int)
    return [slice(start, start + LINES) for start in starts]


def _peaks(change: NDArray[np.float32]) -> Blocks:
    """Return how much of a profile of change stands out singly, and how often."""
    peaks = np.maximum(change[1:-1] - np.maximum(change[:-2], change[2:]), 0)
    total = float(peaks.sum())
    if total <= 0:
        return Blocks(0.0, 0)
    highest_first = np.sort(peaks)[::-1].cumsum()
    most = int(np.searchsorted(highest_first, 0.9 * total)) + 1
    return Blocks(total / float(change.sum()), most + 1)


def judge_blocks(blocks: Blocks) -> Quality:
    """Say whether a film is made of squares."""
    if blocks.across < FEWEST or blocks.share < BLOCKY:
        return GOOD
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
