"""Limits of plausibility, from validation films."""

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import LungLimits
from xray_core.lungs.outline import Outline
from xray_core.networks.poses import POSES

MARGIN = 0.1
"""How far beyond the quantile of the validation films a limit is put, relative to its value."""


def choose_limits(
    outlines: list[Outline], poses: NDArray[np.float32], quantile: float
) -> LungLimits:
    """Return limits that leave all but a few validation films inside.

    Args:
        outlines: of whole, upright films.
        poses: probabilities (N, 3) of `POSES` for them.
        quantile: share of the films that lie outside of each limit, before the margin.
    """
    areas, aspects = [o.area for o in outlines], [o.aspect for o in outlines]
    return LungLimits(
        area=(_low(areas, quantile), _high(areas, quantile)),
        aspect=(_low(aspects, quantile), _high(aspects, quantile)),
        balance=_low([o.balance for o in outlines], quantile),
        certainty=_low([o.certainty for o in outlines], quantile),
        edge=_high([o.edge for o in outlines], quantile),
        upright=_low(poses[:, POSES.index("upright")], quantile),
        chosen_on=f"{len(outlines)} validation films: {quantile:.1%} of them lie outside of each "
        f"limit, which is then moved outwards by {MARGIN:.0%}",
    )


def _low(values: list[float] | NDArray[np.float32], quantile: float) -> float:
    return round(float(np.quantile(values, quantile)) * (1 - MARGIN), 4)


def _high(values: list[float] | NDArray[np.float32], quantile: float) -> float:
    return round(float(np.quantile(values, 1 - quantile)) * (1 + MARGIN), 4)
