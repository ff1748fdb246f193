"""The partial-label loss against the textbook."""

import numpy as np
import pytest

from xray_core.training.loss import PartialLabelLoss

LOGITS = np.array([[2.0, -1.0, 0.5, 0.0], [0.1, 0.2, 0.3, 0.4]], np.float32)


def _packed(first: list[list[int]], second: list[list[int]], share: float) -> np.ndarray:
    return np.hstack([first, second, np.full((2, 1), share)]).astype(np.float32)


def _log_p() -> np.ndarray:
    exp = np.exp(LOGITS.astype(np.float64))
    return np.log(exp / exp.sum(axis=1, keepdims=True))


def test_an_exact_label_gives_the_cross_entropy() -> None:
    label = [[1, 0, 0, 0], [0, 0, 1, 0]]
    value = float(PartialLabelLoss()(_packed(label, label, 1.0), LOGITS))
    assert value == pytest.approx(-(_log_p()[0, 0] + _log_p()[1, 2]) / 2, rel=1e-5)


def test_a_partial_label_gives_the_log_of_the_mass_that_it_allows() -> None:
    label = [[0, 1, 1, 1]] * 2
    value = float(PartialLabelLoss()(_packed(label, label, 1.0), LOGITS))
    mass = np.exp(_log_p())[:, 1:].sum(axis=1)
    assert value == pytest.approx(-np.log(mass).mean(), rel=1e-5)


def test_mixing_and_smoothing_weigh_as_they_say() -> None:
    first, second = [[1, 0, 0, 0]] * 2, [[0, 0, 0, 1]] * 2
    value = float(PartialLabelLoss(0.1)(_packed(first, second, 0.7), LOGITS))
    log_p = _log_p()
    hard = -(0.7 * log_p[:, 0] + 0.3 * log_p[:, 3])
    expected = (0.9 * hard - 0.1 * log_p.mean(axis=1)).mean()
    assert value == pytest.approx(expected, rel=1e-5)
