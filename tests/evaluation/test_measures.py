"""Every figure agrees with scikit-learn or its literal definition, plain and weighted."""

import json

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
    roc_auc_score,
)
from sklearn.metrics import roc_curve as sklearn_roc_curve

from xray_core.evaluation.figures import figures
from xray_core.evaluation.measured import confusion, measure
from xray_core.evaluation.measures import MEASURES, statistics_of
from xray_core.evaluation.opinions import Opinions
from xray_core.labels import BACTERIAL, BINARY, CLASSES, FOUR_CLASSES, NORMAL, VIRAL

THRESHOLD = 0.7


def opinions(n=300, seed=3, decimals=2, per_patient=2, task=FOUR_CLASSES):
    """Noisy softmax outputs with many ties, the class of each film, two films a patient."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(4, size=n)
    logits = rng.normal(size=(n, 4))
    logits[np.arange(n), truth] += 1.5
    p = np.exp(logits)
    p = np.round(p / p.sum(axis=1, keepdims=True), decimals)
    if task is BINARY:
        p = np.column_stack([p[:, 0], 1 - p[:, 0]])
    return Opinions(
        task=task,
        threshold=THRESHOLD,
        probabilities=p,
        blanked=rng.random((n, 2)),
        labels=tuple(frozenset({CLASSES[k]}) for k in truth),
        patients=tuple(f"patient-{i // per_patient}" for i in range(n)),
    )


def with_weights(found, weights):
    """Every figure of scikit-learn, with these whole-number weights of the films."""
    rows = np.repeat(np.arange(len(found)), weights)
    truth, p = found.truth[rows], found.p[rows]
    called, exact, given = p >= THRESHOLD, found.exact[rows], found.given[rows]
    fpr, tpr, _ = sklearn_roc_curve(truth, p, drop_intermediate=False)
    kinds = (exact == 1) | (exact == 2)
    b, v = found.probabilities[rows][kinds, 1], found.probabilities[rows][kinds, 2]
    per_class = precision_recall_fscore_support(exact, given, labels=range(4), zero_division=0)
    return {
        "auc": roc_auc_score(truth, p),
        "auc_lungs_blanked": roc_auc_score(truth, found.blanked[rows, 0]),
        "auc_frame_blanked": roc_auc_score(truth, found.blanked[rows, 1]),
        "reliance": abs(roc_auc_score(truth, found.blanked[rows, 0]) - 0.5),
        "average_precision": average_precision_score(truth, p),
        "sensitivity": recall_score(truth, called),
        "specificity": recall_score(~truth, ~called),
        "balanced_accuracy": balanced_accuracy_score(truth, called),
        "accuracy": accuracy_score(truth, called),
        "precision": precision_score(truth, called),
        "f1": f1_score(truth, called),
        "sensitivity_at_95_specificity": tpr[fpr <= 0.05 + 1e-9].max(),
        "specificity_at_95_sensitivity": 1 - fpr[tpr >= 0.95 - 1e-9].min(),
        "brier": brier_score_loss(truth, p),
        "macro_precision": per_class[0].mean(),
        "macro_recall": per_class[1].mean(),
        "macro_f1": per_class[2].mean(),
        "bacterial_vs_viral_auc": roc_auc_score(exact[kinds] == 1, b / (b + v)),
        "precision:VIRAL": per_class[0][2],
        "recall:NORMAL": per_class[1][0],
        "f1:COVID-19": per_class[2][3],
    }


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_every_figure_agrees_with_sklearn_plain_and_in_a_draw(kind):
    found = opinions()
    weights = np.random.default_rng(1).integers(0, 4, size=(len(found), 3))
    weights[:, 0] = 1
    got = statistics_of(found)(weights.astype(kind))
    for column in range(3):
        for name, value in with_weights(found, weights[:, column]).items():
            assert got[name][column] == pytest.approx(value, abs=1e-6), (name, column)


def test_calibration_error_is_that_of_evaluate():
    found = opinions(decimals=4)
    others = figures(
        found.probabilities, found.labels, found.patients, found.task, THRESHOLD, draws=50
    )
    got = measure(found, draws=50)
    for name in ("auc", "accuracy", "sensitivity", "specificity", "ece", "brier"):
        assert got[name].value == pytest.approx(getattr(others, name).value, abs=1e-9), name
    assert confusion(found) == others.confusion


def test_intervals_are_close_to_those_of_evaluate():
    found = opinions()
    others = figures(found.probabilities, found.labels, found.patients, found.task, THRESHOLD)
    got = measure(found, draws=2000, seed=5)
    for name in ("auc", "accuracy", "sensitivity", "specificity", "ece", "brier"):
        one, other = got[name], getattr(others, name)
        width = other.high - other.low
        assert one.low == pytest.approx(other.low, abs=0.15 * width), name
        assert one.high == pytest.approx(other.high, abs=0.15 * width), name


def test_json_has_every_figure_with_its_interval():
    out = measure(opinions(n=40), draws=100).to_json()
    assert json.loads(json.dumps(out, allow_nan=False)) == out
    for name in MEASURES:
        low, high = out[f"{name}_ci"]
        assert low <= out[name] <= high or name == "ece", name
    assert list(out["per_class"]) == list(CLASSES)
    assert sum(map(sum, out["confusion"])) == out["n"] == 40
    assert out["patients"] == 20


def test_films_of_one_kind_alone_leave_undefined_what_needs_both():
    found = opinions(n=60)
    out = measure(found.subset(~found.truth), draws=50).to_json()
    for name in ("auc", "sensitivity", "balanced_accuracy", "f1", "sensitivity_at_95_specificity"):
        assert (out[name], out[f"{name}_ci"]) == (None, None), name
    assert 0 < out["specificity"] <= 1
    out = measure(found.subset(found.truth), draws=50).to_json()
    for name in ("average_precision", "precision"):  # 1 whatever the model says
        assert (out[name], out[f"{name}_ci"]) == (None, None), name


def test_n_of_n_films_of_a_class_show_what_is_not_known():
    p = np.full((83, 4), 0.05)
    p[np.arange(83), [0] * 50 + [1] * 30 + [3] * 3] = 0.85
    p[:3] = p[50:53] = [0.2, 0.2, 0.4, 0.2]
    labels = [frozenset({CLASSES[k]}) for k in [0] * 50 + [1] * 30 + [3] * 3]
    people = [str(i) for i in range(82)] + ["81"]
    found = measure(
        Opinions(FOUR_CLASSES, 0.5, p, np.full((83, 2), 0.5), tuple(labels), tuple(people)),
        draws=200,
    )
    for kind in ("recall", "precision"):
        one = found[f"{kind}:{CLASSES[3]}"]
        assert (one.value, one.low, one.high) == (1, pytest.approx(0.025 ** (1 / 2)), 1), kind
    assert 0 < found["recall:NORMAL"].low < found["recall:NORMAL"].value < 1


def test_a_binary_model_tells_no_kinds_apart():
    out = measure(opinions(task=BINARY, n=60), draws=50).to_json()
    assert out["bacterial_vs_viral_auc"] is None
    assert list(out["per_class"]) == [NORMAL, "PNEUMONIA"]


def test_one_patient_gives_no_interval_and_perfection_an_exact_one():
    p = np.array([[0.9, 0.1]] * 10 + [[0.1, 0.9]] * 20)
    labels = (frozenset({NORMAL}),) * 10 + (frozenset({VIRAL}),) * 20
    blanked = np.tile(p[:, 1:], 2)
    people = tuple(map(str, range(30)))
    found = measure(Opinions(BINARY, 0.5, p, blanked, labels, people), draws=50)
    assert found["auc"].low == pytest.approx(0.025 ** (1 / 10))
    assert found["sensitivity"].low == pytest.approx(0.025 ** (1 / 20))
    for name in ("average_precision", "f1", "balanced_accuracy"):
        assert (found[name].value, found[name].low) == (1, None), "no width is no certainty"
    alone = measure(Opinions(BINARY, 0.5, p, blanked, labels, ("a",) * 30), draws=50)
    assert (alone["auc"].value, alone["auc"].low, alone["auc"].high) == (1, None, None)


def test_another_threshold_moves_the_errors_and_not_the_areas():
    found = opinions(n=100)
    low, high = measure(found.at(0.1), draws=20), measure(found.at(0.95), draws=20)
    assert low["auc"] == high["auc"]
    assert low["sensitivity"].value > high["sensitivity"].value
    assert low["specificity"].value < high["specificity"].value
    assert BACTERIAL in low.to_json()["per_class"]
