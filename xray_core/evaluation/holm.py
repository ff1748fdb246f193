"""Several tests at once: the more there are, the surer each must be."""

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values adjusted for their number (Holm 1979, Scandinavian J. of Statistics 6:65).

    Comparing each with 0.05 keeps the chance of even one false finding among all at 5 %.

    Args:
        p_values: in [0, 1]; None for a test that could not be made, which does not count.

    Returns:
        The adjusted values in the same order, None where None was given.
    """
    made = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, i) in enumerate(made):
        largest = max(largest, min(1.0, p * (len(made) - rank)))
        adjusted[i] = largest
    return adjusted
