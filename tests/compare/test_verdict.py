"""What a comparison says in words is what it found."""

from dataclasses import replace

import numpy as np
import pytest
from contenders import contender, films

from xray_core.bundle import Interval
from xray_core.evaluation.comparison import compare, surely_worse
from xray_core.evaluation.scoring import FilmScore
from xray_core.evaluation.verdict import (
    areas_in_words,
    best_in_words,
    errors_in_words,
    few_in_words,
    p_in_words,
    seen_in_words,
    shortcut_in_words,
    unclear_shortcuts_in_words,
)
from xray_core.inference import Status


def errs(name, dataset, missed=(), alarms=()):
    """A model that errs on the films of these numbers among the ill, and among the normal."""
    ill = (dataset.table["label"] != "NORMAL").to_numpy()
    wrong = {*np.flatnonzero(ill)[list(missed)], *np.flatnonzero(~ill)[list(alarms)]}
    said = {}
    for i, one in enumerate(ill):
        p = 0.9 if one != (i in wrong) else 0.1
        four = (1 - p, p / 3, p / 3, p / 3)
        said[i] = FilmScore(Status.OK, "", four, (four, four))
    return contender(name, dataset, scores=said)


def pair(a=(), b=(), per_patient=1):
    dataset = films(400, per_patient=per_patient)
    (found,) = compare([errs("a", dataset, *a), errs("b", dataset, *b)], dataset, draws=300).pairs
    return found


def test_the_sentence_of_three_missed_films():
    assert errors_in_words(pair(a=[range(3)])) == (
        "a misses 3 films that b finds; b misses none that a finds; the difference could be "
        "chance, p = 0.25."
    )


def test_missed_films_and_false_alarms_are_tested_apart():
    """Twenty of the one and twenty of the other are no difference in all errors."""
    found = pair(a=[range(20)], b=[(), range(20)])
    assert found.mcnemar_p == 1
    assert found.missed_p == found.alarms_p == pytest.approx(2 * 0.5**20)
    assert errors_in_words(found) == (
        "a misses 20 films that b finds; b misses none that a finds; the difference is more than "
        "chance, p < 0.001; a raises no false alarm that b does not; b raises 20 that a does not; "
        "the difference is more than chance, p < 0.001 (corrected for 2 comparisons)."
    )


def test_a_half_in_which_none_differ_is_not_tested():
    assert errors_in_words(pair(b=[(), range(12)])) == (
        "a misses no film that b finds; b misses none that a finds; a raises no false alarm that "
        "b does not; b raises 12 that a does not; the difference is more than chance, p < 0.001."
    )


@pytest.mark.parametrize("kind", ["missed", "alarms"])
def test_errors_on_films_of_one_patient_are_not_more_than_chance(kind):
    """Films of one patient are not independent, so McNemar alone would find too much."""
    wrong = [range(12)] if kind == "missed" else [(), range(12)]
    one, many = pair(a=wrong, per_patient=100), pair(a=wrong)
    for found, chance in (
        (one, "could be chance (its interval over patients does not leave out 0), p < "),
        (many, "the difference is more than chance, p < "),
    ):
        p = {"missed": found.missed_p, "alarms": found.alarms_p}[kind]
        assert p == pytest.approx(2 * 0.5**12)
        assert chance in errors_in_words(found)


def test_models_that_err_alike():
    assert errors_in_words(pair()) == "a and b are right and wrong on the same films."


def test_p_is_corrected_for_all_that_is_tested():
    dataset = films(400, per_patient=1)
    models = [errs("a", dataset), errs("b", dataset, range(7)), errs("c", dataset, (), range(9))]
    first = compare(models, dataset, draws=300).pairs[0]
    assert first.missed_p == pytest.approx(2 * 0.5**7) and first.kinds_tested == 4
    assert first.missed_p_corrected == pytest.approx(2 * first.missed_p)
    words = errors_in_words(first)
    assert "more than chance, p = 0.031 (corrected for 4 comparisons)." in words


def test_no_common_film():
    dataset = films(40)
    models = [contender("a", dataset, seen=range(20)), contender("b", dataset, seen=range(20, 40))]
    (found,) = compare(models, dataset, draws=20).pairs
    assert errors_in_words(found) == (
        "There is not one film that counts for both a and b: each was seen, refused or left out by "
        "one of them."
    )


