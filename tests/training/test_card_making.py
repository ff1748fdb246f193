"""The card says of crop, style and weights what they did, and nothing else."""

import pytest

from xray_core.bundle import LungsUsed, Preprocessing
from xray_core.training.card_making import _crop, _style, _weights
from xray_core.training.config import TrainingConfig


def _config(quick: TrainingConfig, **changes: object) -> TrainingConfig:
    data = [folder.model_copy(update={"weight": w}) for folder in quick.data for w in (1.0, 2.0)]
    quick = quick.model_copy(update={"data": tuple(data)})
    return quick.model_copy(update={"style_floor": 0.2, **changes})


def test_sampled_films_are_drawn_by_style_and_weight(quick_config: TrainingConfig) -> None:
    config = _config(quick_config, imbalance="sampling")
    assert "A film is drawn by the inverse" in _style(config)
    assert "are drawn from by weight" in _weights(config)


def test_films_that_all_come_once_are_not(quick_config: TrainingConfig) -> None:
    config = _config(quick_config, imbalance="focal", best="stressed")
    assert "drawn" not in _style(config)
    assert "epochs are compared a validation film counts by the inverse" in _style(config)
    assert _weights(config) == ""


def test_style_that_weighed_nothing_is_not_told(quick_config: TrainingConfig) -> None:
    config = _config(quick_config, imbalance="focal", best="validation")
    assert "style" not in _style(config)


@pytest.mark.parametrize(
    ("margin", "said"),
    [(0.02, "finds and 2% about it, or"), (-0.03, "finds less 3% of it on each side, or")],
)
def test_a_crop_says_what_it_adds_to_the_lungs_or_takes_from_them(margin: float, said: str) -> None:
    lungs = LungsUsed(name="finder", sha256="0" * 64)
    assert said in _crop(Preprocessing(crop="lungs", margin=margin, lungs=lungs))
