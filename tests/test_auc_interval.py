"""How sure an AUC is."""

import numpy as np
import pytest

from xray_core.auc_interval import auc_interval


@pytest.mark.parametrize(("patients", "low"), [(5, 0.478), (20, 0.832), (100, 0.964)])
def test_a_perfect_auc_of_few_is_not_sure(patients, low):
    """Exact: so many independent pairs could all go right by chance 1 time in 40."""
    assert auc_interval(1.0, patients, 10 * patients) == (pytest.approx(low, abs=1e-3), 1.0)
    assert auc_interval(0.0, 10 * patients, patients) == (0.0, pytest.approx(1 - low, abs=1e-3))


@pytest.mark.parametrize(("area", "ill", "well"), [(0.5, 1, 1), (0.7, 8, 30), (0.97, 12, 90)])
def test_its_ends_lie_about_it_and_come_nearer_with_more_patients(area, ill, well):
    low, high = auc_interval(area, ill, well)
    assert 0 <= low < area < high <= 1
    nearer = auc_interval(area, 10 * ill, 10 * well)
    assert low < nearer[0] < area < nearer[1] < high


@pytest.mark.parametrize(("shift", "ill", "well"), [(0.5, 15, 15), (2.0, 10, 60)])
def test_it_holds_the_truth_about_as_often_as_it_says(shift, ill, well):
    from scipy.stats import norm

    rng, truth = np.random.default_rng(0), float(norm.cdf(shift / 2**0.5))
    held = 0
    for _ in range(400):
        positives, negatives = rng.normal(shift, 1, ill), rng.normal(0, 1, well)
        area = float((positives[:, None] > negatives).mean())
        low, high = auc_interval(area, ill, well)
        held += low <= truth <= high
    assert 0.92 <= held / 400 <= 0.99