@pytest.mark.parametrize(
    ("p", "words"),
    [(None, "p undefined"), (0.0004, "p < 0.001"), (0.0123, "p = 0.012"), (0.999, "p = 1")],
)
def test_p_values(p, words):
    assert p_in_words(p) == words


def test_the_areas_with_their_difference():
    dataset = films(300, per_patient=1)
    a, b = contender("a", dataset, skill=0.5), contender("b", dataset, skill=4, seed=2)
    (found,) = compare([a, b], dataset, draws=300).pairs
    words = areas_in_words(found)
    assert "more than chance, p < 0.001." in words
    assert f"a difference of −{-found.differences['auc'].value:.3f}" in words
    (found,) = compare([contender("a", dataset, seen=range(300)), b], dataset, draws=50).pairs
    assert "cannot be compared" in areas_in_words(found)


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        ((-0.0003, -0.001, 0.0004), "−0.0003 (95 % interval −0.0010 to +0.0004)"),
        ((0.004, 0.001, 0.006), "+0.004 (95 % interval +0.001 to +0.006)"),
        ((0.0, -0.001, 0.001), "+0.000 (95 % interval −0.001 to +0.001)"),
    ],
)
def test_a_small_difference_does_not_read_as_none(difference, words):
    found = pair(a=[range(3)])
    value, low, high = difference
    found = replace(found, differences={"auc": Interval(value=value, low=low, high=high)})
    assert f"a difference of {words}, " in areas_in_words(found)


def test_what_was_seen_and_what_follows():
    dataset = films(100)
    few = contender("few", dataset, seen=range(10))
    most = contender("most", dataset, seen=range(70))
    silent = contender("silent", dataset, known=False)
    fresh = contender("fresh", dataset)
    result = compare([few, most, silent, fresh], dataset, draws=100)
    words = [seen_in_words(model) for model in result.models]
    assert words[0] == (
        "few was trained or tuned on 10 of the 100 films, or on another film of the same patient; "
        "they are left out."
    )
    assert words[1].endswith("having seen most of the set it cannot win on it.")
    assert "is not ranked" in words[2]
    assert words[3] == ""


def test_a_model_for_which_few_films_count_is_told_why_it_is_not_ranked():
    dataset = films(100)
    refused = dict.fromkeys(range(60), FilmScore(Status.REFUSED, "It is a photograph."))
    models = [contender("picky", dataset, scores=refused), contender("open", dataset, seed=2)]
    words = [few_in_words(model) for model in compare(models, dataset, draws=50).models]
    assert words == [
        "Only 40 of the 100 films count for picky. To be called best a model needs half of them.",
        "",
    ]


def test_two_perfect_models_have_too_few_differing_films_for_an_interval():
    dataset = films(40, per_patient=1)
    models = [contender(name, dataset, skill=60) for name in ("a", "b")]
    (found,) = compare(models, dataset, draws=50).pairs
    words = areas_in_words(found)
    assert words.startswith("AUC 1.000 (lungs blanked 0.")
    assert words.endswith(
        "a difference of +0.000 (too few differing films for an interval), which could be chance, "
        "p = 1."
    )


def test_the_shortcut_sentence_says_what_it_means():
    dataset = films(300)
    leaning = compare([contender("leaning", dataset, lungless=2.5)], dataset, draws=100).models[0]
    assert "With the lungs blanked leaning still tells ill from well: AUC 0." in (
        shortcut_in_words(leaning)
    )
    assert "may fail on films from elsewhere" in shortcut_in_words(leaning)
    honest = compare([contender("honest", dataset)], dataset, draws=100).models[0]
    assert shortcut_in_words(honest) == ""
    opposite = contender("opposite", dataset, lungless=-2.5, skill=0)
    words = shortcut_in_words(compare([opposite], dataset, draws=100).models[0])
    assert "opposite ranks normal films above films with pneumonia more often than not" in words


