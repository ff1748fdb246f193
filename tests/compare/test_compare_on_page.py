"""What the page says of a comparison: which films are whose, at which threshold, to which place."""

from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
from contenders import contender, films
from streamlit.testing.v1 import AppTest

from pages.components.compare_board import with_interval
from xray_core.bundle import Interval
from xray_core.datasets.dataset import Dataset
from xray_core.evaluation.comparison import compare

SECONDS = 120


@pytest.fixture(autouse=True)
def fresh_caches():
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def dataset():
    return films(120)


@pytest.fixture(scope="module")
def differing(dataset):
    """A model on all films, and one that has no class for ten of them and has seen two others."""
    whole = contender("whole", dataset)
    three = contender("three", dataset, seed=2, threshold=0.9, seen=[20, 21])
    fits = np.arange(len(dataset)) >= 10
    scores = tuple(s if fit else None for s, fit in zip(three.scores, fits, strict=True))
    return compare([whole, replace(three, usable=fits, scores=scores)], dataset, draws=50)


@pytest.fixture(scope="module")
def alike(dataset):
    made = [contender("whole", dataset), contender("other", dataset, seed=2)]
    return compare(made, dataset, draws=50)


def shown(part, *comparisons):
    """A part of the page; the state `which` says of which of the comparisons."""

    def script(part, comparisons):
        from importlib import import_module

        import streamlit

        module, name = part.split(".")
        show = getattr(import_module(f"pages.components.{module}"), name)
        show(comparisons[streamlit.session_state.get("which", 0)])

    app = AppTest.from_function(script, args=(part, comparisons), default_timeout=SECONDS)
    return said(app.run())


def said(app):
    assert not app.exception and not app.error, [*app.exception, *app.error]
    return app


def words_of(app):
    kinds = ("markdown", "caption", "info", "warning")
    said = "\n".join(str(element.value) for kind in kinds for element in app.get(kind))
    return said.replace("\\", "")


def test_films_that_a_model_has_no_class_for_are_told_and_counted(differing, alike):
    app = shown("compare_board.show", differing, alike)
    told = "10 of the 120 films have a label that three has no class for; they are left out."
    assert told in words_of(app)
    board = app.dataframe[0].value
    assert dict(zip(board["Model"], board["Unscored"], strict=True)) == {"whole": 0, "three": 10}
    app.session_state["which"] = 1
    assert "no class for" not in words_of(said(app.run()))


@pytest.mark.parametrize(
    "part", ["compare_charts.curves", "compare_threshold.show", "compare_charts.cost"]
)
def test_models_on_different_films_are_told_apart_where_they_are_drawn_together(
    differing, alike, part
):
    told = "These are not the same films for all: whole on 120 of 120 films; three on 108 of 120"
    app = shown(part, differing, alike)
    assert told in words_of(app)
    app.session_state["which"] = 1
    assert "not the same films" not in words_of(said(app.run()))


def test_the_curves_say_which_threshold_is_marked_and_another_comparison_has_its_own(
    differing, alike
):
    app = shown("compare_threshold.show", differing, alike)
    assert "**three** at 0.900, 108 of 120 films: Of 100" in words_of(app)
    app.segmented_control[0].set_value("One for all")
    app = said(app.run())
    app.slider[0].set_value(0.3)
    app = said(app.run())
    assert "**three** at 0.300" in words_of(app)
    kept = app.session_state["compare-threshold-kept"]
    app.session_state["which"] = 1
    app = said(app.run())
    assert "**other** at 0.500: Of 100" in words_of(app)
    assert app.segmented_control[0].value == "Each model's own"
    app.session_state["which"] = 0
    assert "**three** at 0.300" in words_of(said(app.run()))
    curves = shown("compare_charts.curves", differing, alike)
    own = "Marks stand at each model's own threshold: whole 0.500, three 0.900."
    assert own in words_of(curves)
    curves.session_state["compare-threshold-kept"] = kept
    assert "one threshold for all, 0.300, as set under Errors" in words_of(said(curves.run()))
    curves.session_state["which"] = 1
    own = "Marks stand at each model's own threshold: whole 0.500, other 0.500."
    assert own in words_of(said(curves.run()))


def test_groups_are_made_anew_where_equal_films_come_from_elsewhere(dataset):
    def of(source):
        renamed = Dataset(dataset.table.assign(source=source), dataset.store)
        return compare([contender("whole", renamed)], renamed, draws=50)

    app = shown("compare_pairs.by_group", of("here"), of("there"))
    sources = []
    for which in (0, 1):
        app.session_state["which"] = which
        table = said(app.run()).dataframe[0].value
        sources += list(table["Group"][table["By"] == "source"])
    assert sources == ["here", "there"]


def test_a_figure_shows_as_many_places_as_tell_it_from_0_and_1_and_sorts_as_text():
    values = [0.0, 0.00004, 0.0004, 0.001, 0.998, 0.99949, 0.99963, 0.99996, 1 - 1e-9]
    texts = [with_interval(Interval(value=v, low=None, high=None)) for v in values]
    assert texts == [
        "0.000", "0.00004", "0.0004", "0.001", "0.998", "0.999", "0.9996", "0.99996", "1.000"
    ]  # fmt: skip
    assert texts == sorted(texts)
    found = Interval(value=0.99963, low=0.99901, high=0.99996)
    assert with_interval(found) == "0.9996 (0.999–0.99996)"
    assert with_interval(Interval(value=-0.0003, low=-1.0, high=0.0)) == "-0.0003 (-1.000–0.000)"
    assert with_interval(Interval(value=None, low=None, high=None)) == "undefined"
