"""Whether two models err on different films by more than chance."""

from scipy.stats import binom


def mcnemar(a_only: int, b_only: int) -> float:
    """Return the exact two-sided p of McNemar's test.

    Only the films count on which one model is right and the other wrong; if neither is better,
    each of these is a fair coin (McNemar 1947, Psychometrika 12:153; the binomial tail instead of
    its normal approximation).

    Args:
        a_only: films that A alone has right.
        b_only: films that B alone has right.

    Returns:
        p in (0, 1]; 1 where there is no such film.
    """
    fewer, films = min(a_only, b_only), a_only + b_only
    return min(1.0, 2 * float(binom.cdf(fewer, films, 0.5)))
