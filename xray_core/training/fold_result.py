"""What a cross-validation gave, as plain values: every fold, their mean and their spread."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean, stdev
from typing import Any

from xray_core.training.config import TrainingConfig

STATED = ("fold", "films", "epochs", "best_epoch", "threshold")
FIGURES = ("auc", "accuracy", "sensitivity", "specificity", "ece", "brier", "loss")


@dataclass(frozen=True)
class FoldResult:
    """One fold, whose patients were tested by a network that had not seen them.

    Attributes:
        fold: from 1.
        films: films tested.
        epochs: epochs trained.
        best_epoch: the one whose weights were tested.
        threshold: chosen on validation patients of the other folds.
        metrics: the figures on the fold's films; None where one is undefined.
    """

    fold: int
    films: int
    epochs: int
    best_epoch: int
    threshold: float
    metrics: dict[str, float | None]


@dataclass(frozen=True)
class CrossValidation:
    """All folds, their mean and their spread.

    Attributes:
        name: of the run.
        network: that was trained.
        seed: of the division into folds.
        folds: one after the other.
        mean: of each figure over the folds where it is defined; None where it is in none.
        spread: standard deviation of each figure over the folds (n − 1); None for fewer than two.
    """

    name: str
    network: str
    seed: int
    folds: tuple[FoldResult, ...]
    mean: dict[str, float | None]
    spread: dict[str, float | None]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON types."""
        return asdict(self) | {"folds": [asdict(fold) for fold in self.folds]}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "CrossValidation":
        """Return what `to_json` was made of."""
        folds = tuple(FoldResult(**fold) for fold in content["folds"])
        return cls(**(content | {"folds": folds}))

    def to_csv(self) -> str:
        """Return a row for each fold, one for the mean and one for the spread."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow([*STATED, *FIGURES])
        for fold in self.folds:
            stated = [getattr(fold, name) for name in STATED]
            table.writerow([*stated, *(fold.metrics[name] for name in FIGURES)])
        for word, figures in (("mean", self.mean), ("spread", self.spread)):
            empty = [""] * (len(STATED) - 1)
            table.writerow([word, *empty, *(figures[name] for name in FIGURES)])
        return text.getvalue()

    def in_words(self) -> list[str]:
        """Return a line for each figure: mean, spread, and the folds in turn."""
        return [
            f"{name:<12} {_decimal(self.mean[name])} ± {_decimal(self.spread[name])}   "
            + "  ".join(_decimal(fold.metrics[name]) for fold in self.folds)
            for name in FIGURES
        ]


def summary(config: TrainingConfig, done: Sequence[FoldResult]) -> CrossValidation:
    """Return folds with their mean and spread, also while there are more to come."""
    known = {
        name: [v for fold in done if (v := fold.metrics[name]) is not None] for name in FIGURES
    }
    return CrossValidation(
        name=config.name,
        network=config.network,
        seed=config.division.seed,
        folds=tuple(done),
        mean={name: mean(values) if values else None for name, values in known.items()},
        spread={name: stdev(v) if len(v) > 1 else None for name, v in known.items()},
    )


def _decimal(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
