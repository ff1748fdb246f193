"""The figure of a search shows the loss of every trial that has one, and what it hung on."""

from xray_core.plots.search import BEST, LOSSES, SHARES, search_figure
from xray_core.training.search_result import SearchResult, TrialResult


def trial(number, state="complete", loss=0.5):
    return TrialResult(number, state, loss, 3, {"rate": 0.01 * (number + 1)}, 1.0)


def search(*trials, importances=None):
    return SearchResult("hunt", "tpe", trials, importances or {}, None, None)


TRIALS = (
    trial(0, loss=0.9),
    trial(1, "pruned", 1.2),
    trial(2, loss=0.4),
    trial(3, loss=0.6),
    trial(4, "failed", None),
    trial(5, "running", 0.1),
)


def test_trials_are_told_apart_by_shape_and_the_best_so_far_only_falls():
    traces = {trace.name: trace for trace in search_figure(search(*TRIALS)).data}
    assert (list(traces["Complete"].x), list(traces["Complete"].y)) == ([1, 3, 4], [0.9, 0.4, 0.6])
    assert (list(traces["Ended early"].x), list(traces["Ended early"].y)) == ([2], [1.2])
    assert list(traces[BEST].y) == [0.9, 0.4, 0.4]
    shapes = {trace.marker.symbol for trace in traces.values() if trace.mode == "markers"}
    assert len(shapes) == 2


def test_importances_stand_beside_the_trials_the_largest_on_top():
    found = search(*TRIALS, importances={"augmentation.zoom": 0.7, "label_smoothing": 0.3})
    figure = search_figure(found)
    assert [a.text for a in figure.layout.annotations] == [LOSSES, SHARES]
    bars = figure.data[-1]
    assert (list(bars.y), list(bars.x)) == (["label smoothing", "zoom"], [0.3, 0.7])


def test_nothing_is_drawn_while_no_trial_has_a_loss():
    assert search_figure(search(trial(0, "failed", None), trial(1, "waiting", None))) is None
