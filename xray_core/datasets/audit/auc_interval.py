"""How sure an AUC is."""


def auc_interval(value: float, positives: int, negatives: int) -> tuple[float, float]:
    """Return the 95 % interval of an AUC (Hanley and McNeil 1982, Radiology 143:29).

    Args:
        value: the AUC, 0 to 1.
        positives: cases of the one class; patients, where films of one are alike.
        negatives: cases of the other.

    Returns:
        Its ends, within 0 and 1.
    """
    twice_positive = value / (2 - value)
    twice_negative = 2 * value**2 / (1 + value)
    variance = (
        value * (1 - value)
        + (positives - 1) * (twice_positive - value**2)
        + (negatives - 1) * (twice_negative - value**2)
    ) / (positives * negatives)
    half = 1.96 * max(variance, 0.0) ** 0.5
    return max(0.0, value - half), min(1.0, value + half)
