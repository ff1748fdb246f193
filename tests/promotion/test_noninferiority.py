"""How much worse a model could be, against a maximum likelihood that knows no formula."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, norm

from xray_core.evaluation.tango import tango_bound
from xray_core.promotion.noninferiority import Z, difference, least_patients, likely_patients


def score_statistic(b, c, n, delta):
    """(b − c − nδ) over its deviation at the likeliest shares given δ, found by search."""

    def unlikely(q):  # q: share of pairs where only the old one succeeds
        def log(count, share):
            return count * math.log(share) if share > 0 else (-math.inf if count else 0)

        return -(log(b, q + delta) + log(c, q) + log(n - b - c, 1 - 2 * q - delta))

    low, high = max(0.0, -delta), (1 - delta) / 2
    q = minimize_scalar(unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    return (b - c - n * delta) / math.sqrt(n * (2 * q + delta * (1 - delta)))


@pytest.mark.parametrize(
    ("b", "c", "n"), [(1, 7, 21), (3, 5, 200), (12, 0, 300), (0, 12, 300), (40, 44, 1000)]
)
def test_at_the_bound_the_score_is_just_not_refuted(b, c, n):
    bound = tango_bound(b, c, n)
    assert score_statistic(b, c, n, bound) == pytest.approx(Z, abs=1e-4)


def test_it_gives_the_published_interval():
    """Fagerland et al. 2014 (Statistics in Medicine 33:2850): 1 and 7 of 21 children."""
    z = float(norm.ppf(0.975))
    assert tango_bound(1, 7, 21, z) == pytest.approx(-0.517, abs=5e-4)
    assert -tango_bound(7, 1, 21, z) == pytest.approx(-0.026, abs=5e-4)


def test_without_any_difference_it_still_has_a_width():
    assert tango_bound(0, 0, 100) == pytest.approx(-(Z**2) / (100 + Z**2))


@settings(deadline=None)
@given(st.integers(1, 400), st.data())
def test_the_bound_is_below_what_was_seen_and_grows_with_what_the_new_one_finds(n, data):
    b = data.draw(st.integers(0, n - 1))
    c = data.draw(st.integers(0, n - 1 - b))
    bound = tango_bound(b, c, n)
    assert -1 <= bound <= (b - c) / n
    assert tango_bound(b + 1, c, n) >= bound - 1e-9


@pytest.mark.parametrize("margin", [0.001, 0.01, 0.02, 0.05, 0.2])
def test_the_least_number_of_patients_is_just_enough(margin):
    n = least_patients(margin)
    assert tango_bound(0, 0, n) >= -margin
    assert tango_bound(0, 0, n - 1) < -margin


def test_the_planned_number_of_patients_passes_four_times_in_five():
    margin, share = 0.05, 0.1
    n = likely_patients(margin, share)
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(n, [share / 2, share / 2, 1 - share], size=1000)
    passed = sum(tango_bound(b, c, n) >= -margin for b, c, _ in drawn)
    assert 0.72 < passed / len(drawn) < 0.88


def test_a_model_that_is_worse_by_the_margin_hardly_ever_passes():
    margin, n = 0.05, 300
    rng = np.random.default_rng(1)
    drawn = rng.multinomial(n, [0.03, 0.03 + margin, 0.97 - 0.03 - margin], size=1000)
    passed = sum(tango_bound(b, c, n) >= -margin for b, c, _ in drawn)
    assert binomtest(passed, len(drawn), 0.05, "greater").pvalue > 1e-4


def test_patients_whose_films_differ_together_make_it_less_sure():
    """The same 20 films of 400, of 20 patients or of one."""
    a, b = np.ones(400, bool), np.ones(400, bool)
    b[:20] = False
    single = [f"p{i}" for i in range(400)]
    together = ["p0"] * 20 + single[20:]
    apart = difference(a, b, single)
    joint = difference(a, b, together)
    assert apart.value == joint.value == -0.05
    assert joint.bound < apart.bound < -0.05
