"""How far a model leans on what lies outside the lungs: one definition, wherever it is asked.

With the lungs blanked a model should know nothing: AUC 0.5. Above 0.5 it still tells ill from well;
below 0.5 it tells them apart just as well and has learnt the opposite meaning. Either way it reads
scanner, framing, markers or exposure or, where it sees a crop, how much of that is blanked. So the
reliance is |AUC − 0.5|, in [0, 0.5].

The AUC with the frame blanked is no reliance: the lungs are left there, and it should be as the
AUC of the intact films.
"""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Interval

ALLOWED = 0.10
"""Reliance that a model may have: with the lungs blanked an AUC from 0.40 to 0.60."""
Z = NormalDist().inv_cdf(0.95)
"""Of the one-sided confidence that `visible_from` asks for."""


def reliance_of(auc: Interval) -> Interval:
    """Return |AUC − 0.5| with its interval, from the AUC with the lungs blanked and its own.

    The interval is what the AUC's interval holds, so it reaches 0 wherever the AUC could be 0.5.
    Percentiles of |AUC − 0.5| over the draws would never reach 0, and so claim a reliance of a
    model that has none.
    """
    if auc.value is None:
        return Interval(value=None, low=None, high=None)
    value = abs(auc.value - 0.5)
    if auc.low is None or auc.high is None:
        return Interval(value=value, low=None, high=None)
    ends = abs(auc.low - 0.5), abs(auc.high - 0.5)
    low = 0.0 if auc.low <= 0.5 <= auc.high else min(ends)
    return Interval(value=value, low=low, high=max(ends))


def unfolded(auc: float, drawn: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return how far the AUC of each draw is from 0.5, to the side on which that of all films is.

    A draw on the other side is below 0. Folded, |AUC − 0.5|, it would count above 0, so that the
    draws of a model near 0.5 would lie above its estimate, as `reliance_of` has it, and what they
    are taken from in a difference would seem surely less than it is.

    Args:
        auc: with the lungs blanked, on all films.
        drawn: (B,), the same in each draw, NaN where it is undefined.

    Returns:
        (B,), in [−0.5, 0.5].
    """
    return drawn - 0.5 if auc >= 0.5 else 0.5 - drawn


def leans(reliance: Interval) -> bool | None:
    """Tell whether a reliance is above what is allowed; None where the films cannot tell.

    Returns:
        True where the whole interval is above `ALLOWED`, False where none of it is.
    """
    if reliance.low is not None and reliance.low > ALLOWED:
        return True
    if reliance.high is not None and reliance.high <= ALLOWED:
        return False
    return None


def visible_from(ill: int, well: int) -> float:
    """Return the smallest reliance that films of so many patients can tell from none.

    A model that knows nothing has an AUC with the variance (m + n + 1) / 12mn of Mann and Whitney
    1947 (Annals of Mathematical Statistics 18:50); 1.645 times its root is exceeded by chance once
    in twenty. A patient counts once, as films of one are not independent.

    Args:
        ill: patients with films of pneumonia.
        well: patients with normal films.

    Returns:
        Above 0; 0.5, the largest that there is, where the films are too few for any.
    """
    if not (ill and well):
        return 0.5
    root = math.sqrt((ill + well + 1) / (12 * ill * well))
    return min(0.5, Z * root)


def least_patients(reliance: float = ALLOWED) -> int:
    """Return of how many patients of each kind films are needed to tell a reliance from none.

    Args:
        reliance: above 0 and below 0.5.
    """
    # (2n + 1) / 12n² = (reliance / Z)², solved for n.
    share = 6 * (reliance / Z) ** 2
    return math.ceil((1 + math.sqrt(1 + 2 * share)) / (2 * share) - 1e-9)
