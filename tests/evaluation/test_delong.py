"""DeLong's areas, covariances and p-values agree with the published example and a literal one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from xray_core.evaluation.delong import delong

# DeLong, DeLong and Clarke-Pearson 1988: albumin, total protein, K-G score, whether surgery helped.
OVARIAN = """
3.0 5.8 10 0  3.2 6.3 5 1  3.9 6.8 3 1  2.8 4.8 6 0  3.2 5.8 3 1  0.9 4.0 5 0  2.5 5.7 8 0
1.6 5.6 5 1  3.8 5.7 5 1  3.7 6.7 6 1  3.2 5.4 4 1  3.8 6.6 6 1  4.1 6.6 5 1  3.6 5.7 5 1
4.3 7.0 4 1  3.6 6.7 4 0  2.3 4.4 6 1  4.2 7.6 4 0  4.0 6.6 6 0  3.5 5.8 6 1  3.8 6.8 7 1
3.0 4.7 8 0  4.5 7.4 5 1  3.7 7.4 5 1  3.1 6.6 6 1  4.1 8.2 6 1  4.3 7.0 5 1  4.3 6.5 4 1
3.2 5.1 5 1  2.6 4.7 6 1  3.3 6.8 6 0  1.7 4.0 7 0  3.7 6.1 5 1  3.3 6.3 7 1  4.2 7.7 6 1
3.5 6.2 5 1  2.9 5.7 9 0  2.1 4.8 7 1  2.8 6.2 8 0  4.0 7.0 7 1  3.3 5.7 6 1  3.7 6.9 5 1
3.6 6.6 5 1
"""


@pytest.fixture(scope="module")
def ovarian():
    table = np.array(OVARIAN.split(), float).reshape(-1, 4)
    scores = np.array([10 - table[:, 2], table[:, 0], table[:, 1]])
    return delong(scores, table[:, 3] == 1)


def test_the_areas_and_errors_of_the_published_example(ovarian):
    # As SAS/STAT documents them for the 43 complete cases: K-G score, albumin, total protein.
    assert ovarian.areas == pytest.approx([0.7258, 0.7366, 0.6478], abs=5e-5)
    errors = np.sqrt(np.diag(ovarian.covariance))
    assert errors == pytest.approx([0.1028, 0.0927, 0.1000], abs=5e-5)


@pytest.mark.parametrize(("a", "b", "p"), [(1, 0, 0.9102), (2, 0, 0.4561)])
def test_the_p_values_of_the_published_example(ovarian, a, b, p):
    assert ovarian.p_value(a, b) == pytest.approx(p, abs=5e-5)
    assert ovarian.p_value(b, a) == ovarian.p_value(a, b)


def literal(scores, truth):
    """The 1988 definition: every positive against every negative, one pair at a time."""

    def psi(x, y):
        return 1.0 if x > y else 0.5 if x == y else 0.0

    areas, v10, v01 = [], [], []
    for one in scores:
        ill, well = one[truth], one[~truth]
        table = np.array([[psi(x, y) for y in well] for x in ill])
        areas.append(table.mean())
        v10.append(table.mean(axis=1))
        v01.append(table.mean(axis=0))
    covariance = np.empty((len(scores), len(scores)))
    for r in range(len(scores)):
        for s in range(len(scores)):
            ill = sum((x - areas[r]) * (y - areas[s]) for x, y in zip(v10[r], v10[s], strict=True))
            well = sum((x - areas[r]) * (y - areas[s]) for x, y in zip(v01[r], v01[s], strict=True))
            m, n = len(v10[r]), len(v01[r])
            covariance[r, s] = ill / (m - 1) / m + well / (n - 1) / n
    return np.array(areas), covariance


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(2, 12), st.integers(1, 3))
def test_midranks_give_what_the_literal_definition_gives_ties_too(seed, m, n, decimals):
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.arange(m + n) < m)
    scores = np.round(rng.random((3, m + n)) + 0.3 * truth, decimals)
    found, (areas, covariance) = delong(scores, truth), literal(scores, truth)
    np.testing.assert_allclose(found.areas, areas, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.covariance, covariance, rtol=0, atol=1e-9)
    assert found.areas == pytest.approx([roc_auc_score(truth, one) for one in scores])


def test_two_models_of_one_order_differ_by_nothing():
    truth = np.array([True, True, False, False, True])
    scores = np.array([0.9, 0.3, 0.4, 0.1, 0.8])
    assert delong(np.array([scores, scores**2]), truth).p_value(0, 1) == 1


def test_what_cannot_be_judged_has_no_p():
    truth = np.array([True, False])
    assert delong(np.array([[0.9, 0.1], [0.1, 0.9]]), truth).p_value(0, 1) is None
    assert delong(np.array([[0.9, 0.1], [0.1, 0.9]]), truth | True).p_value(0, 1) is None
    # Perfect against knowing nothing at all: neither varies, so there is nothing to judge by.
    truth = np.array([True] * 5 + [False] * 5)
    assert delong(np.array([truth.astype(float), np.ones(10)]), truth).p_value(0, 1) is None
