"""Cross-validation tests every patient once, and says how the figures spread."""

import json
from pathlib import Path
from statistics import mean, stdev

import pytest

from xray_core.errors import ConfigError
from xray_core.training.config import TrainingConfig
from xray_core.training.fold_result import FIGURES, CrossValidation, FoldResult
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


@pytest.mark.parametrize("folds", [0, 1, 21])
def test_too_few_and_too_many_folds_are_refused(
    home: Path, config: TrainingConfig, folds: int
) -> None:
    with pytest.raises(ConfigError, match="allowed are 2 to 20"):
        cross_validate(config, folds)


def test_what_is_kept_of_it_comes_back_and_is_a_table() -> None:
    figures = dict.fromkeys(FIGURES, 0.5)
    folds = [
        FoldResult(1, 10, 3, 2, 0.4, figures | {"auc": 0.9}),
        FoldResult(2, 11, 3, 3, 0.5, figures | {"auc": 0.7, "ece": None}),
    ]
    found = CrossValidation("x", "ann-10", 7, tuple(folds), dict(figures), dict(figures))
    assert CrossValidation.from_json(json.loads(json.dumps(found.to_json()))) == found
    header, *rows = [line.split(",") for line in found.to_csv().splitlines()]
    assert header[:6] == ["fold", "films", "epochs", "best_epoch", "threshold", "auc"]
    assert [row[0] for row in rows] == ["1", "2", "mean", "spread"]
    assert [row[5] for row in rows] == ["0.9", "0.7", "0.5", "0.5"]
    assert rows[1][header.index("ece")] == ""
