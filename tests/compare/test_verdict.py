"""What a comparison says in words is what it found."""

from types import SimpleNamespace

import pytest
from contenders import contender, films

from xray_core.evaluation.comparison import compare
from xray_core.evaluation.mcnemar import mcnemar
from xray_core.evaluation.verdict import (
    areas_in_words,
    best_in_words,
    errors_in_words,
    p_in_words,
    seen_in_words,
    shortcut_in_words,
    unclear_shortcuts_in_words,
)


def pair(a_found, b_found, a_passed=0, b_passed=0, n=50, corrected=None):
    right = {
        True: (a_found, b_found),
        False: (a_passed, b_passed),
        None: (a_found + a_passed, b_found + b_passed),
    }
    p = mcnemar(*right[None])
    return SimpleNamespace(
        a="A",
        b="B",
        n=n,
        only_right=lambda ill=None: right[ill],
        mcnemar_p=p,
        mcnemar_p_corrected=corrected if corrected is not None else p,
    )


def test_the_sentence_of_three_missed_films():
    assert errors_in_words(pair(0, 3)) == (
        "A misses 3 films that B finds; B misses none that A finds; the difference could be "
        "chance, p = 0.25."
    )


def test_false_alarms_are_told_where_there_are_any():
    assert errors_in_words(pair(1, 0, 12, 0)) == (
        "A misses no film that B finds; B misses 1 that A finds; A raises no false alarm that B "
        "does not; B raises 12 that A does not; the difference is more than chance, p < 0.001."
    )


def test_models_that_err_alike():
    assert "are right and wrong on the same films; the difference could be chance, p = 1." in (
        errors_in_words(pair(0, 0))
    )


def test_several_pairs_are_judged_by_the_corrected_p():
    words = errors_in_words(pair(0, 8, corrected=0.08), pairs=10)
    assert words.endswith(
        "the difference could be chance, p = 0.08 (corrected for 10 comparisons)."
    )
    assert "more than chance" in errors_in_words(pair(0, 8))


def test_no_common_film():
    assert (
        errors_in_words(pair(0, 0, n=0)) == "There is not one film that neither A nor B has seen."
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


def test_what_was_seen_and_what_follows():
    dataset = films(100)
    few = contender("few", dataset, seen=range(10))
    most = contender("most", dataset, seen=range(70))
    silent = contender("silent", dataset, known=False)
    fresh = contender("fresh", dataset)
    result = compare([few, most, silent, fresh], dataset, draws=100)
    words = [seen_in_words(model) for model in result.models]
    assert words[0] == "few was trained or tuned on 10 of the 100 films; they are left out."
    assert words[1].endswith("having seen most of the set it cannot win on it.")
    assert "is not ranked" in words[2]
    assert words[3] == ""


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
    assert "opposite takes well for ill more often than not" in words


def test_films_that_are_too_few_to_tell_of_shortcuts_are_said_to_be():
    few, many = films(20), films(2000)
    result = compare([contender("a", few), contender("b", few, seed=2)], few, draws=100)
    assert unclear_shortcuts_in_words(result).startswith("Whether a and b lean on shortcuts")
    assert unclear_shortcuts_in_words(compare([contender("a", many)], many, draws=100)) == ""


def test_the_best_and_its_ties():
    dataset = films(200)
    models = [contender("a", dataset, skill=3), contender("b", dataset, skill=3, seed=9)]
    result = compare(models, dataset, draws=200)
    assert "cannot be told from it on these films" in best_in_words(result)
    models = [contender("a", dataset, skill=3), contender("b", dataset, skill=0, seed=9)]
    assert best_in_words(compare(models, dataset, draws=200)) == (
        "a has the highest AUC, by more than chance."
    )
    knows = contender("knows", dataset, skill=0, seed=9, seen=range(150))
    assert best_in_words(compare([models[0], knows], dataset, draws=50)) == (
        "Only a may be called best on these films; there is none to rank it against."
    )
    knows = contender("a", dataset, seen=range(200))
    assert "No model" in best_in_words(compare([knows], dataset, draws=50))
