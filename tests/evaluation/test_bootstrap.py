"""Where resampling cannot show a width, the interval is exact."""

import numpy as np
import pytest

from xray_core.bundle import Interval
from xray_core.evaluation.bootstrap import interval, without_overlap
from xray_core.evaluation.figures import figures
from xray_core.evaluation.measured import measure
from xray_core.evaluation.opinions import Opinions
from xray_core.labels import BACTERIAL, BINARY, FOUR_CLASSES, NORMAL, VIRAL


def exact(*names):
    return [frozenset({name}) for name in names]


def test_perfect_separation_is_not_certainty():
    p = np.array([[0.9, 0.1]] * 10 + [[0.1, 0.9]] * 20)
    labels = exact(NORMAL) * 10 + exact(VIRAL) * 20
    found = figures(p, labels, [str(i) for i in range(30)], BINARY, 0.5).auc
    # Ten pairs of two patients each: Clopper-Pearson for 10 of 10.
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.6915, abs=1e-4)
    wrong = figures(p[:, ::-1], labels, [str(i) for i in range(30)], BINARY, 0.5).auc
    assert (wrong.value, wrong.low) == (0, 0)
    assert wrong.high == pytest.approx(1 - found.low)


def test_bacterial_and_viral_films_that_never_overlap_have_an_interval_too():
    p = np.array([[0, 0.8, 0.2, 0]] * 8 + [[0, 0.2, 0.8, 0]] * 6 + [[0.9, 0.1, 0, 0]] * 30)
    labels = exact(*[BACTERIAL] * 8, *[VIRAL] * 6, *[NORMAL] * 30)
    found = figures(p, labels, [str(i) for i in range(44)], FOUR_CLASSES, 0.5)
    assert found.bacterial_vs_viral_auc.value == 1
    assert found.bacterial_vs_viral_auc.low == pytest.approx(0.025 ** (1 / 6))


@pytest.mark.parametrize(
    ("positives", "negatives", "pairs"),
    [
        ("aabbcc", "de", 2),
        ("ab", "ab", 1),
        ("abc", "abcd", 2),
        ("a", "abcd", 1),
        ("abcdef", "f", 1),
    ],
)
def test_pairs_that_share_no_patient_are_the_trials(positives, negatives, pairs):
    bootstrapped = Interval(value=1.0, low=1.0, high=1.0)
    assert without_overlap(bootstrapped, positives, negatives).low == 0.025 ** (1 / pairs)


def test_an_auc_below_one_keeps_its_bootstrap():
    bootstrapped = Interval(value=0.99, low=0.97, high=1.0)
    ill, well = [f"a{i}" for i in range(20)], [f"b{i}" for i in range(20)]
    assert without_overlap(bootstrapped, ill, well) == bootstrapped
    few = without_overlap(bootstrapped, ill[:19], well)
    assert few.low < 0.9 and few.high == 1


def opinions(p_ill, labels, patients):
    p = np.column_stack([1 - np.asarray(p_ill), p_ill])
    return Opinions(BINARY, 0.5, p, np.full((len(p), 2), np.nan), tuple(labels), tuple(patients))


@pytest.mark.parametrize("through", ["figures", "measure"])
def test_one_ill_patient_shows_no_interval_of_what_is_said_of_the_ill(through):
    p_ill = [0.1, 0.8, *[0.2] * 38, 0.9, 0.6, 0.7, 0.3]
    labels = exact(*[NORMAL] * 40, *[VIRAL] * 4)
    patients = [*map(str, range(40)), *["one"] * 4]
    of = opinions(p_ill, labels, patients)
    found = (
        vars(figures(of.probabilities, labels, patients, BINARY, 0.5))
        if through == "figures"
        else measure(of).figures
    )
    assert (found["sensitivity"].value, found["sensitivity"].low) == (0.75, None)
    assert found["auc"].value < 1 and found["auc"].low is None
    assert found["specificity"].low < found["specificity"].value < found["specificity"].high


def test_a_share_that_no_draw_moved_has_no_interval():
    # Of each of two ill patients one film of two was found: so it is in every draw.
    p_ill = [0.9, 0.1, 0.9, 0.1, *[0.2] * 9, 0.8]
    labels = exact(*[VIRAL] * 4, *[NORMAL] * 10)
    found = measure(opinions(p_ill, labels, "aabbcdefghijkl"))["sensitivity"]
    assert (found.value, found.low, found.high) == (0.5, None, None)


def test_calling_all_films_ill_has_no_balanced_accuracy_to_be_sure_of():
    labels = exact(*[VIRAL] * 10, *[NORMAL] * 10)
    found = measure(opinions([0.9] * 20, labels, [str(i) for i in range(20)]))
    assert (found["balanced_accuracy"].value, found["balanced_accuracy"].low) == (0.5, None)
    # It tells nothing apart, whoever is drawn.
    assert (found["auc"].low, found["auc"].high) == (0.5, 0.5)


def test_the_interval_of_a_perfect_auc_covers_the_truth():
    # Scores of true AUC 0.9: where a sample happens to separate, the interval must hold 0.9.
    rng = np.random.default_rng(1)
    separated = covered = 0
    for _ in range(4000):
        well, ill = rng.normal(0, 1, 5), rng.normal(1.812, 1, 7)
        if ill.min() > well.max():
            separated += 1
            bootstrapped = Interval(value=1.0, low=1.0, high=1.0)
            covered += without_overlap(bootstrapped, "abcdefg", "hijkl").low <= 0.9
    assert separated > 50
    assert covered == separated


def test_the_interval_of_a_calibration_error_holds_it_and_is_not_doubly_biased():
    """P(pneumonia) is exactly the chance of pneumonia: what error there is, is chance."""
    rng = np.random.default_rng(5)
    for _ in range(10):
        p = rng.beta(0.4, 0.4, 300)
        ill = rng.random(300) < p
        both = np.column_stack([1 - p, p])
        labels = [frozenset({BACTERIAL if one else NORMAL}) for one in ill]
        patients = [str(i) for i in range(300)]
        opinions = Opinions(
            BINARY, 0.5, both, np.full((300, 2), np.nan), tuple(labels), tuple(patients)
        )
        for found in (
            figures(both, labels, patients, BINARY, 0.5, draws=300).ece,
            measure(opinions, draws=300)["ece"],
        ):
            assert 0 <= found.low <= found.value <= found.high
            # Percentiles lie almost wholly above the value here.
            assert found.value - found.low > found.high - found.value


def test_a_reflected_interval_is_the_basic_one():
    found = interval(0.03, np.linspace(0.02, 0.05, 1001), reflected=True)
    assert found.low == pytest.approx(0.06 - 0.04925) and found.high == pytest.approx(
        0.06 - 0.02075
    )
    off = interval(0.03, np.linspace(0.04, 0.09, 1001), reflected=True)
    assert (off.low, off.value, off.high) == (0, 0.03, 0.03)
