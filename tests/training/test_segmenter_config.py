"""A configuration of a lung finder that cannot be is refused, and what is wrong is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from xray_core.bundle import Preprocessing
from xray_core.errors import ConfigError
from xray_core.training.segmenter.config import SegmenterConfig

COMMITTED = Path(__file__).parents[2] / "configs" / "lungs.json"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"input_size": 33}, "input_size"),
        ({"network": "residual"}, "network"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_setting_that_is_not_valid_is_named(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(json.loads(COMMITTED.read_text()) | change))
    with pytest.raises(ConfigError, match=message):
        SegmenterConfig.read(path)


def test_settings_that_do_not_hold_together_are_refused() -> None:
    config = SegmenterConfig.read(COMMITTED)
    children, adults, without_masks = config.data[:3]
    half_stated = without_masks.model_copy(update={"heart": "inside"})
    for wrong in (
        {"data": (children, children)},
        {"data": (without_masks, adults)},
        {"data": (children, half_stated)},
        {"films_per_epoch": 4},
        {"preprocessing": Preprocessing(longest=320)},
    ):
        with pytest.raises(ConfigError):
            config.model_copy(update=wrong).check()
