"""How sure an AUC is, by the number of those whom it was measured on."""

from scipy.optimize import brentq

Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def auc_interval(value: float, positives: int, negatives: int) -> tuple[float, float]:
    """Return the 95 % interval of an AUC.

    Newcombe's (see `newcombe`), but where every positive outscored every negative, or none. There
    it is the exact one of so many independent pairs as the smaller side has members (Clopper and
    Pearson 1934, Biometrika 26:404), all of which went one way.

    Args:
        value: the AUC, 0 to 1.
        positives: cases of the one class, at least 1; patients, where films of one are alike.
        negatives: cases of the other, at least 1.

    Returns:
        Its ends, within 0 and 1.
    """
    reach = 0.025 ** (1 / min(positives, negatives))
    if value == 1:
        return reach, 1.0
    if value == 0:
        return 0.0, 1 - reach
    return newcombe(value, positives, negatives)


def newcombe(value: float, positives: int, negatives: int) -> tuple[float, float]:
    """Return the 95 % interval of an AUC strictly between 0 and 1.

    Method 5 of Newcombe 2006, Statistics in Medicine 25:559: the AUCs that differ from the one
    found by no more than 1.96 of their own standard errors, after Hanley and McNeil 1982 (Radiology
    143:29) with both numbers in the numerator replaced by their mean.
    """
    spread = (positives + negatives) / 2 - 1

    def excess(area: float) -> float:
        pairs = 1 + spread * ((1 - area) / (2 - area) + area / (1 + area))
        return (area - value) ** 2 - Z**2 * area * (1 - area) * pairs / (positives * negatives)

    low, high = brentq(excess, 0.0, value), brentq(excess, value, 1.0)
    return float(low), float(high)
