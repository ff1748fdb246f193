"""Temperature scaling: one number that makes probabilities mean what they say.

Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks, ICML 2017, arXiv:1706.04599.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, logsumexp

BOUNDS = (0.05, 20.0)


def partial_log_loss(
    logits: NDArray[np.floating],
    allowed: NDArray[np.bool_],
    temperature: float = 1.0,
    weights: NDArray[np.float64] | None = None,
) -> float:
    """Return the mean −log of the probability mass that the labels allow.

    Args:
        logits: (N, K).
        allowed: bool (N, K), the outputs that each film's label allows, at least one a row.
        temperature: what the logits are divided by.
        weights: (N,), how much each film counts; by default all alike.
    """
    log_p = log_softmax(logits.astype(np.float64) / temperature, axis=1)
    mass = logsumexp(np.where(allowed, log_p, -np.inf), axis=1)
    return float(-np.average(mass, weights=weights))


def fit_temperature(logits: NDArray[np.floating], allowed: NDArray[np.bool_]) -> float:
    """Return the temperature in [0.05, 20] with the least partial log loss.

    Args:
        logits: (N, K) of validation films.
        allowed: bool (N, K), the outputs that each label allows.
    """
    result = minimize_scalar(
        lambda log_t: partial_log_loss(logits, allowed, float(np.exp(log_t))),
        bounds=tuple(np.log(BOUNDS)),
        method="bounded",
    )
    return float(np.exp(result.x))
