"""Figures agree with scikit-learn, handle partial labels, and say null where undefined."""

import json

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
)

from xray_core.evaluation.figures import figures
from xray_core.labels import (
    BACTERIAL,
    BINARY,
    CLASSES,
    COVID,
    FOUR_CLASSES,
    NORMAL,
    PNEUMONIA,
    PNEUMONIA_CLASSES,
    THREE_CLASSES,
    VIRAL,
)

THRESHOLD = 0.7


def exact(*names):
    return [frozenset({name}) for name in names]


def opinions(n=400, seed=3, decimals=2):
    """Noisy softmax outputs with many ties, the true class of each, and two films a patient."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(4, size=n)
    logits = rng.normal(size=(n, 4))
    logits[np.arange(n), truth] += 1.5
    p = np.exp(logits)
    p = np.round(p / p.sum(axis=1, keepdims=True), decimals)
    return p, truth, [f"patient-{i // 2}" for i in range(n)]


@pytest.fixture(scope="module")
def four():
    p, truth, patients = opinions()
    found = figures(p, exact(*(CLASSES[k] for k in truth)), patients, FOUR_CLASSES, THRESHOLD)
    return p, truth, found


def test_normal_against_pneumonia_agrees_with_sklearn(four):
    p, truth, found = four
    score, ill = 1 - p[:, 0], truth > 0
    assert found.auc.value == pytest.approx(roc_auc_score(ill, score))
    assert found.accuracy.value == pytest.approx(accuracy_score(ill, score >= THRESHOLD))
    assert found.brier.value == pytest.approx(brier_score_loss(ill, score))
    table = confusion_matrix(ill, score >= THRESHOLD)
    assert found.confusion == tuple(map(tuple, table.tolist()))
    assert found.sensitivity.value == pytest.approx(table[1, 1] / table[1].sum())
    assert found.specificity.value == pytest.approx(table[0, 0] / table[0].sum())


def test_per_class_agrees_with_sklearn(four):
    p, truth, found = four
    expected = precision_recall_fscore_support(truth, p.argmax(axis=1), labels=range(4))
    for k, name in enumerate(CLASSES):
        one = found.per_class[name]
        got = (one.precision, one.recall, one.f1, one.support)
        assert got == pytest.approx([column[k] for column in expected])


def test_bacterial_against_viral_looks_only_at_those_two(four):
    p, truth, found = four
    either = (truth == 1) | (truth == 2)
    score = p[either, 1] / (p[either, 1] + p[either, 2])
    expected = roc_auc_score(truth[either] == 1, score)
    assert found.bacterial_vs_viral_auc.value == pytest.approx(expected)


def test_calibration_error_is_the_mean_gap_of_fifteen_bins():
    p = np.array([0.05, 0.05, 0.97, 0.97])
    labels = [*exact(NORMAL, VIRAL, VIRAL, VIRAL)]
    found = figures(np.column_stack([1 - p, p]), labels, list("abcd"), BINARY, 0.5)
    # Bin of 0.05 holds 0.05, 0.05 against one of two ill; bin of 0.97 holds two ill.
    assert found.ece.value == pytest.approx((0.45 + 0.03) / 2)


def test_a_probability_of_one_falls_in_the_last_bin():
    found = figures(np.array([[0.0, 1.0], [1.0, 0.0]]), exact(VIRAL, NORMAL), ["a", "b"], BINARY, 1)
    assert found.ece.value == 0
    assert found.confusion == ((1, 0), (0, 1)), "PNEUMONIA at the threshold itself"


def test_a_partial_label_counts_as_pneumonia_and_not_in_any_class():
    p = np.array([[0.1, 0.3, 0.5, 0.1], [0.8, 0.1, 0.1, 0.0]])
    labels = [PNEUMONIA_CLASSES, frozenset({NORMAL})]
    found = figures(p, labels, ["a", "b"], FOUR_CLASSES, 0.5)
    assert found.confusion == ((1, 0), (0, 1))
    assert {name: one.support for name, one in found.per_class.items()} == {
        NORMAL: 1, BACTERIAL: 0, VIRAL: 0, COVID: 0,
    }  # fmt: skip


def test_pneumonia_is_exact_where_the_task_has_one_output_for_it():
    p = np.array([[0.1, 0.9], [0.8, 0.2]])
    found = figures(p, [PNEUMONIA_CLASSES, frozenset({VIRAL})], ["a", "b"], BINARY, 0.5)
    assert found.per_class[PNEUMONIA].support == 2
    assert found.per_class[PNEUMONIA].recall == 0.5
    assert found.bacterial_vs_viral_auc.value is None


def test_films_that_the_task_has_no_place_for_are_left_out_and_counted():
    p = np.full((4, 3), 1 / 3)
    either = frozenset({NORMAL, VIRAL})
    labels = [*exact(COVID, NORMAL), either, frozenset()]
    found = figures(p, labels, list("abcd"), THREE_CLASSES, 0.5)
    assert (found.n, found.unscored, found.patients) == (1, 3, 1)


def test_what_is_undefined_is_null():
    p = np.array([[0.9, 0.05, 0.03, 0.02]] * 3)
    found = figures(p, exact(NORMAL, NORMAL, NORMAL), list("abc"), FOUR_CLASSES, 0.5).to_json()
    for key in ("auc", "auc_ci", "sensitivity", "sensitivity_ci", "bacterial_vs_viral_auc"):
        assert found[key] is None, key
    assert found["specificity"] == 1
    assert found["per_class"][NORMAL] == {"precision": 1, "recall": 1, "f1": 1, "support": 3}
    nothing = {"precision": None, "recall": None, "f1": None, "support": 0}
    assert found["per_class"][VIRAL] == nothing


def test_no_films_at_all_give_nulls_and_zeros():
    found = figures(np.empty((0, 4)), [], [], FOUR_CLASSES, 0.5).to_json()
    assert found["confusion"] == [[0, 0], [0, 0]]
    assert [found[k] for k in ("auc", "accuracy", "accuracy_ci", "ece", "brier")] == [None] * 5


def test_both_kinds_underflowing_to_zero_favours_neither():
    p = np.array([[0, 0, 0, 1], [0, 0.6, 0.4, 0], [0, 0.4, 0.6, 0]], dtype=np.float32)
    found = figures(p, exact(BACTERIAL, BACTERIAL, VIRAL), list("abc"), FOUR_CLASSES, 0.5)
    assert found.bacterial_vs_viral_auc.value == 1


def test_the_same_seed_gives_the_same_intervals_and_json_is_strict():
    p, truth, patients = opinions(n=60)
    labels = exact(*(CLASSES[k] for k in truth))
    once, again, other = (
        figures(p, labels, patients, FOUR_CLASSES, THRESHOLD, seed=seed, draws=300).to_json()
        for seed in (1, 1, 2)
    )
    assert json.dumps(once, allow_nan=False) == json.dumps(again)
    assert once["brier_ci"] != other["brier_ci"]
    assert once["brier"] == other["brier"]


def test_intervals_hold_the_figure_and_widen_when_films_share_patients():
    p, truth, _ = opinions(n=300)
    labels = exact(*(CLASSES[k] for k in truth))
    alone = figures(p, labels, [str(i) for i in range(300)], FOUR_CLASSES, THRESHOLD)
    # Ten copies of every film, of the same patient, hold no more knowledge than one.
    copies = figures(
        np.repeat(p, 10, axis=0),
        [label for label in labels for _ in range(10)],
        [str(i) for i in range(300) for _ in range(10)],
        FOUR_CLASSES,
        THRESHOLD,
    )
    for name in ("auc", "accuracy", "sensitivity", "specificity", "bacterial_vs_viral_auc"):
        one, ten = getattr(alone, name), getattr(copies, name)
        assert one.low <= one.value <= one.high
        assert ten.value == pytest.approx(one.value)
        assert ten.high - ten.low == pytest.approx(one.high - one.low, rel=0.15)


def test_the_accuracy_interval_is_that_of_a_proportion():
    rng = np.random.default_rng(0)
    right = rng.random(1000) < 0.9
    p = np.where(right, 0.9, 0.1)
    found = figures(
        np.column_stack([1 - p, p]), exact(VIRAL) * 1000, [str(i) for i in range(1000)], BINARY, 0.5
    ).accuracy
    error = 1.96 * np.sqrt(found.value * (1 - found.value) / 1000)
    assert (found.high - found.low) / 2 == pytest.approx(error, rel=0.1)


def test_one_patient_gives_no_interval():
    p = np.array([[0.9, 0.1], [0.2, 0.8]])
    found = figures(p, exact(NORMAL, VIRAL), ["a", "a"], BINARY, 0.5)
    assert (found.auc.value, found.auc.low, found.auc.high) == (1, None, None)


def test_no_exception_seen_is_not_certainty():
    p = np.array([[0.9, 0.1]] * 10 + [[0.1, 0.9]] * 20)
    labels = [frozenset({"NORMAL"})] * 10 + [frozenset({"VIRAL"})] * 20
    found = figures(p, labels, [str(i) for i in range(30)], BINARY, 0.5)
    # Clopper-Pearson for 20 of 20 and 10 of 10.
    assert (found.sensitivity.low, found.sensitivity.high) == (pytest.approx(0.8316, abs=1e-4), 1)
    assert found.specificity.low == pytest.approx(0.6915, abs=1e-4)
