"""McNemar's exact test and Holm's correction agree with published examples and definitions."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from xray_core.evaluation.holm import holm
from xray_core.evaluation.mcnemar import mcnemar


def test_published_examples():
    # Fay 2010 (R Journal 2:1), exact2x2: 2 and 9 discordant pairs, p = 0.06543.
    assert mcnemar(2, 9) == pytest.approx(0.06543, abs=5e-6)
    assert mcnemar(3, 0) == 0.25


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_it_is_the_binomial_test_of_a_fair_coin(a, b):
    p = mcnemar(a, b)
    tail = sum(comb(a + b, k) for k in range(min(a, b) + 1))
    assert p == pytest.approx(float(min(Fraction(1), Fraction(2 * tail, 2 ** (a + b)))), abs=1e-12)
    if a + b:
        assert p == pytest.approx(binomtest(a, a + b).pvalue, abs=1e-9)


def test_no_film_to_tell_them_apart_is_no_evidence():
    assert mcnemar(0, 0) == 1


def test_holm_as_worked_by_hand():
    # Four tests: 4 × 0.005, 3 × 0.01, 2 × 0.03, and 0.04 may not fall below the one before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=8))
def test_holm_keeps_order_and_never_makes_surer(values):
    adjusted = holm(values)
    for p, q in zip(values, adjusted, strict=True):
        assert (p is None) == (q is None)
        assert p is None or q is None or p <= q <= 1
    pairs = sorted((p, q) for p, q in zip(values, adjusted, strict=True) if p is not None)
    assert [q for _, q in pairs] == sorted(q for _, q in pairs)
    made = [p for p in values if p is not None]
    if made:
        assert min(q for q in adjusted if q is not None) == min(1, len(made) * min(made))
