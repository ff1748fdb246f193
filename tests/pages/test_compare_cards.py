"""What the card of a film says of each model's opinion on it."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pages.components.compare_films import _opinion
from xray_core.evaluation.scoring import FilmScore
from xray_core.inference.prediction import Status
from xray_core.labels import BINARY


def model(p: float, threshold: float, *, abstain: bool = False) -> Any:
    score = FilmScore(Status.OK, probabilities=(1 - p, p), abstain=abstain)
    manifest = SimpleNamespace(task=BINARY, operating_point=SimpleNamespace(threshold=threshold))
    return SimpleNamespace(
        name="tiny",
        rows=np.array([True]),
        contender=SimpleNamespace(scores=[score], manifest=manifest),
        measured=SimpleNamespace(opinions=SimpleNamespace(right=np.array([True]))),
    )


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.9998, "pneumonia, over 99.9 %"),
        (0.0001, "normal, under 0.1 %"),
        (0.20404, "pneumonia, 20.404 %"),
        (0.62, "pneumonia, 62.0 %"),
    ],
)
def test_no_opinion_is_rounded_to_certainty_or_onto_the_threshold(p: float, said: str) -> None:
    assert _opinion(model(p, 0.2040), 0).endswith(f" {said}")


def test_a_film_on_which_diagnose_says_nothing_is_marked() -> None:
    assert _opinion(model(0.97, 0.2, abstain=True), 0).endswith("pneumonia, 97.0 % · abstains")
    assert "abstains" not in _opinion(model(0.97, 0.2), 0)
