"""What few patients allow to be said: wider intervals, larger p.

Resampling m patients shows less spread than m patients have, and its percentiles are those of a
normal distribution where Student's is due: with 5 ill patients the 95 % interval of an AUC held the
truth in 77 % of made-up studies. From `ENOUGH` patients on the side that has fewer the percentiles
are left as they are.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from xray_core.auc_interval import Z, newcombe
from xray_core.bundle import Interval

ENOUGH = 20
_TIE = 1e-6
"""A smaller difference is none: draws are sums of 32-bit numbers."""


def auc_of_few(found: Interval, ill: int, well: int) -> Interval:
    """Return an AUC with the wider, at each end, of its own interval and Newcombe's.

    The latter counts patients, as films of one are not independent.

    An interval without width is left: whoever is drawn, a model that tells nothing apart has 0.5.

    Args:
        found: strictly between 0 and 1, with the percentile interval of its draws.
        ill: patients with positive films, at least 1.
        well: patients with negative films, at least 1.
    """
    value = found.value
    if min(ill, well) >= ENOUGH or value is None or found.low is None or found.high is None:
        return found
    if found.high - found.low <= _TIE:
        return found
    low, high = newcombe(value, ill, well)
    return Interval(value=value, low=min(low, found.low), high=max(high, found.high))


def difference_of_few(found: Interval, patients: int, most: float = 1.0) -> Interval:
    """Return a difference with its interval stretched as few patients need it.

    By Student's quantile in place of the normal one and by √(n / (n − 1)), the spread that
    resampling n patients lacks (Hesterberg 2015, The American Statistician 69:371, who moves the
    percentiles by as much; of few patients there are no draws so far out).

    Args:
        found: with the percentile interval of its draws.
        patients: on the side that has fewer; below 2 there is no interval.
        most: the largest difference that there can be.
    """
    value = found.value
    if patients >= ENOUGH or value is None or found.low is None or found.high is None:
        return found
    if patients < 2:
        return Interval(value=value, low=None, high=None)
    stretch = float(t.ppf(0.975, patients - 1)) / Z * math.sqrt(patients / (patients - 1))
    low, high = value - stretch * (value - found.low), value + stretch * (found.high - value)
    return Interval(value=value, low=max(-most, low), high=min(most, high))


def p_over_patients(drawn: NDArray[np.floating], patients: int) -> float | None:
    """Return the two-sided p that a difference is 0, from its draws of patients.

    The smaller share of the draws that lie on one side of 0 or on it, the difference found counted
    as one more draw (Davison and Hinkley 1997, Bootstrap Methods and their Application, section
    4.4); where no draw does, their normal tail, for a p of many tests is below what draws can
    count. Its normal quantile is read as Student's, as in `difference_of_few`: far out, where many
    tests are corrected for, that matters for more than `ENOUGH` patients too. Unlike DeLong's and
    McNemar's it counts patients, and unlike an interval it can be corrected for other tests.

    Args:
        drawn: (B,) the difference in each draw, NaN where it is undefined.
        patients: on the side that has fewer.

    Returns:
        In [0, 1]; None where there are no draws, or fewer than two patients.
    """
    defined = drawn[~np.isnan(drawn)].astype(np.float64)
    if len(defined) == 0 or patients < 2:
        return None
    beyond = min(int((defined <= _TIE).sum()), int((defined >= -_TIE).sum()))
    quantile = float(norm.ppf(min(0.5, (beyond + 1) / (len(defined) + 1))))
    spread = float(defined.std())
    if not beyond and spread > _TIE:
        quantile = min(quantile, -abs(float(defined.mean())) / spread)
    share = t.cdf(quantile * math.sqrt((patients - 1) / patients), patients - 1)
    return min(1.0, 2 * float(share))
