"""Models are compared on films that neither has seen, and the best is called best only if it is."""

import csv
import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from contenders import contender, films

from xray_core.evaluation.comparison import compare
from xray_core.evaluation.delong import delong
from xray_core.evaluation.mcnemar import mcnemar
from xray_core.evaluation.scoring import FilmScore
from xray_core.evaluation.tango import TWO_SIDED
from xray_core.inference import Status
from xray_core.labels import FOUR_CLASSES
from xray_core.reports.compare_csv import figures_csv

DRAWS = 300


def pneumonia(one, rows):
    return np.array([1 - one.scores[i].probabilities[FOUR_CLASSES.normal_index] for i in rows])


def test_a_pair_is_judged_on_the_films_that_neither_has_seen():
    dataset = films(200)
    a = contender("a", dataset, seed=1, seen=range(0, 40))
    b = contender("b", dataset, seed=2, skill=2.5, seen=range(20, 60))
    result = compare([a, b], dataset, draws=DRAWS)
    (pair,) = result.pairs
    rows = range(60, 200)
    truth = (dataset.table["label"] != "NORMAL").to_numpy()[60:]
    scores = np.array([pneumonia(a, rows), pneumonia(b, rows)])
    expected = delong(scores, truth)
    right = (scores >= 0.5) == truth
    only = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    out = pair.to_json()
    assert (pair.n, out["a_only_correct"], out["b_only_correct"]) == (140, *only)
    assert out["delong_p"] == pytest.approx(expected.p_value(0, 1))
    assert out["mcnemar_p"] == pytest.approx(mcnemar(*only))
    assert out["delta_auc"] == pytest.approx(expected.areas[0] - expected.areas[1])
    low, high = out["delta_auc_ci"]
    assert low < out["delta_auc"] < high
    assert [model.measured.n for model in result.models] == [160, 160]
    assert result.to_json()["seen"] == {"a": 40, "b": 40}


def test_the_interval_of_a_difference_is_near_that_of_delong_where_films_are_independent():
    dataset = films(300, per_patient=1)
    a, b = contender("a", dataset, seed=1, skill=1), contender("b", dataset, seed=2, skill=1.3)
    (pair,) = compare([a, b], dataset, draws=4000).pairs
    found = delong(
        np.array([pneumonia(one, range(300)) for one in (a, b)]), pair.of_a.opinions.truth
    )
    (aa, ab), (_, bb) = found.covariance
    reach = 1.96 * np.sqrt(aa + bb - 2 * ab)
    difference = pair.differences["auc"]
    assert (difference.high - difference.low) / 2 == pytest.approx(reach, rel=0.1)


def test_a_model_that_has_seen_most_of_the_films_cannot_win():
    dataset = films(100)
    strong = contender("strong", dataset, skill=4, seen=range(60))
    weak = contender("weak", dataset, skill=1.5, seed=5)
    result = compare([strong, weak], dataset, draws=DRAWS)
    assert result.model("strong").measured["auc"].value > result.model("weak").measured["auc"].value
    assert not result.model("strong").may_win
    assert (result.best, result.tied) == ("weak", ("weak",))


def test_a_model_that_does_not_say_what_it_was_trained_on_is_not_ranked():
    dataset = films(80)
    silent = contender("silent", dataset, skill=4, known=False)
    result = compare([silent, contender("open", dataset, seed=3)], dataset, draws=DRAWS)
    assert result.best == "open"
    assert result.to_json()["seen"] == {"silent": None, "open": 0}


def test_a_third_model_that_refuses_most_films_does_not_choose_the_best():
    """On the eight films that it likes a poor model may be lucky."""
    dataset = films(400, per_patient=1)
    good = contender("good", dataset, skill=3.5, seed=1)
    poor = contender("poor", dataset, skill=1.2, seed=2)
    refused = FilmScore(Status.REFUSED, "It is not to its liking.")
    few = {i: refused for i in range(400) if i not in liked(good, poor, dataset)}
    picky = contender("picky", dataset, skill=3, seed=3, scores=few)
    result = compare([good, poor, picky], dataset, draws=DRAWS)
    assert not result.model("picky").may_win
    assert (result.best, result.tied, result.decided_on) == ("good", ("good",), 400)


