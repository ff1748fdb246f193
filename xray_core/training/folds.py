"""Cross-validation: the same run on k divisions of the patients, each patient tested once."""

from collections.abc import Callable
from functools import partial
from typing import Any

from xray_core.labels import task_named
from xray_core.training.calibrate import calibrate
from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import best_of
from xray_core.training.film_reader import Progress
from xray_core.training.films import INTERNAL_TEST, VALIDATION, OnFilms, load_films
from xray_core.training.fit import OnEpoch, check_network, fit, logits
from xray_core.training.fold_result import FIGURES, CrossValidation, FoldResult, summary
from xray_core.training.fold_runs import fold_folder, fold_of, folds_folder
from xray_core.training.lock import exclusive
from xray_core.training.run import check_films, check_taught, name_finder
from xray_core.training.scores import score_roles
from xray_core.training.steps import OnStep


def cross_validate(
    config: TrainingConfig,
    folds: int = 5,
    *,
    on_load: Progress | None = None,
    on_films: OnFilms | None = None,
    on_epoch: OnEpoch | None = None,
    on_step: OnStep | None = None,
    on_fold: Callable[[FoldResult, int], None] | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> CrossValidation:
    """Train once for each fold of the patients, and test on the fold; no bundle is written.

    Called again after an interruption, it goes on from the last epoch of the last fold; the folds
    before it are scored again, but not trained again.

    Args:
        config: the run; its division is replaced, but for the seed and the share of validation.
        folds: how many, 2 to 20.
        on_load: called with the films read so far and their number, for each fold.
        on_films: called with the films of each fold by role, before anything is trained on them.
        on_epoch: called with the record of each epoch and the number of epochs.
        on_step: called within each epoch, see `steps`.
        on_fold: called with each fold that is done and the number of folds.
        log: called with a sentence at each stage.

    Raises:
        ConfigError: the configuration does not hold together.
        DatasetError: there are fewer patients than folds, or as `training.run.train`.
        TrainingError: as `training.run.train`.
    """
    done: list[FoldResult] = []
    runs = [name_finder(fold_of(config, number, folds)) for number in range(1, max(folds, 1) + 1)]
    with exclusive(folds_folder(config.name)):
        check_network(config)
        for run in runs:
            run.check()
            log(f"Fold {run.division.fold} of {folds}.")
            done.append(_train_fold(run, on_load, on_films, on_epoch, on_step, log))
            if on_fold:
                on_fold(done[-1], folds)
    return summary(config, done)


def _train_fold(
    config: TrainingConfig,
    on_load: Progress | None,
    on_films: OnFilms | None,
    on_epoch: OnEpoch | None,
    on_step: OnStep | None,
    log: Callable[[str], None],
) -> FoldResult:
    films = load_films(config, on_load, log)
    if on_films:
        on_films(films)
    check_films(films, config)
    check_taught(films, config)
    workdir = fold_folder(config.name, config.division.fold)
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
