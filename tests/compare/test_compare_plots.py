"""Every chart of a comparison tells the models apart without colour, and says what is undefined."""

from dataclasses import replace

import numpy as np
import pytest
from contenders import contender, films

from xray_core.evaluation.by_class import by_class, class_matrix
from xray_core.evaluation.comparison import compare
from xray_core.evaluation.measured import confusion
from xray_core.explain.explanation import Explanation
from xray_core.explain.lime import LimeSettings
from xray_core.imaging.geometry import InputGeometry
from xray_core.labels import CLASSES
from xray_core.plots.compare_confusion import Matrix, confusion_figure, matrices_figure
from xray_core.plots.compare_cost import cost_figure
from xray_core.plots.compare_curves import (
    call_all,
    decision_figure,
    precision_recall_figure,
    reliability_figure,
    roc_figure,
)
from xray_core.plots.compare_explanations import (
    difference_on_film,
    explanation_on_scale,
    shared_limit,
    weight_on_film,
)
from xray_core.plots.compare_style import STYLES
from xray_core.plots.compare_training import figures_recorded, training_figure
from xray_core.plots.compare_words import errors_of_a_hundred, no_class_in_words, rounded
from xray_core.plots.film import Screen
from xray_core.plots.lime_look import Look


@pytest.fixture(scope="module")
def models():
    dataset = films(100)
    made = [contender("first", dataset), contender("second", dataset, seed=2, skill=2.5)]
    return compare(made, dataset, draws=100).models


def lines(figure):
    return [t for t in figure.data if t.name and t.name.split(",")[0].split(" ")[0] in
            ("first", "second")]  # fmt: skip


def test_styles_differ_in_dash_and_mark_as_well_as_in_colour():
    for kind in ("colour", "dash", "symbol"):
        assert len({getattr(style, kind) for style in STYLES}) == len(STYLES)


def test_curves_have_a_dash_a_name_and_an_area_each(models):
    for figure in (
        roc_figure(models, [0.5, 0.5]),
        precision_recall_figure(models, [0.5, 0.5]),
        reliability_figure(models),
        decision_figure(models),
    ):
        assert [line.line.dash for line in lines(figure)] == ["solid", "9px,4px"]
    first = lines(roc_figure(models, [0.5, 0.5]))[0]
    assert f"AUC {models[0].measured['auc'].value:.3f} (" in first.name
    assert (first.x[0], first.y[0], first.x[-1], first.y[-1]) == (0, 0, 1, 1)


def test_what_is_left_of_the_auc_without_lungs_or_frame_stands_beside_it(models):
    found = models[0].measured.figures
    words = (
        f"lungs blanked {found['auc_lungs_blanked'].value:.2f}, "
        f"frame blanked {found['auc_frame_blanked'].value:.2f}"
    )
    assert words in lines(roc_figure(models, [0.5, 0.5]))[0].hovertemplate
    assert words in cost_figure(models, "latency").data[0].hovertemplate


def test_call_all_is_drawn_for_each_share_of_pneumonia():
    dataset = films(100)
    first = contender("first", dataset)
    same = compare([first, contender("second", dataset, seed=2)], dataset, draws=50).models
    assert list(call_all(same)) == ["call all pneumonia"]
    normal = [i for i, label in enumerate(dataset.table["label"]) if label == "NORMAL"][:10]
    less = contender("second", dataset, seed=2, seen=normal)
    models = compare([first, less], dataset, draws=50).models
    curves = call_all(models)
    assert list(curves) == [
        "call all pneumonia, films of first",
        "call all pneumonia, films of second",
    ]
    for model, curve in zip(models, curves.values(), strict=True):
        share = model.measured.opinions.truth.mean()
        at = np.searchsorted(curve.x, 0.5)
        assert curve.y[at] == pytest.approx(share - (1 - share) * curve.x[at] / (1 - curve.x[at]))