def test_a_third_model_that_knows_almost_half_does_not_choose_the_best_either():
    dataset = films(400, per_patient=1)
    good = contender("good", dataset, skill=3.5, seed=1)
    poor = contender("poor", dataset, skill=1.2, seed=2)
    knows = [i for i in range(400) if i not in liked(good, poor, dataset)][:190]
    third = contender("third", dataset, skill=3.4, seed=3, seen=knows)
    result = compare([good, poor, third], dataset, draws=DRAWS)
    assert result.model("third").may_win and "poor" not in result.tied
    assert result.best in ("good", "third")
    assert set(result.tied) == {"good", "third"} and result.decided_on == 210


def liked(good, poor, dataset):
    """Films on which the poor model ranks better than the good one: of both kinds, four each."""
    ill = (dataset.table["label"] != "NORMAL").to_numpy()
    gain = pneumonia(poor, range(400)) - pneumonia(good, range(400))
    best, worst = np.argsort(-gain), np.argsort(gain)
    return {*best[ill[best]][:4].tolist(), *worst[~ill[worst]][:4].tolist()}


def test_where_those_in_the_running_share_no_film_each_stands_on_its_own():
    dataset = films(80, per_patient=1)
    a = contender("a", dataset, seen=range(40))
    b = contender("b", dataset, seed=2, skill=2.5, seen=range(40, 80))
    result = compare([a, b], dataset, draws=DRAWS)
    assert result.best in ("a", "b") and result.decided_on == 0
    areas = {model.name: model.measured["auc"].value for model in result.models}
    assert result.best == max(areas, key=areas.get)


def test_what_cannot_be_told_from_the_best_is_tied_and_what_is_worse_is_not():
    dataset = films(400, per_patient=1)
    best = contender("best", dataset, skill=3, seed=1)
    twin = contender("twin", dataset, skill=3, seed=2)
    poor = contender("poor", dataset, skill=0.2, seed=3)
    result = compare([poor, best, twin], dataset, draws=DRAWS)
    assert set(result.tied) == {"best", "twin"}
    assert result.best in result.tied
    p = [pair.delong_p_corrected for pair in result.pairs]
    assert all(q >= pair.delong_p for q, pair in zip(p, result.pairs, strict=True))


def test_films_without_an_opinion_are_counted_and_left_out():
    dataset = films(60)
    said = {
        3: FilmScore(Status.REFUSED, "It is a photograph."),
        4: FilmScore(Status.ERROR, "It cannot be read."),
    }
    a = contender("a", dataset, scores=said)
    result = compare([a, contender("b", dataset, seed=2)], dataset, draws=DRAWS)
    out = result.to_json()["models"][0]
    assert (out["metrics"]["n"], out["refused"], out["errors"]) == (58, 1, 1)
    assert result.pairs[0].n == 58


def test_a_model_that_tells_the_classes_apart_without_lungs_is_marked_whichever_way():
    dataset = films(1200)
    honest = contender("honest", dataset, lungless=0.0)
    leaning = contender("leaning", dataset, lungless=2.5, seed=4)
    opposite = contender("opposite", dataset, lungless=-2.5, seed=5)
    result = compare([honest, leaning, opposite], dataset, draws=DRAWS)
    out = result.to_json()
    assert [model["leans_on_shortcuts"] for model in out["models"]] == [False, True, True]
    assert out["models"][2]["metrics"]["auc_lungs_blanked"] < 0.3
    low, high = out["models"][2]["metrics"]["reliance_ci"]
    assert 0.1 < low < out["models"][2]["metrics"]["reliance"] < high


def test_a_difference_of_reliances_is_paired():
    dataset = films(400)
    one = contender("one", dataset, lungless=-1)
    twin = replace(one, ref=replace(one.ref, name="twin"))
    other = contender("other", dataset, lungless=0, seed=7)
    result = compare([one, twin, other], dataset, draws=DRAWS)
    same, differs = (result.pair("one", name).differences["reliance"] for name in ("twin", "other"))
    assert (same.value, same.low, same.high) == (0, None, None)
    assert 0 < differs.low < differs.value < differs.high


def test_a_difference_of_calibration_errors_has_no_interval():
    """Each is above the truth by chance of its own, which no resampling takes off."""
    dataset = films(200)
    models = [contender(name, dataset, skill=k, seed=k) for name, k in (("a", 1), ("b", 4))]
    (pair,) = compare(models, dataset, draws=DRAWS).pairs
    found = pair.to_json()["differences"]
    expected = pair.of_a["ece"].value - pair.of_b["ece"].value
    assert found["ece"] == {"value": pytest.approx(expected), "ci": None}
    assert found["brier"]["ci"] is not None and pair.of_a["ece"].low is not None


