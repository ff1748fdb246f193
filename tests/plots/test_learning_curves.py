"""Learning curves show every figure of every epoch, under words a person knows."""

from xray_core.plots.learning_curves import learning_curves


def row(epoch, **figures):
    return {"epoch": epoch, "time": 1e9, **figures}


ROWS = [
    row(1, loss=0.9, validation_loss=0.8, stressed_loss=0.85, validation_auc=0.7, rate=1e-3),
    row(2, loss=0.7, validation_loss=0.6, stressed_loss=0.65, validation_auc=0.9, rate=5e-4),
]


def test_figures_of_one_kind_share_a_panel_under_their_names():
    figure = learning_curves(ROWS, epochs=10)
    assert [a.text for a in figure.layout.annotations] == ["Loss", "AUC", "Learning rate"]
    lines = {(trace.xaxis, trace.name): list(trace.y) for trace in figure.data}
    assert lines == {
        ("x", "Training"): [0.9, 0.7],
        ("x", "Stressed validation"): [0.85, 0.65],
        ("x", "Validation"): [0.8, 0.6],
        ("x2", "Validation"): [0.7, 0.9],
        ("x3", "Training"): [1e-3, 5e-4],
    }


def test_each_name_stands_once_in_the_legend():
    figure = learning_curves(ROWS, epochs=10)
    shown = [trace.name for trace in figure.data if trace.showlegend]
    assert sorted(shown) == ["Stressed validation", "Training", "Validation"]


def test_the_axis_has_room_for_the_epochs_to_come_and_ends_with_the_run():
    for epochs, end in ((5, 5.5), (10, 10.5), (400, 10.5)):
        assert list(learning_curves(ROWS, epochs).layout.xaxis.range) == [0.5, end]
    many = [row(n, loss=0.5) for n in range(1, 101)]
    assert list(learning_curves(many, 400).layout.xaxis.range) == [0.5, 200.5]


def test_a_share_that_stays_the_same_is_drawn_below_one():
    figure = learning_curves([row(n, loss=1, validation_recall=1.0) for n in (1, 2)], 2)
    assert list(figure.layout.yaxis2.range) == [0.95, 1.01]


def test_a_figure_that_some_epochs_lack_is_drawn_where_it_is():
    rows = [*ROWS, row(3, loss=0.5, validation_recall=0.75, unheard_of=3.0)]
    traces = learning_curves(rows, epochs=3).data
    recall = next(trace for trace in traces if list(trace.y) == [0.75])
    assert list(recall.x) == [3]
    assert not any(3.0 in trace.y for trace in traces)
