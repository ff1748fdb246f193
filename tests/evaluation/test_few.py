"""Few patients are not made to say more than they can."""

import numpy as np
import pytest
from scipy.stats import norm, t

from xray_core.bundle import Interval
from xray_core.evaluation.bootstrap import interval, without_overlap
from xray_core.evaluation.few import (
    ENOUGH,
    auc_of_few,
    difference_of_few,
    p_over_patients,
)
from xray_core.evaluation.paired import draws_of
from xray_core.evaluation.ranked import Ranking
from xray_core.evaluation.reliance import leans, reliance_of


@pytest.mark.parametrize(("area", "ill", "well"), [(0.8, 5, 5), (0.6, 2, 40), (0.97, 12, 90)])
def test_the_ends_of_newcombes_interval_are_as_far_as_their_own_standard_errors(area, ill, well):
    found = auc_of_few(Interval(value=area, low=area - 1e-3, high=area + 1e-3), ill, well)
    half = (ill + well) / 2
    for end in (found.low, found.high):
        one, two = end / (2 - end) - end**2, 2 * end**2 / (1 + end) - end**2
        # Hanley and McNeil's variance, both numbers in its numerator replaced by their mean.
        variance = (end * (1 - end) + (half - 1) * (one + two)) / (ill * well)
        assert abs(end - area) == pytest.approx(norm.ppf(0.975) * np.sqrt(variance))


def test_the_wider_end_is_kept_and_enough_patients_keep_theirs():
    wide = Interval(value=0.8, low=0.01, high=0.81)
    found = auc_of_few(wide, 5, 50)
    assert (found.low, found.high > 0.9) == (0.01, True)
    assert auc_of_few(wide, ENOUGH, ENOUGH) == wide
    flat = Interval(value=0.5, low=0.5, high=0.5)
    assert auc_of_few(flat, 5, 5) == flat


def simulated(ill, well, shift, studies):
    """AUC and interval of made-up studies of one film a patient."""
    rng, truth = np.random.default_rng(0), np.arange(ill + well) < ill
    people = [f"p{i:03d}" for i in range(ill + well)]
    for _ in range(studies):
        ranking = Ranking.of(rng.normal(size=ill + well) + shift * truth, truth)
        drawn = draws_of(lambda w, r=ranking: {"auc": r.steps(w).area()}, people, draws=200)
        plain = float(ranking.steps(np.ones((ill + well, 1))).area()[0])
        yield without_overlap(interval(plain, drawn["auc"]), people[:ill], people[ill:])


@pytest.mark.parametrize("ill", [2, 5, 12])
def test_the_interval_of_an_auc_of_few_holds_the_truth_as_often_as_it_says(ill):
    """Percentiles alone hold it in 62, 77 and 89 of 100."""
    true = norm.cdf(1.8 / np.sqrt(2))
    held = [found.low <= true <= found.high for found in simulated(ill, 60, 1.8, 120)]
    assert np.mean(held) > 0.9


def test_few_patients_raise_no_false_warning_of_shortcuts():
    """By percentiles alone a quarter of the models that know nothing lean on shortcuts."""
    said = [leans(reliance_of(found)) is True for found in simulated(2, 60, 0, 120)]
    assert np.mean(said) < 0.05


def test_a_difference_of_few_is_stretched_by_student_and_stays_in_its_range():
    found = difference_of_few(Interval(value=0.1, low=0.05, high=0.2), 5)
    stretch = t.ppf(0.975, 4) / norm.ppf(0.975) * np.sqrt(5 / 4)
    assert found.low == pytest.approx(0.1 - 0.05 * stretch)
    assert found.high == pytest.approx(0.1 + 0.1 * stretch)
    assert difference_of_few(found, ENOUGH) == found
    far = difference_of_few(Interval(value=0.1, low=0.0, high=0.2), 2, most=0.5)
    assert (far.low, far.high) == (-0.5, 0.5)
    assert difference_of_few(found, 1).low is None


def student(quantile, patients):
    return 2 * t.cdf(quantile * np.sqrt((patients - 1) / patients), patients - 1)


def test_p_over_patients_is_of_the_draws_and_read_as_students():
    drawn = np.array([-1.0] * 4 + [1.0] * 195 + [np.nan] * 10)
    assert p_over_patients(drawn, 100_000) == pytest.approx(2 * 5 / 200, rel=1e-3)
    assert p_over_patients(drawn, 5) == pytest.approx(student(norm.ppf(5 / 200), 5))
    assert p_over_patients(-drawn, 5) == p_over_patients(drawn, 5)
    assert p_over_patients(np.zeros(199), 30) == 1
    assert p_over_patients(np.ones(199), 1) is p_over_patients(np.empty(0), 9) is None


def test_where_no_draw_passes_zero_p_over_patients_is_of_their_tail():
    drawn = np.tile([0.9, 1.1], 100)  # mean 1, standard deviation 0.1
    assert p_over_patients(drawn, 30) == pytest.approx(student(-10, 30))
    flat = p_over_patients(np.ones(199), 30)
    assert flat == pytest.approx(student(norm.ppf(1 / 200), 30)), "no spread is no certainty"
