"""What two models are subtracted in is one figure."""

import numpy as np
import pytest

from xray_core.evaluation.measured import measure
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.opinions import Opinions
from xray_core.evaluation.pair import pair_of
from xray_core.labels import BINARY, CLASSES, FOUR_CLASSES, PNEUMONIA_CLASSES, THREE_CLASSES

MEANS = [name for name in MEASURES if name.startswith("macro_")]


def measured(task, labels, seed=0):
    """A model of this task that knows a little of these films."""
    rng, n = np.random.default_rng(seed), len(labels)
    weights = rng.uniform(size=(n, len(task.outputs))) + np.array([task.allowed(x) for x in labels])
    p = weights / weights.sum(axis=1, keepdims=True)
    people = tuple(str(i) for i in range(n))
    return measure(Opinions(task, 0.5, p, np.full((n, 2), 0.5), tuple(labels), people), draws=100)


@pytest.fixture(scope="module")
def films():
    """Normal, bacterial, viral, and partial labels."""
    one = [frozenset({name}) for name in CLASSES[:3]]
    return [one[i % 3] for i in range(60)] + [PNEUMONIA_CLASSES] * 40


def test_means_over_other_classes_are_not_subtracted(films):
    four, two = measured(FOUR_CLASSES, films), measured(BINARY, films, 1)
    pair = pair_of(("four", four), ("two", two), np.ones(100, bool))
    for name in MEANS:
        assert four[name].value is not None and two[name].value is not None
        one = pair.differences[name]
        assert (one.value, one.low, one.high) == (None, None, None), name
    assert pair.differences["auc"].value is not None


def test_means_over_the_same_classes_are(films):
    """A class without a film is in no mean."""
    four, three = measured(FOUR_CLASSES, films), measured(THREE_CLASSES, films, 1)
    pair = pair_of(("four", four), ("three", three), np.ones(100, bool))
    for name in MEANS:
        expected = four[name].value - three[name].value
        assert pair.differences[name].value == pytest.approx(expected), name


def test_a_figure_says_of_how_many_films_it_is(films):
    four = measured(FOUR_CLASSES, films)
    assert [four.films_of(name) for name in ("auc", "macro_f1", "bacterial_vs_viral_auc")] == [
        100, 60, 40,
    ]  # fmt: skip
    two = measured(BINARY, films)
    assert [two.films_of(name) for name in ("macro_f1", "bacterial_vs_viral_auc")] == [100, 0]
