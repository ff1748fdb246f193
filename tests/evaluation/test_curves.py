"""The curves agree with scikit-learn and with their definitions."""

import json

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import auc as area
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.metrics import precision_recall_curve as sklearn_precision_recall_curve
from sklearn.metrics import roc_curve as sklearn_roc_curve

from xray_core.evaluation.curves import (
    Reliability,
    decision_curve,
    precision_recall_curve,
    reliability,
    roc_curve,
    stepped,
    treat_all,
)


@pytest.fixture(scope="module")
def scored():
    rng = np.random.default_rng(4)
    truth = rng.random(200) < 0.6
    return np.round(np.clip(rng.normal(0.4 + 0.3 * truth, 0.25), 0, 1), 2), truth


def test_roc_is_sklearns_ties_too(scored):
    p, truth = scored
    found = roc_curve(p, truth)
    x, y, thresholds = sklearn_roc_curve(truth, p, drop_intermediate=False)
    np.testing.assert_allclose(found.x, x, atol=1e-9)
    np.testing.assert_allclose(found.y, y, atol=1e-9)
    np.testing.assert_allclose(found.thresholds, thresholds)
    assert area(found.x, found.y) == pytest.approx(roc_auc_score(truth, p))


def test_precision_and_recall_are_sklearns(scored):
    p, truth = scored
    found = precision_recall_curve(p, truth)
    precision, recall, _ = sklearn_precision_recall_curve(truth, p)
    np.testing.assert_allclose(found.x, recall[-2::-1], atol=1e-9)
    np.testing.assert_allclose(found.y, precision[-2::-1], atol=1e-9)


def test_reliability_is_sklearns_with_wilsons_interval(scored):
    p, truth = scored
    # Off the edges of the bins: scikit-learn counts an edge to the bin below it.
    p = np.clip(p + 0.003, 0, 0.999)
    found = reliability(p, truth)
    true, said = calibration_curve(truth, p, n_bins=10)
    np.testing.assert_allclose(found.said, said)
    np.testing.assert_allclose(found.true, true)
    assert found.films.sum() == len(p)
    for k in range(len(found.films)):
        n = int(found.films[k])
        expected = binomtest(round(found.true[k] * n), n).proportion_ci(method="wilson")
        assert (found.low[k], found.high[k]) == pytest.approx((expected.low, expected.high))


def test_net_benefit_by_hand():
    # Ten films, four ill. At 0.2 three of the ill and two of the well are called:
    # 3/10 - 2/10 × 0.25 = 0.25.
    p = np.array([0.9, 0.8, 0.3, 0.1, 0.6, 0.25, 0.1, 0.1, 0.05, 0.0])
    truth = np.arange(10) < 4
    found = decision_curve(p, truth, np.array([0.2, 0.5]))
    assert found.y == pytest.approx([0.25, 2 / 10 - 1 / 10])
    assert treat_all(truth, np.array([0.2])).y == pytest.approx([0.4 - 0.6 * 0.25])


def test_without_both_kinds_or_any_film_there_is_no_curve():
    p = np.array([0.2, 0.7])
    assert len(roc_curve(p, np.array([True, True])).x) == 0
    assert len(precision_recall_curve(p, np.array([False, False])).x) == 0
    assert len(precision_recall_curve(p, np.array([True, True])).x) == 0
    nothing = np.empty(0)
    assert len(decision_curve(nothing, nothing.astype(bool), np.array([0.5])).x) == 0
    assert len(reliability(nothing, nothing.astype(bool)).films) == 0


def test_the_area_under_the_steps_is_the_average_precision(scored):
    p, truth = scored
    curve = precision_recall_curve(p, truth)
    drawn = stepped(curve)
    under = np.sum(np.diff(drawn.x) * drawn.y[1:]) + drawn.x[0] * drawn.y[0]
    assert under == pytest.approx(average_precision_score(truth, p))
    assert (drawn.x[-1], drawn.y[-1]) == (curve.x[-1], curve.y[-1])


def test_reliability_comes_back_from_a_file_and_nothing_else_is_taken_for_it(scored):
    found = reliability(*scored)
    written = json.loads(json.dumps(found.to_json()))
    back = Reliability.from_json(written)
    for name, values in vars(found).items():
        np.testing.assert_array_equal(getattr(back, name), values)
    for other in (None, [], "films", {}, written | {"said": [0.5]}, written | {"true": "much"}):
        with pytest.raises(ValueError):
            Reliability.from_json(other)
