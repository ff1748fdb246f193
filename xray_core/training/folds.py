"""Cross-validation: the same run on k divisions of the patients, each patient tested once."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from statistics import mean, stdev
from typing import Any

from xray_core.errors import ConfigError
from xray_core.labels import task_named
from xray_core.settings import settings
from xray_core.training.calibrate import calibrate
from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import best_of
from xray_core.training.film_reader import Progress
from xray_core.training.films import INTERNAL_TEST, VALIDATION, load_films
from xray_core.training.fit import OnEpoch, check_network, fit, logits
from xray_core.training.lock import exclusive
from xray_core.training.run import check_films, check_taught, name_finder
from xray_core.training.scores import score_roles
from xray_core.training.steps import OnStep

MOST = 20
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

    def in_words(self) -> list[str]:
        """Return a line for each figure: mean, spread, and the folds in turn."""
        return [
            f"{name:<12} {_decimal(self.mean[name])} ± {_decimal(self.spread[name])}   "
            + "  ".join(_decimal(fold.metrics[name]) for fold in self.folds)
            for name in FIGURES
        ]


def cross_validate(
    config: TrainingConfig,
    folds: int = 5,
    *,
    on_load: Progress | None = None,
    on_epoch: OnEpoch | None = None,
    on_step: OnStep | None = None,
    on_fold: Callable[[FoldResult, int], None] | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> CrossValidation:
    """Train once for each fold of the patients, and test on the fold; no bundle is written.

    Called again after an interruption, it goes on from the last epoch of the last fold.

    Args:
        config: the run; its division is replaced, but for the seed and the share of validation.
        folds: how many, 2 to 20.
        on_load: called with the films read so far and their number, for each fold.
        on_epoch: called with the record of each epoch and the number of epochs.
        on_step: called within each epoch, see `steps`.
        on_fold: called with each fold that is done and the number of folds.
        log: called with a sentence at each stage.

    Raises:
        ConfigError: the configuration does not hold together.
        DatasetError: there are fewer patients than folds, or as `training.run.train`.
        TrainingError: as `training.run.train`.
    """
    if not 2 <= folds <= MOST:
        raise ConfigError(f"{folds} folds; allowed are 2 to {MOST}.")
    done: list[FoldResult] = []
    with exclusive(settings().home / "runs" / config.name):
        check_network(config)
        for number in range(1, folds + 1):
            log(f"Fold {number} of {folds}.")
            one = _of_fold(config, number, folds)
            one.check()
            done.append(_train_fold(name_finder(one), on_load, on_epoch, on_step))
            if on_fold:
                on_fold(done[-1], folds)
    return _summary(config, done)


def _of_fold(config: TrainingConfig, number: int, folds: int) -> TrainingConfig:
    division = config.division.model_dump() | {"by": "folds", "fold": number, "folds": folds}
    changes = {"division": division, "manifest": None, "champion": False}
    name = f"{config.name[:50]}-fold-{number}"
    return config.changed(changes | {"name": name})


def _train_fold(
    config: TrainingConfig,
    on_load: Progress | None,
    on_epoch: OnEpoch | None,
    on_step: OnStep | None,
) -> FoldResult:
    films = load_films(config, on_load)
    check_films(films, config)
    check_taught(films, config)
    workdir = settings().home / "runs" / config.name
    with exclusive(workdir):
        model, history = fit(config, films, workdir, on_epoch, on_step)
        network = partial(_network, model)
        temperature, point = calibrate(network, films[VALIDATION], config)
        task = task_named(config.task)
        scored = score_roles(films, network, temperature, task, point.threshold)[INTERNAL_TEST]
    return FoldResult(
        fold=config.division.fold,
        films=len(films[INTERNAL_TEST]),
        epochs=len(history),
        best_epoch=best_of(config, history).epoch,
        threshold=point.threshold,
        metrics={name: scored[name] for name in FIGURES},
    )


def _network(model: Any, inputs: Any) -> Any:
    return logits(model, inputs[..., 0])


def _summary(config: TrainingConfig, done: list[FoldResult]) -> CrossValidation:
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