def test_two_perfect_models_are_not_shown_to_be_equal():
    """Not one film tells them apart: that says little of eight films, and more of eight hundred."""
    reach = []
    for n in (8, 800):
        dataset = films(n, per_patient=1)
        perfect = [contender(name, dataset, skill=60) for name in ("a", "b")]
        (pair,) = compare(perfect, dataset, draws=DRAWS).pairs
        area, found = pair.differences["auc"], pair.differences["accuracy"]
        assert (area.value, area.low, area.high) == (0, None, None)
        assert (found.value, found.low) == (0, pytest.approx(-found.high))
        assert found.high == pytest.approx(TWO_SIDED**2 / (n + TWO_SIDED**2))
        reach.append(found.high)
    assert reach[0] > 0.3 and reach[1] < 0.01


def test_too_few_films_tell_nothing_of_shortcuts():
    dataset = films(20)
    result = compare([contender("a", dataset)], dataset, draws=DRAWS)
    assert result.to_json()["models"][0]["leans_on_shortcuts"] is None


def test_no_film_in_common_leaves_nulls_and_no_failure():
    dataset = films(40)
    a = contender("a", dataset, seen=range(20))
    b = contender("b", dataset, seed=2, seen=range(20, 40))
    out = compare([a, b], dataset, draws=DRAWS).to_json()
    (pair,) = out["pairs"]
    assert (pair["n"], pair["delong_p"], pair["delta_auc"], pair["mcnemar_p"]) == (0, None, None, 1)
    everything = contender("all", dataset, seen=range(40))
    out = compare([everything], dataset, draws=DRAWS).to_json()
    assert (out["models"][0]["metrics"]["auc"], out["best"]) == (None, None)


def test_json_is_strict_and_the_same_for_the_same_seed():
    dataset = films(60)
    models = [contender("a", dataset), contender("b", dataset, seed=2)]
    once, again, other = (
        json.dumps(compare(models, dataset, draws=DRAWS, seed=s).to_json(), allow_nan=False)
        for s in (1, 1, 2)
    )
    assert once == again != other


def test_another_film_label_or_patient_is_another_data_set():
    dataset = films(30)
    first = compare([contender("a", dataset)], dataset, draws=DRAWS).data
    for column, value in (("sha256", "f" * 64), ("label", "VIRAL"), ("patient", "someone")):
        changed = dataset.table.copy()
        changed.loc[0, column] = value if changed.loc[0, column] != value else "NORMAL"
        other = type(dataset)(changed, dataset.store)
        assert compare([contender("a", other)], other, draws=DRAWS).data.sha256 != first.sha256
    assert (first.films, first.patients, sum(first.labels.values())) == (30, 15, 30)


def test_a_comparison_says_how_far_it_is_and_can_be_stopped():
    dataset = films(60)
    models = [contender("a", dataset), contender("b", dataset, seed=2, seen=range(9))]
    told = []
    plain = compare(models, dataset, draws=DRAWS)
    assert compare(models, dataset, draws=DRAWS, step=told.append).to_json() == plain.to_json()
    assert told[0] == 0 and told[-1] == 1 and told == sorted(told) and len(told) > 4

    def stop(share):
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        compare(models, dataset, draws=DRAWS, step=stop)


def test_figures_say_of_how_many_films_they_are():
    """A mean of classes is of the exactly labelled films, not of all."""
    dataset = films(60)
    models = [contender("a", dataset), contender("b", dataset, seed=2)]
    table = dataset.table.copy()
    viral = table.index[table["label"] == "VIRAL"][:5]
    table.loc[viral, "label"] = "PNEUMONIA"
    text = figures_csv(compare(models, type(dataset)(table, dataset.store), draws=50))
    kinds = int(table["label"].isin(["BACTERIAL", "VIRAL"]).sum())
    rows = {tuple(row[:3]): row[-1] for row in csv.reader(StringIO(text)) if len(row) == 7}
    for against, delta in (("", ""), ("b", "delta ")):
        found = [
            rows["a", against, f"{delta}{name}"]
            for name in ("auc", "macro_f1", "bacterial_vs_viral_auc")
        ]
        assert found == ["60", "55", str(kinds)]
