"""Reliance on shortcuts is one figure: how far from 0.5 the AUC without lungs is, either way."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from xray_core.bundle import Interval, find_bundle
from xray_core.evaluation.measured import Measured
from xray_core.evaluation.pair import difference
from xray_core.evaluation.reliance import (
    ALLOWED,
    leans,
    least_patients,
    reliance_of,
    unfolded,
    visible_from,
)
from xray_core.evaluation.reliance_words import (
    card_in_words,
    frame_in_words,
    leaning_in_words,
    unclear_in_words,
)

SHARES = st.floats(0, 1)


def auc(value, low=None, high=None):
    return Interval(value=value, low=low, high=high)


@given(st.tuples(SHARES, SHARES, SHARES).map(sorted))
def test_an_auc_and_its_mirror_image_are_the_same_reliance(ends):
    low, value, high = ends
    found, mirrored = (
        reliance_of(auc(value, low, high)),
        reliance_of(auc(1 - value, 1 - high, 1 - low)),
    )
    for name in ("value", "low", "high"):
        assert getattr(found, name) == pytest.approx(getattr(mirrored, name))
    assert 0 <= found.low <= found.value <= found.high <= 0.5
    assert (found.low == 0) is (low <= 0.5 <= high)


def test_what_is_undefined_stays_so():
    assert reliance_of(auc(None)) == auc(None)
    assert reliance_of(auc(0.25)) == auc(0.25)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (auc(0.83, 0.70, 0.90), True),
        (auc(0.228, 0.187, 0.272), True),  # the bundled model on children
        (auc(0.50, 0.45, 0.55), False),
        (auc(0.55, 0.48, 0.62), None),
        (auc(0.392, 0.359, 0.427), None),
        (auc(0.9), None),
        (auc(None), None),
    ],
)
def test_a_model_leans_on_shortcuts_only_where_its_whole_interval_says_so(found, expected):
    assert leans(reliance_of(found)) is expected


def test_as_many_films_as_are_said_to_be_needed_do_and_one_patient_fewer_does_not():
    n = least_patients()
    assert visible_from(n, n) <= ALLOWED < visible_from(n - 1, n - 1)
    assert visible_from(0, 100) == visible_from(100, 0) == 0.5


def test_a_model_that_knows_nothing_is_above_the_limit_once_in_twenty():
    rng = np.random.default_rng(0)
    ill, well = 40, 30
    truth = np.arange(ill + well) < ill
    found = [roc_auc_score(truth, rng.random(ill + well)) - 0.5 for _ in range(2000)]
    assert np.mean(np.array(found) > visible_from(ill, well)) == pytest.approx(0.05, abs=0.015)


def without_lungs(value, drawn):
    """A model of which only the AUC with the lungs blanked is known, with its draws."""
    known = auc(value, *np.percentile(drawn, (2.5, 97.5)))
    figures = {"auc_lungs_blanked": known, "reliance": reliance_of(known)}
    folded = np.abs(drawn - 0.5)
    many = SimpleNamespace(
        patients=[str(i) for i in range(80)], truth=np.arange(80) < 40, kinds=None
    )
    return Measured(many, figures, {"auc_lungs_blanked": drawn, "reliance": folded})


def test_what_has_no_interval_itself_has_none_of_its_difference():
    drawn = np.random.default_rng(0).uniform(0.4, 0.6, 200)
    known, unknown = without_lungs(0.5, drawn), without_lungs(0.6, drawn)
    unknown.figures["reliance"] = reliance_of(auc(0.6))
    found = difference(unknown, known, "reliance")
    assert (found.value, found.low, found.high) == (pytest.approx(0.1), None, None)


def test_a_draw_on_the_other_side_of_one_half_counts_below_zero():
    drawn = np.array([0.3, 0.5, 0.6, np.nan])
    np.testing.assert_allclose(unfolded(0.52, drawn), [-0.2, 0, 0.1, np.nan])
    np.testing.assert_allclose(unfolded(0.48, drawn), [0.2, 0, -0.1, np.nan])


def test_the_difference_from_a_model_near_one_half_is_not_shifted_by_its_folded_draws():
    sure = without_lungs(0.6, np.full(200, 0.6))
    near = without_lungs(0.5, np.tile([0.4, 0.6], 100))
    found = difference(sure, near, "reliance")
    assert (found.low, found.value, found.high) == pytest.approx((0, 0.1, 0.2))


def test_a_reliance_that_is_higher_by_as_much_is_seldom_ruled_out():
    """An end of a 95 % interval is passed by chance in about 2.5 of 100; folded it was in 12."""
    rng, error, ruled_out = np.random.default_rng(0), 0.03, []
    for _ in range(1500):
        estimates = np.array([0.5 + ALLOWED, 0.5]) + error * rng.normal(size=2)
        drawn = estimates[:, None] + error * rng.normal(size=(2, 1000))
        leaning, honest = map(without_lungs, estimates, drawn)
        ruled_out.append(difference(leaning, honest, "reliance").high < ALLOWED)
    assert np.mean(ruled_out) < 0.07


def test_an_auc_far_below_one_half_is_said_to_be_reliance_and_why():
    words = leaning_in_words("kerley", auc(0.228, 0.187, 0.272), "films of children")
    assert words.startswith(
        "With the lungs blanked, on films of children, kerley ranks normal films above films with "
        "pneumonia more often than not: AUC 0.23 (0.19 to 0.27), where 0.5 is "
        "knowing nothing: a reliance of 0.27"
    )
    assert "has learnt the opposite" in words and "as much as a model with AUC 0.77" in words
    assert "where a model sees a crop, how much of that is blanked" in words


def test_an_auc_far_above_one_half_is_said_to_be_reliance_too():
    words = leaning_in_words("kerley", auc(0.9, 0.85, 0.94))
    assert "still tells ill from well" in words and "may fail on films from elsewhere" in words
    assert leaning_in_words("kerley", auc(0.5, 0.41, 0.59)) == ""


def test_films_that_are_too_few_are_said_to_be():
    found = {"a": auc(0.0, 0.0, 0.3), "b": auc(0.0, 0.0, 0.05), "c": auc(0.3)}
    words = unclear_in_words(found)
    assert words.startswith("Whether a and c lean on shortcuts by more than the 0.10 allowed")
    assert words.endswith("cannot be told on these films: they are too few.")
    assert unclear_in_words({"b": found["b"]}) == ""


def test_five_hundred_films_of_one_kind_are_not_called_too_few():
    words = unclear_in_words({"a": auc(None), "b": auc(0.0, 0.0, 0.3)})
    assert words == (
        "Whether b leans on shortcuts by more than the 0.10 allowed cannot be told on these films: "
        "they are too few. Whether a leans on shortcuts by more than the 0.10 allowed cannot be "
        "told on these films: that needs films of both kinds."
    )


def test_a_model_that_is_wrong_without_the_frame_is_told():
    assert "reads outside the lungs, not in them" in frame_in_words("a", auc(0.3, 0.2, 0.4))
    assert frame_in_words("a", auc(0.3, 0.2, 0.6)) == frame_in_words("a", auc(None)) == ""


def test_a_card_says_on_which_films_kept_apart_its_model_leans():
    low = {"auc_lungs_blanked": 0.2, "auc_lungs_blanked_ci": [0.1, 0.3]}
    fair = {"auc_lungs_blanked": 0.5, "auc_lungs_blanked_ci": [0.45, 0.55]}
    metrics = {
        "internal_test": fair, "internal_test/ward": low, "validation/ward": low, "train": {},
    }  # fmt: skip
    (words,) = card_in_words("kerley", metrics)
    assert "on the internal test films of ward, kerley ranks normal films above" in words


def test_the_bundled_model_leans_on_the_frame_in_none_of_its_collections():
    champion = find_bundle()
    assert champion.manifest.metrics["internal_test/radiography"]["auc_lungs_blanked"] is not None
    assert card_in_words(champion.name, champion.manifest.metrics) == []


def test_of_films_that_are_all_of_one_set_it_is_said_once():
    leaning = {"n": 513, "auc_lungs_blanked": 0.71, "auc_lungs_blanked_ci": [0.66, 0.76]}
    metrics = {"internal_test": leaning, "internal_test/ward": leaning}
    (words,) = card_in_words("kerley", metrics)
    assert "on all internal test films, kerley still tells ill from well" in words
    metrics["internal_test"] = leaning | {"n": 600}
    assert len(card_in_words("kerley", metrics)) == 2
