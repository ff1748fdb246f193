"""Temperature scaling makes probabilities mean what they say, partial labels included."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss

from xray_core.calibration import BOUNDS, fit_temperature, partial_log_loss


def draws(n=20_000, seed=0):
    """Logits, and classes drawn from their softmax: calibrated by construction."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=2, size=(n, 4))
    truth = (softmax(logits, axis=1).cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return logits, np.minimum(truth, 3)


def test_exact_labels_give_the_usual_log_loss():
    logits, truth = draws(500)
    allowed = np.eye(4, dtype=bool)[truth]
    expected = log_loss(truth, softmax(logits / 1.7, axis=1), labels=range(4))
    assert partial_log_loss(logits, allowed, 1.7) == pytest.approx(expected)


def test_a_partial_label_scores_the_mass_of_what_it_allows():
    logits = np.log(np.array([[0.1, 0.2, 0.3, 0.4]]))
    allowed = np.array([[False, True, True, False]])
    assert partial_log_loss(logits, allowed) == pytest.approx(-np.log(0.5))


def test_a_label_that_allows_everything_says_nothing():
    logits, _ = draws(50)
    assert partial_log_loss(logits, np.ones((50, 4), bool)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_the_temperature_that_was_put_in_is_found(temperature):
    logits, truth = draws()
    allowed = np.eye(4, dtype=bool)[truth]
    assert fit_temperature(logits * temperature, allowed) == pytest.approx(temperature, rel=0.05)


def test_partial_labels_find_it_too():
    logits, truth = draws()
    allowed = np.eye(4, dtype=bool)[truth]
    allowed[(truth > 0) & (np.arange(len(truth)) % 2 == 0), 1:] = True
    assert fit_temperature(logits * 2.5, allowed) == pytest.approx(2.5, rel=0.06)


def test_a_network_that_is_never_wrong_does_not_run_away():
    truth = np.arange(40) % 4
    logits = 3.0 * np.eye(4)[truth]
    found = fit_temperature(logits, np.eye(4, dtype=bool)[truth])
    assert BOUNDS[0] <= found <= BOUNDS[1]
    assert np.isfinite(partial_log_loss(logits, np.eye(4, dtype=bool)[truth], found))
