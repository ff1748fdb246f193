"""What a search may try, and how its trials are written down."""

import csv
from io import StringIO

import pytest

from xray_core.networks.registry import NETWORKS
from xray_core.training.config import TrainingConfig
from xray_core.training.search_result import SearchResult, TrialResult
from xray_core.training.search_space import Choice, Range, suggest_space, with_settings


def test_no_reason_of_a_trial_that_failed_is_a_formula_in_its_table() -> None:
    failed = TrialResult(0, "failed", None, 0, {"optimiser": "adam"}, 1.0, "=1+1 is no rate.")
    found = SearchResult("x", "tpe", (failed,), {}, None, None)
    _, row = csv.reader(StringIO(found.to_csv()))
    assert row[-1] == "'=1+1 is no rate."


def test_what_is_tried_is_said_in_words() -> None:
    space = (
        Range("rate", 1e-4, 1e-1, log=True),
        Choice("optimiser", ("adam", "sgd")),
        Range("augmentation.zoom", 0.0, 0.2),
    )
    assert [one.in_words() for one in space] == [
        "rate 0.0001 to 0.1",
        "optimiser adam or sgd",
        "zoom 0 to 0.2",
    ]


@pytest.mark.parametrize("name", [spec.name for spec in NETWORKS])
def test_every_network_has_a_space_whose_corners_are_valid(
    quick_config: TrainingConfig, name: str
) -> None:
    start = "imagenet" if name == "resnet50" else "random"
    config = quick_config.changed({"network": name, "start": start})
    space = suggest_space(config)
    for end in (0, -1):
        corner = {one.setting: one.grid()[end] for one in space}
        assert with_settings(config, corner).rate == pytest.approx(corner["rate"])
    assert ("transfer" in {one.setting for one in space}) == (name == "resnet50")
