"""The films that are shown first are those that matter: widest apart, surest and wrong."""

import numpy as np
import pytest
from contenders import contender, films

from xray_core.evaluation.comparison import compare
from xray_core.evaluation.errors_of import confident_mistakes, disagreements
from xray_core.evaluation.measured import plain_figures


@pytest.fixture(scope="module")
def comparison():
    dataset = films(150)
    a = contender("a", dataset, skill=1, seen=range(10), threshold=0.8)
    b = contender("b", dataset, skill=1, seed=2, seen=range(20, 25))
    return compare([a, b], dataset, draws=50)


def said(model, row):
    return 1 - model.contender.scores[row].probabilities[0]


def test_models_disagree_where_one_alone_is_right_the_widest_apart_first(comparison):
    (pair,) = comparison.pairs
    a, b = comparison.models
    rows = disagreements(pair)
    assert len(rows) == sum(pair.only_right()) > 5
    assert not set(rows) & {*range(10), *range(20, 25)}
    truth = (comparison.dataset.table["label"] != "NORMAL").to_numpy()
    for row in rows:
        assert ((said(a, row) >= 0.8) == truth[row]) != ((said(b, row) >= 0.5) == truth[row])
    apart = [abs(said(a, row) - said(b, row)) for row in rows]
    assert apart == sorted(apart, reverse=True)


def test_mistakes_are_of_unseen_films_the_surest_first(comparison):
    model = comparison.models[0]
    rows = confident_mistakes(model)
    (_, alarms), (missed, _) = model.measured.to_json()["confusion"]
    assert len(rows) == alarms + missed
    assert not set(rows) & set(range(10))
    sure = [
        (said(model, row) - 0.8) / 0.2
        if said(model, row) >= 0.8
        else (0.8 - said(model, row)) / 0.8
        for row in rows
    ]
    assert sure == sorted(sure, reverse=True)


def test_figures_at_a_moved_threshold_are_those_without_intervals(comparison):
    measured = comparison.models[1].measured
    plain = plain_figures(measured.opinions)
    for name, value in plain.items():
        found = measured.figures[name].value
        assert (found is None and value is None) or np.isclose(found, value), name
    assert plain_figures(measured.opinions.at(0.0))["sensitivity"] == 1
