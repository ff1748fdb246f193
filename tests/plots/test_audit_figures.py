"""The figures of a data set say in words what their colours say."""

import numpy as np
import pandas as pd
import pytest

from xray_core.datasets.audit import Audit, Probe, Verdict
from xray_core.plots.audit_counts import count_figure
from xray_core.plots.audit_looks import intensity_figure, size_figure
from xray_core.plots.audit_means import mean_figure
from xray_core.plots.audit_probes import probe_figure


def probe(name, auc, verdict):
    interval = None if auc is None else (auc - 0.02, min(1.0, auc + 0.02))
    return Probe(name=name, title=name, auc=auc, interval=interval, contrast="NORMAL against the "
                 "rest", verdict=verdict)  # fmt: skip


def audit_of(*probes):
    return Audit(
        source="s", films=1, classes={}, splits={}, patients=1, exact_groups=0, exact_pairs=0,
        near_pairs=0, pairs=(), leaks=(), probes=probes, findings=(), verdict=Verdict.FINE,
        seconds=0, versions={},
    )  # fmt: skip


def test_every_probe_has_a_bar_a_number_and_a_word():
    figure = probe_figure(
        audit_of(
            probe("border", 0.983, Verdict.SERIOUS),
            probe("sharpness", 0.7, Verdict.WARNING),
            probe("file", 0.45, Verdict.FINE),
            probe("markers", None, Verdict.WARNING),
        )
    )
    bars, intervals, words = figure.data
    assert list(bars.y) == ["Outer border alone", "Sharpness", "File size and format"]
    assert bars.x[0] == pytest.approx(0.483) and bars.x[2] == 0
    assert list(intervals.x) == [0.983, 0.7, 0.45]  # below chance too
    lowest = min(
        x - down for x, down in zip(intervals.x, intervals.error_x.arrayminus, strict=True)
    )
    assert figure.layout.xaxis.range[0] < lowest
    assert [text.split() for text in words.text] == [
        ["0.983", "serious"],
        ["0.700", "warning"],
        ["0.450", "fine"],
    ]


def test_without_a_measured_probe_there_is_no_figure():
    assert probe_figure(audit_of(probe("border", None, Verdict.WARNING))) is None


def test_counts_are_drawn_by_split_and_class_with_their_numbers():
    table = pd.DataFrame(
        {"label": ["NORMAL", "NORMAL", "VIRAL", ""], "split": ["train", "test", "train", "train"]}
    )
    figure = count_figure(table)
    assert {bar.name: (list(bar.x), list(bar.y)) for bar in figure.data} == {
        "Normal": (["train", "test"], [1, 1]),
        "Viral pneumonia": (["train", "test"], [1, 0]),
        "Without a class": (["train", "test"], [1, 0]),
    }


def test_mean_films_are_drawn_in_the_order_of_classes_with_differences_below():
    means = {name: np.full((8, 8), v, np.float32) for name, v in (("VIRAL", 0.6), ("NORMAL", 0.4))}
    figure = mean_figure(means | {"": np.zeros((8, 8), np.float32)})
    titles = [a.text for a in figure.layout.annotations]
    assert titles == ["Normal", "Viral pneumonia", "Viral pneumonia − Normal"]
    assert [len(figure.data), float(figure.data[-1].z[0][0])] == [3, pytest.approx(0.2)]
    assert figure.data[-1].zmid == 0


def test_one_class_has_a_mean_film_and_no_difference():
    figure = mean_figure({"NORMAL": np.zeros((8, 8), np.float32)})
    assert len(figure.data) == 1
    assert mean_figure({"": np.zeros((8, 8), np.float32)}) is None


@pytest.fixture
def facts():
    return pd.DataFrame(
        {
            "state": ["read", "read", "read", "unreadable"],
            "width": [100, 200, 300, 0],
            "height": [110, 210, 310, 0],
            "mean": [0.2, 0.4, 0.6, 0.0],
            "spread": [0.1, 0.1, 0.1, 0.0],
            "sharpness": [3.0, 4.0, 5.0, 0.0],
        }
    )


LABELS = pd.Series(["NORMAL", "NORMAL", "VIRAL", "VIRAL"])


def test_sizes_are_those_of_films_that_were_read(facts):
    normal, viral = size_figure(facts, LABELS).data
    assert (list(normal.x), list(normal.y)) == ([100, 200], [110, 210])
    assert list(viral.x) == [300]


@pytest.mark.parametrize("what", ["mean", "spread", "sharpness"])
def test_the_spread_of_each_class_sums_to_one(facts, what):
    for line in intensity_figure(facts, LABELS, what).data:
        assert sum(line.y) == pytest.approx(1)


def test_a_measure_that_is_none_is_refused(facts):
    with pytest.raises(ValueError, match="'height' is none of mean, spread, sharpness"):
        intensity_figure(facts, LABELS, "height")


def test_a_set_without_a_readable_film_is_drawn_empty(facts):
    nothing = facts.assign(state="unreadable")
    assert len(size_figure(nothing, LABELS).data) == 0
    assert len(intensity_figure(nothing, LABELS).data) == 0
