"""The words claim no more than the probabilities do."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xray_core.bundle import BundleManifest
from xray_core.inference.prediction import Decision, ModelRef, Prediction, Status
from xray_core.plots.opinion import (
    ages_in_words,
    in_words,
    kinds_in_words,
    notes,
    operating_point_in_words,
    percent,
    performance,
    performance_in_words,
    short_words,
)
from xray_core.plots.probabilities import probability_figure


def prediction(p=None, threshold=0.06, decision=None, *, status=Status.OK, reasons=(), kinds=None):
    """A prediction with P(pneumonia) = p, most of it bacterial."""
    probabilities = None
    if p is not None:
        b, v, c = kinds or (0.6 * p, 0.3 * p, 0.1 * p)
        probabilities = {"NORMAL": 1 - p, "BACTERIAL": b, "VIRAL": v, "COVID-19": c}
        decision = decision or (Decision.PNEUMONIA if p >= threshold else Decision.NORMAL)
    return Prediction(
        "film.png", "0" * 64, status, probabilities, p, decision, threshold, reasons,
        ModelRef("tiny", "1" * 64), 0.01,
    )  # fmt: skip


def test_a_clear_pneumonia_is_likely_with_its_kind():
    words = in_words(prediction(0.93))
    assert (words.kind, words.headline) == ("pneumonia", "Pneumonia likely — 93 %")
    assert words.detail == ("Most probable kind: bacterial (56 %); treatment must not hang on it.")


def test_the_kind_is_the_most_probable_one():
    assert "COVID-19 (80 %)" in in_words(prediction(0.9, kinds=(0.05, 0.05, 0.8))).detail


def test_covid_is_never_named_without_what_it_takes_to_know():
    assert "laboratory test" in in_words(prediction(0.9, kinds=(0.05, 0.05, 0.8))).detail
    assert "laboratory" not in in_words(prediction(0.9)).detail


@pytest.mark.parametrize(("p", "kind"), [(0.699, "possible"), (0.7, "pneumonia")])
def test_likely_is_said_of_more_than_even_odds_only(p, kind):
    assert in_words(prediction(p)).kind == kind


def test_above_a_low_operating_point_but_improbable_is_called_possible():
    words = in_words(prediction(0.2))
    assert (words.kind, words.headline) == ("possible", "Pneumonia possible — 20 %")
    assert "Above the operating point of 6.0 %" in words.detail


def test_probable_but_below_a_high_operating_point_is_called_possible():
    words = in_words(prediction(0.6, threshold=0.9))
    assert words.kind == "possible"
    assert "Below the operating point of 90.0 %" in words.detail


def test_below_the_operating_point_is_unlikely_and_rules_nothing_out():
    words = in_words(prediction(0.02))
    assert (words.kind, words.headline) == ("normal", "Pneumonia unlikely — 2 %")
    assert "does not rule out disease" in words.detail


@pytest.mark.parametrize(
    ("p", "shown", "limit"),
    [
        (0.396, "Pneumonia unlikely — 39.6 %", "Below the operating point of 39.8 %"),
        (0.3979, "Pneumonia unlikely — 39.79 %", "Below the operating point of 39.80 %"),
        (0.397999, "Pneumonia unlikely — 39.7999 %", "Below the operating point of 39.8000 %"),
        (0.398, "Pneumonia possible — 39.8 %", "Above the operating point of 39.8 %"),
        (0.404, "Pneumonia possible — 40.4 %", "Above the operating point of 39.8 %"),
        (0.41, "Pneumonia possible — 41 %", "Above the operating point of 39.8 %"),
    ],
)
def test_near_the_operating_point_the_number_has_digits_enough_to_tell_the_side(p, shown, limit):
    words = in_words(prediction(p, threshold=0.398))
    assert words.headline == shown
    assert words.detail.startswith(f"{limit}.")


@given(st.floats(0, 1), st.floats(0.01, 0.99))
def test_the_two_numbers_never_contradict_the_side(p, threshold):
    words = in_words(prediction(p, threshold=threshold))
    numbers = [float(n) for n in re.findall(r"([\d.]+) %", f"{words.headline} {words.detail}")[:2]]
    if "Below the operating point" in words.detail:
        assert numbers[0] <= numbers[1]
    elif "Above the operating point" in words.detail:
        assert numbers[0] >= numbers[1]
    else:
        assert p >= max(0.5, threshold)


def test_abstention_gives_no_number_but_the_reason():
    reasons = ("The film is too blurred to read.", "The resolution is low.")
    abstention = prediction(0.97, decision=Decision.ABSTAIN, reasons=reasons)
    words = in_words(abstention)
    assert words.kind == "abstain" and words.headline.startswith("No opinion")
    assert words.detail == "The film is too blurred to read. Read this film without the model."
    assert notes(abstention) == ("The resolution is low.",)
    assert short_words(abstention) == "Abstains"


def test_warnings_stand_below_an_opinion_and_the_reason_for_none_only_in_its_line():
    assert notes(prediction(0.9, reasons=("The film is noisy.",))) == ("The film is noisy.",)
    assert notes(prediction(status=Status.REFUSED, reasons=("this is text.",))) == ()


@pytest.mark.parametrize(
    ("status", "short"), [(Status.REFUSED, "Refused"), (Status.ERROR, "Unreadable")]
)
def test_no_opinion_says_why(status, short):
    refused = prediction(status=status, reasons=("this is text.",))
    assert in_words(refused).headline.startswith("No opinion")
    assert in_words(refused).detail.startswith("this is text.")
    assert short_words(refused) == short


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.0, "under 1 %"), (0.004, "under 1 %"), (0.0051, "1 %"), (0.5, "50 %"), (0.9949, "99 %"),
     (0.996, "over 99 %"), (1.0, "over 99 %")],
)  # fmt: skip
def test_nothing_is_certain(p, said):
    assert percent(p) == said


def test_percent_with_a_decimal():
    assert [percent(p, 1) for p in (0.0, 0.0612, 0.9999)] == ["under 0.1 %", "6.1 %", "over 99.9 %"]


def test_bars_hold_the_probabilities_with_numbers_pneumonia_first():
    figure = probability_figure(prediction(0.93))
    bars, numbers = figure.data
    assert list(bars.x) == pytest.approx([0.93, 0.07, 0.558, 0.279, 0.093])
    assert bars.y[0] == "<b>Pneumonia</b>" and bars.y[1:] == (
        "Normal", "Bacterial", "Viral", "COVID-19",
    )  # fmt: skip
    assert [text.strip() for text in numbers.text] == [
        "93.0 %",
        "7.0 %",
        "55.8 %",
        "27.9 %",
        "9.3 %",
    ]
    (mark,) = figure.layout.shapes
    assert mark.x0 == mark.x1 == 0.06


def test_an_output_of_another_name_has_a_bar_of_that_name():
    own = replace(prediction(0.93), probabilities={"NORMAL": 0.07, "VIRAL OR COVID": 0.93})
    assert probability_figure(own).data[0].y == ("<b>Pneumonia</b>", "Normal", "VIRAL OR COVID")


def test_the_number_of_pneumonia_stands_behind_the_mark_of_the_operating_point():
    _, numbers = probability_figure(prediction(0.02, threshold=0.2)).data
    assert list(numbers.x) == pytest.approx([0.2, 0.98, 0.012, 0.006, 0.002])


def test_bars_fade_and_nothing_is_marked_where_the_model_abstains():
    figure = probability_figure(prediction(0.02, threshold=0.2, decision=Decision.ABSTAIN))
    assert figure.data[0].marker.opacity < 1
    assert figure.layout.shapes == ()
    assert figure.data[1].x[0] == 0.02


def test_without_probabilities_there_is_nothing_to_draw():
    with pytest.raises(ValueError, match="no probabilities"):
        probability_figure(prediction(status=Status.ERROR))


def manifest(tiny_store, metrics):
    return BundleManifest.read(tiny_store / "tiny").model_copy(update={"metrics": metrics})


FIGURES = {
    "n": 513,
    "patients": 264,
    "sensitivity": 0.981,
    "sensitivity_ci": [0.967, 0.992],
    "specificity": 0.872,
    "specificity_ci": None,
}


def test_the_operating_point_is_shown_for_each_data_set_of_the_internal_test(tiny_store):
    model = manifest(
        tiny_store,
        {
            "internal_test": {**FIGURES, "n": 614},
            "internal_test/chest_xray": FIGURES,
            "internal_test/adult_cxr": {**FIGURES, "n": 101, "specificity": None},
            "validation/chest_xray": {**FIGURES, "n": 566},
        },
    )
    data = [{"source": "chest_xray", "population": "Children of one to five years, of a hospital"}]
    model = model.model_copy(update={"training": {"data": data}})
    children, adults = performance(model)
    assert children.films == "Children of one to five years, 513 films of 264 patients"
    assert children.figures == "sensitivity 98.1 % (96.7 to 99.2), specificity 87.2 %"
    assert adults.films == "Adult_cxr, 101 films of 264 patients"
    assert adults.figures.endswith("specificity undefined")
    assert "called from 50.0 % on. On internal test patients" in operating_point_in_words(model)
    line = performance_in_words(model)
    assert line.endswith("specificity undefined.") and children.figures in line


def test_those_on_whom_the_threshold_was_chosen_come_first(tiny_store):
    figures = {f"internal_test/{source}": FIGURES for source in ("adults", "children", "more")}
    how = {"data": [], "operating_point": {"source": "children"}}
    model = manifest(tiny_store, figures).model_copy(update={"training": how})
    assert [row.films.partition(",")[0] for row in performance(model)] == [
        "Children",
        "Adults",
        "More",
    ]


def test_the_ages_that_a_model_knows_are_told_where_they_are_known(tiny_store):
    def said(*ages):
        data = [{"source": str(n), **({"ages": a} if a else {})} for n, a in enumerate(ages)]
        return ages_in_words(
            manifest(tiny_store, {}).model_copy(update={"training": {"data": data}})
        )

    assert said([1, 6], [18, 120]) == (
        "It learnt from ages 1 to under 6 and 18 to under 120 years; how good it is at others is "
        "not known."
    )
    assert said([1, 6], None) == ""


def test_a_refused_film_may_be_an_ill_chest(tiny_store):
    refused = prediction(status=Status.REFUSED, reasons=("The film looks like no other.",))
    assert "read it without the model" in in_words(refused).detail
    unreadable = prediction(status=Status.ERROR, reasons=("this is text.",))
    assert in_words(unreadable).detail == "this is text."


def test_two_data_sets_of_the_same_people_are_told_apart(tiny_store):
    data = [
        {"source": source, "population": f"Adults: from {place}, of any age"}
        for source, place in (("adult_cxr", "one place"), ("radiography", "another one"))
    ]
    figures = {f"internal_test/{each['source']}": FIGURES for each in data}
    model = manifest(tiny_store, figures).model_copy(update={"training": {"data": data}})
    assert [row.films.partition(",")[0] for row in performance(model)] == [
        "Adults (adult_cxr)",
        "Adults (radiography)",
    ]


def test_without_data_sets_the_whole_internal_test_is_shown(tiny_store):
    (row,) = performance(manifest(tiny_store, {"internal_test": FIGURES}))
    assert row.films == "All, 513 films of 264 patients"


def test_figures_on_the_films_that_chose_the_threshold_are_not_shown(tiny_store):
    model = manifest(tiny_store, {"validation": FIGURES, "internal_test": {"auc": 0.9}})
    assert performance(model) == ()
    assert "has not been measured" in operating_point_in_words(model)


def test_how_far_a_kind_was_tested_is_said_for_each_people(tiny_store):
    def support(**films):
        return {
            name: {"support": films.get(name, 0), "recall": 0.654 if name in films else None}
            for name in ("BACTERIAL", "VIRAL", "COVID-19")
        }

    children = {
        **FIGURES,
        "per_class": support(BACTERIAL=250, VIRAL=130),
        "bacterial_vs_viral_auc": 0.851,
        "bacterial_vs_viral_auc_ci": [0.8, 0.895],
    }
    adults = {**FIGURES, "per_class": support(**{"COVID-19": 8}), "bacterial_vs_viral_auc": None}
    model = manifest(
        tiny_store, {"internal_test/children": children, "internal_test/adults": adults}
    )
    words = kinds_in_words(model)
    assert (
        "children: of 250 bacterial films 65%, of 130 viral films 65% were named so; one against "
        "the other AUC 0.85 (0.80 to 0.90)." in words
    )
    assert "adults: COVID-19 alone was there to test, so that naming it tells little." in words
    assert words in performance_in_words(model)
