"""The score bound of a difference of two paired shares.

Tango 1998, Statistics in Medicine 17:891. It keeps its level where few films or none tell two
models apart: with no such film among n it is −z² / (n + z²), not 0.
"""

import math

from scipy.optimize import brentq
from scipy.stats import norm

ONE_SIDED = float(norm.ppf(0.95))
TWO_SIDED = float(norm.ppf(0.975))


def tango_bound(b: float, c: float, n: float, z: float = ONE_SIDED) -> float:
    """Return Tango's lower bound of (b − c) / n.

    Args:
        b: pairs where only the new one succeeds; need not be whole.
        c: pairs where only the old one succeeds.
        n: all pairs, at least b + c and above 0.
        z: quantile of the normal distribution; by default one-sided 95 %.

    Returns:
        In [−1, (b − c) / n].
    """
    value = (b - c) / n

    def excess(delta: float) -> float:
        return (b - c - n * delta) / math.sqrt(_variance(b, c, n, delta)) - z

    lowest = -1 + 1e-9
    if value <= lowest or excess(lowest) < 0:
        return -1.0
    return float(brentq(excess, lowest, value - 1e-12, xtol=1e-10))


def tango_interval(b: float, c: float, n: float) -> tuple[float, float]:
    """Return Tango's 95 % interval of (b − c) / n, see `tango_bound`; both ends in [−1, 1]."""
    return tango_bound(b, c, n, TWO_SIDED), -tango_bound(c, b, n, TWO_SIDED)


def _variance(b: float, c: float, n: float, delta: float) -> float:
    """Return the variance of b − c if the true difference is delta, at the likeliest shares."""
    linear = -b - c + (2 * n - b + c) * delta
    constant = -c * delta * (1 - delta)
    root = math.sqrt(max(0.0, linear**2 - 8 * n * constant))
    only_old = (root - linear) / (4 * n)
    return max(n * (2 * only_old + delta * (1 - delta)), 1e-15)
