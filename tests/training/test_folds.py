"""Cross-validation tests every patient once, and says how the figures spread."""

import json
from pathlib import Path
from statistics import mean, stdev

import pytest

from xray_core.errors import ConfigError
from xray_core.training.config import TrainingConfig
from xray_core.training.folds import cross_validate


@pytest.fixture
def config(quick_config: TrainingConfig) -> TrainingConfig:
    return quick_config.changed({"network": "ann-10", "epochs": 1})


def test_every_film_is_tested_once_and_no_bundle_is_written(
    home: Path, config: TrainingConfig
) -> None:
    seen: list[int] = []
    result = cross_validate(config, 2, on_fold=lambda fold, _: seen.append(fold.fold))
    assert seen == [1, 2]
    assert sum(fold.films for fold in result.folds) == 120
    assert not list((home / "bundles").glob("*"))
    aucs = [fold.metrics["auc"] for fold in result.folds]
    assert result.mean["auc"] == pytest.approx(mean(aucs))
    assert result.spread["auc"] == pytest.approx(stdev(aucs))
    out = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert [fold["fold"] for fold in out["folds"]] == [1, 2]
    assert any(line.startswith("auc ") for line in result.in_words())

    again: list[int] = []
    assert cross_validate(config, 2, on_epoch=lambda r, _: again.append(r.epoch)) == result
    assert not again


def test_one_fold_is_none(home: Path, config: TrainingConfig) -> None:
    with pytest.raises(ConfigError, match="allowed are 2 to 20"):
        cross_validate(config, 1)