def test_a_matrix_of_classes_has_a_row_for_each_and_holds_every_exact_film(models):
    opinions = models[0].measured.opinions
    matrix = class_matrix(opinions)
    labels = [next(iter(label)) for label in opinions.labels]
    assert [sum(row) for row in matrix] == [labels.count(name) for name in CLASSES]
    rows = by_class(models[0].measured)
    assert [row.films for row in rows] == [sum(row) for row in matrix]
    for k, row in enumerate(rows):
        assert row.figures["recall"].value == pytest.approx(matrix[k][k] / row.films)
        assert row.figures["recall"].low < row.figures["recall"].high
    drawn = matrices_figure([Matrix("first", matrix, CLASSES, CLASSES)]).data[0]
    assert list(drawn.y) == list(CLASSES)
    assert drawn.text[1][1].startswith(f"<b>{matrix[1][1]}</b>")


def test_the_mark_stands_where_the_threshold_is(models):
    for threshold in (0.2, 0.8):
        marks = [t for t in roc_figure(models, [threshold] * 2).data if t.mode == "markers"]
        for mark, model in zip(marks, models, strict=True):
            (passed, alarms), (missed, found) = confusion(model.measured.opinions.at(threshold))
            assert mark.x[0] == pytest.approx(alarms / (passed + alarms))
            assert mark.y[0] == pytest.approx(found / (missed + found))


def test_a_model_that_has_seen_everything_is_drawn_as_undefined():
    dataset = films(30)
    knows = compare([contender("first", dataset, seen=range(30))], dataset, draws=50).models
    assert lines(roc_figure(knows, [0.5]))[0].name == "first (AUC undefined)"
    for figure in (precision_recall_figure(knows, [0.5]), reliability_figure(knows)):
        assert len(lines(figure)[0].x) == 0
    assert not lines(decision_figure(knows))
    assert not cost_figure(knows, "size").data


def test_legends_tell_how_many_films_each_model_is_drawn_of_where_these_differ(models):
    dataset = films(100)
    made = [contender("first", dataset), contender("second", dataset, seed=2, seen=range(7))]
    apart = compare(made, dataset, draws=50).models
    of = ["first, 100 of 100 films", "second, 93 of 100 films"]
    for draw in (roc_figure, precision_recall_figure):
        drawn = zip(lines(draw(apart, [0.5, 0.5])), of, strict=True)
        assert all(line.name.startswith(f"{words}, ") for line, words in drawn)
    for figure in (reliability_figure(apart), decision_figure(apart)):
        drawn = zip(lines(figure), of, strict=True)
        assert all(line.name.startswith(words) for line, words in drawn)
    assert "93 of 100 films" in cost_figure(apart, "size").data[1].text[0]
    for figure in (roc_figure(models, [0.5, 0.5]), decision_figure(models)):
        assert not any("films" in line.name for line in lines(figure))


def test_training_curves_show_what_each_model_recorded(models):
    trainings = [(m.name, m.contender.manifest.training) for m in models]
    trainings.append(("third", {}))
    assert figures_recorded([t for _, t in trainings]) == ["validation_auc", "loss"]
    figure = training_figure(trainings, "loss")
    assert [list(line.x) for line in figure.data] == [[1, 2, 3], [1, 2, 3], []]
    assert figure.data[2].name == "third (not recorded)"


def test_confusion_matrices_stand_side_by_side():
    figure = confusion_figure(
        [("first", 0.5, ((40, 10), (5, 45))), ("second", 0.3, ((30, 20), (0, 50)))]
    )
    assert figure.data[0].text[1][0] == "<b>5</b><br>10.0%"
    assert figure.data[1].text[1][1] == "<b>50</b><br>100.0%"
    assert list(figure.data[0].x) == ["called normal", "called pneumonia"]
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    assert {note.text for note in figure.layout.annotations} == {
        "<b>first</b> at 0.500",
        "<b>second</b> at 0.300",
    }


