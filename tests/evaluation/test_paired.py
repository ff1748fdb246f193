"""Models share the draws of patients, so that their differences are those of the same films."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.evaluation.bootstrap import interval
from xray_core.evaluation.paired import draws_of, lower_bound


def mean_of(values):
    return lambda weights: {"mean": values @ weights / weights.sum(axis=0)}


def test_each_draw_takes_whole_patients_as_many_as_there_are():
    patients = ["a", "a", "b", "c", "c", "c"]
    seen = []
    draws_of(lambda w: seen.append(w) or {"x": w.sum(axis=0)}, patients, seed=1, draws=500)
    weights = np.hstack(seen)
    assert weights.shape == (6, 500)
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_array_equal(weights[3], weights[5])
    np.testing.assert_array_equal(weights[[0, 2, 3]].sum(axis=0), 3)


def test_two_models_are_drawn_alike_and_another_seed_is_not():
    rng = np.random.default_rng(0)
    first, patients = rng.random(50), [str(i // 2) for i in range(50)]
    a = draws_of(mean_of(first), patients, seed=7, draws=300)["mean"]
    b = draws_of(mean_of(first + 0.125), patients, seed=7, draws=300)["mean"]
    np.testing.assert_allclose(b - a, 0.125, atol=1e-6)
    assert not np.array_equal(a, draws_of(mean_of(first), patients, seed=8, draws=300)["mean"])


def test_the_interval_of_a_difference_is_that_of_a_literal_bootstrap():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 80))
    patients = [str(i % 30) for i in range(80)]
    difference = [draws_of(mean_of(v), patients, draws=4000)["mean"] for v in (a, b)]
    got = interval(float(a.mean() - b.mean()), difference[0] - difference[1])
    rows = [np.flatnonzero(np.arange(80) % 30 == k) for k in range(30)]
    slow = []
    for _ in range(4000):
        picked = np.concatenate([rows[k] for k in rng.integers(30, size=30)])
        slow.append(a[picked].mean() - b[picked].mean())
    low, high = np.percentile(slow, [2.5, 97.5])
    assert got.low == pytest.approx(low, abs=0.06 * (high - low))
    assert got.high == pytest.approx(high, abs=0.06 * (high - low))


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 300), st.integers(0, 2**31))
def test_the_same_seed_gives_the_same_draws_whatever_their_number(films, draws, seed):
    patients = [str(i // 3) for i in range(films)]
    values = np.arange(films, dtype=float)
    once, again = (
        draws_of(mean_of(values), patients, seed=seed, draws=draws)["mean"] for _ in range(2)
    )
    np.testing.assert_array_equal(once, again)
    assert once.shape == (draws,)
    assert once.min() >= 0 and once.max() <= films - 1


def test_what_is_undefined_in_some_draws_does_not_count_there():
    drawn = np.array([np.nan, 0.1, 0.2, 0.3, np.nan])
    found = interval(0.2, drawn)
    assert 0.1 <= found.low < found.high <= 0.3
    assert lower_bound(drawn, 0.5) == pytest.approx(0.2)
    assert interval(np.nan, drawn).value is None
    assert lower_bound(np.full(3, np.nan)) is None


def test_the_one_sided_bound_leaves_five_in_a_hundred_below():
    assert lower_bound(np.arange(101) / 100) == pytest.approx(0.05)