def test_films_that_are_too_few_to_tell_of_shortcuts_are_said_to_be():
    few, many = films(20), films(2000)
    result = compare([contender("a", few), contender("b", few, seed=2)], few, draws=100)
    assert unclear_shortcuts_in_words(result).startswith("Whether a and b lean on shortcuts")
    assert unclear_shortcuts_in_words(compare([contender("a", many)], many, draws=100)) == ""


def test_the_best_and_its_ties():
    dataset = films(200)
    models = [contender("a", dataset, skill=3), contender("b", dataset, skill=3, seed=9)]
    result = compare(models, dataset, draws=200)
    assert best_in_words(result).endswith(
        "cannot be told from it on these films. The best was picked on the 200 films that count "
        "for all in the running."
    )
    models = [contender("a", dataset, skill=3), contender("b", dataset, skill=0, seed=9)]
    assert best_in_words(compare(models, dataset, draws=200)) == (
        "a has the highest AUC, by more than chance. Each pair was judged on the films that count "
        "for both."
    )
    knows = contender("knows", dataset, skill=0, seed=9, seen=range(150))
    assert best_in_words(compare([models[0], knows], dataset, draws=50)) == (
        "Only a may be called best on these films; there is none to rank it against."
    )
    knows = contender("a", dataset, seen=range(200))
    assert "No model" in best_in_words(compare([knows], dataset, draws=50))


def test_models_of_the_very_same_auc_share_the_best_place():
    """Whichever is named first: neither has the highest AUC."""
    dataset = films(200)
    one, twin = contender("one", dataset, skill=3), contender("twin", dataset, skill=3)
    other = contender("other", dataset, skill=2.8, seed=9)
    poor = contender("poor", dataset, skill=0, seed=4)
    result = compare([twin, poor, one], dataset, draws=200)
    assert (result.best, result.level) == ("twin", ("one",))
    assert result.to_json()["level_with_best"] == ["one"]
    assert best_in_words(result) == (
        "twin and one share the highest AUC on these films. They were ranked on the 200 films "
        "that count for all in the running."
    )
    words = best_in_words(compare([one, other, twin], dataset, draws=200))
    assert words.startswith("one and twin share the highest AUC; other cannot be told from them on")


def test_the_best_of_those_ranked_is_not_called_the_highest_of_all():
    """A model that has seen most of the films has a higher AUC, and is not ranked."""
    dataset = films(200)
    models = [contender("a", dataset, skill=3), contender("b", dataset, skill=0, seed=9)]
    seer = contender("seer", dataset, skill=9, seed=4, seen=range(150))
    words = best_in_words(compare([*models, seer], dataset, draws=200))
    assert words.startswith("Of the models that may be ranked, a has the highest AUC, by more")


def test_only_the_pairs_that_could_be_tested_are_counted():
    """Two models without a common film are no comparison that p is corrected for."""
    dataset = films(200)
    a, b = (contender(n, dataset, skill=2, seed=i, seen=seen) for i, (n, seen) in enumerate(
        (("a", range(100)), ("b", range(100, 200)))
    ))  # fmt: skip
    result = compare([a, b, contender("c", dataset, seed=5)], dataset, draws=100)
    found = result.pair("a", "c")
    assert found.areas_tested == 2
    assert areas_in_words(found, len(result.pairs)).endswith("(corrected for 2 comparisons).")


def test_what_is_sure_of_one_pair_is_chance_among_many():
    """The interval of a pair leaves out 0; its p over patients, corrected, is not below 0.05."""
    dataset = films(400, per_patient=10)
    found = pair(a=[range(60)], per_patient=10)
    assert "more than chance" in errors_in_words(found)
    many = replace(found, missed_patients_p_corrected=0.2, auc_patients_p_corrected=0.3)
    assert surely_worse(found) == ("a", "b") and surely_worse(many) == (None, None)
    assert "could be chance (counting patients, not films, p = 0.2)" in errors_in_words(many)
    assert "which could be chance (counting patients, not films, p = 0.3)" in areas_in_words(
        many, 3
    )
    models = [errs(str(i), dataset, range(60) if i else ()) for i in range(4)]
    for one in compare(models, dataset, draws=300).pairs[:3]:
        assert one.auc_patients_p_corrected >= one.auc_patients_p
        assert one.missed_patients_p_corrected == pytest.approx(3 * one.missed_patients_p)