def test_a_share_reads_as_none_or_all_only_where_it_is():
    shares = confusion_figure([("first", 0.5, ((2999, 1), (0, 50)))]).data[0].text
    assert [cell.split("<br>")[1] for cell in shares[0]] == ["&gt; 99.9%", "&lt; 0.1%"]
    assert [cell.split("<br>")[1] for cell in shares[1]] == ["0.0%", "100.0%"]
    assert [rounded(v) for v in (0.0, 0.0004, 0.9994, 0.99963, 1 - 1e-9, 1.0)] == [
        "0.000", "< 0.001", "0.999", "> 0.999", "1.000", "1.000"
    ]  # fmt: skip
    assert rounded(0.99963, percent=True) == "> 99.9%"


def test_one_film_without_a_class_is_told_in_the_singular(models):
    first = models[0]
    assert no_class_in_words(first) == ""
    lacking = replace(first.contender, usable=np.arange(100) > 0)
    assert no_class_in_words(replace(first, contender=lacking)) == (
        "1 of the 100 films has a label that first has no class for; it is left out."
    )


def test_cost_against_quality(models):
    latency, size = cost_figure(models, "latency"), cost_figure(models, "size")
    assert [trace.x[0] for trace in latency.data] == [17.0, 18.0]
    assert [trace.x[0] for trace in size.data] == [1.048576, 1.048576]  # 2**20 bytes
    assert [trace.text[0].strip() for trace in size.data] == ["first", "second"]


@pytest.mark.parametrize(
    ("confusion_of", "words"),
    [
        (
            ((80, 20), (2, 98)),
            "Of 100 films with pneumonia, 2 are missed (2 of 100); of 100 without, 20 are called "
            "pneumonia (20 of 100).",
        ),
        (
            ((0, 1), (0, 300)),
            "Of 100 films with pneumonia, none is missed (0 of 300); of 100 without, 100 are "
            "called pneumonia (1 of 1).",
        ),
        (((0, 0), (1, 399)), "Of 100 films with pneumonia, fewer than 1 is missed (1 of 400)."),
        (((0, 0), (0, 0)), "No film is counted."),
    ],
)
def test_errors_in_words(confusion_of, words):
    assert errors_of_a_hundred(confusion_of) == words


def explanation(weights, side=4):
    segments = np.repeat(np.arange(len(weights)), side * side // len(weights))
    return Explanation(
        "LIME", "PNEUMONIA", segments.reshape(side, side).astype(np.int32),
        np.array(weights, float), 0.1, 0.8, 0.9, 100, 0.1, LimeSettings(),
    )  # fmt: skip


@pytest.fixture
def two():
    """One network that sees the whole film of 40 × 20 px, and one that sees its lower half."""
    whole = InputGeometry.whole((40, 20), 4), explanation([0.2, 0.1])
    half = InputGeometry((40, 20), (20, 0, 40, 20), 4), explanation([0.4, -0.3])
    return whole, half


def test_the_difference_is_that_of_the_weights_at_each_place(two):
    first, second = (weight_on_film(*one) for one in two)
    np.testing.assert_allclose(first[:20], 0.2)
    np.testing.assert_allclose(first[20:], 0.1)
    np.testing.assert_allclose(second[:20], 0)
    np.testing.assert_allclose(second[20:30], 0.4)
    screen = Screen(np.zeros((40, 20), np.float32), (40, 20), None, True, "film")
    limit = shared_limit(tuple(one for _, one in two))
    figure = difference_on_film(screen, *two, limit)
    (drawn,) = [trace for trace in figure.data if trace.type == "heatmap"]
    np.testing.assert_allclose(np.array(drawn.z), first - second)
    assert (limit, drawn.zmin, drawn.zmax) == (0.4, -0.8, 0.8)


def test_two_heat_maps_have_one_scale(two):
    screen = Screen(np.zeros((40, 20), np.float32), (40, 20), None, True, "film")
    bars = []
    for geometry, one in two:
        figure = explanation_on_scale(screen, geometry, one, Look("heat"), 0.4)
        bars += [t.marker.cmax for t in figure.data if t.type == "scatter" and t.marker.cmax]
    assert bars == [0.4, 0.4]


def test_a_large_film_is_subtracted_on_a_coarser_grid():
    geometry = InputGeometry.whole((2000, 1000), 4)
    assert max(weight_on_film(geometry, explanation([0.2, 0.1])).shape) <= 256
