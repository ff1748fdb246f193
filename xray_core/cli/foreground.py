"""Trainings in the foreground: progress on standard error, and a run in MLflow."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from xray_core.cli.model_name import command_of
from xray_core.cli.output import progress
from xray_core.cli.run_choice import as_asked
from xray_core.cli.training_progress import (
    log,
    show_epoch,
    show_segmenter_epoch,
    step_bar,
    together,
)

if TYPE_CHECKING:
    from xray_core.training.average.config import AverageConfig
    from xray_core.training.config import TrainingConfig
    from xray_core.training.fold_result import CrossValidation
    from xray_core.training.on_bundles import OnBundles
    from xray_core.training.segmenter.fit import SegmenterEpoch

COMMAND = "train"


def train_network(config: "TrainingConfig") -> Path:
    """Train a network as a command does, with its progress on standard error and a run in MLflow.

    Raises:
        XrayError: as `training.run.train`.
    """
    from xray_core.tracking.recorded import recorded
    from xray_core.training.free_name import written_by
    from xray_core.training.run import train as run

    with written_by(command_of(config)), recorded(config, COMMAND, log) as record:
        folder = run(
            config,
            on_load=progress("Films read:"),
            on_films=record.on_films,
            on_epoch=together(show_epoch, record.on_epoch),
            on_step=step_bar(),
            log=log,
        )
        record.bundle(folder)
        record.predictions(config, folder)
    return folder


def cross_validate(config: "TrainingConfig", folds: int) -> "CrossValidation":
    """Cross-validate a run as a command does.

    Raises:
        XrayError: as `training.folds.cross_validate`.
    """
    from xray_core.tracking.recorded import recorded
    from xray_core.training.fold_runs import fold_of
    from xray_core.training.folds import cross_validate as run

    with recorded(fold_of(config, 1, folds), f"{COMMAND} --folds", log) as record:
        return run(
            config,
            folds,
            on_load=progress("Films read:"),
            on_films=record.in_folds,
            on_epoch=together(show_epoch, record.on_epoch),
            on_step=step_bar(),
            on_fold=record.on_fold,
            log=log,
        )


def _train_segmenter(config: Path, name: str | None, release: bool) -> Path:
    from xray_core.training.segmenter.config import SegmenterConfig

    settings = as_asked(SegmenterConfig.read(config), name, release)
    from xray_core.tracking.recorded import recorded
    from xray_core.training.free_name import written_by
    from xray_core.training.segmenter.run import train_segmenter as run

    with written_by(command_of(settings)), recorded(settings, COMMAND, log) as record:

        def note(epoch: "SegmenterEpoch", epochs: int) -> None:
            record.begin()
            record.on_epoch(epoch, epochs)

        bar, show = progress("Films read:"), together(show_segmenter_epoch, note)
        folder = run(settings, on_load=bar, on_epoch=show, log=log)
        record.begin()  # no epoch was left where it was killed after the last one
        record.bundle(folder)
    return folder


def _train_classical(config: Path, name: str | None, release: bool) -> Path:
    from xray_core.training.classical.config import ClassicalConfig

    settings = as_asked(ClassicalConfig.read(config), name, release)
    from xray_core.training.classical.run import train_classical as run

    return _from_bundles(settings, run)


def _train_average(config: Path, name: str | None, release: bool) -> Path:
    from xray_core.training.average.config import AverageConfig

    return _average(as_asked(AverageConfig.read(config), name, release))


def _average(settings: "AverageConfig") -> Path:
    """Make an average, and before it what it needs that is not installed."""
    from xray_core.training.average.run import train_average as run
    from xray_core.training.config import TrainingConfig
    from xray_core.training.free_name import check_free, written_by
    from xray_core.training.release import bundle_folder

    settings.check()  # before an hour of training, not after it
    with written_by(command_of(settings)):
        check_free(bundle_folder(settings), "classifier")
    while missing := settings.missing():  # what is made first may have made others
        first = missing[0]
        log(f"{settings.name} needs {first.name}, which is not installed and is made first.")
        if isinstance(first, TrainingConfig):
            train_network(as_asked(first, None, release=False))
        else:
            _average(as_asked(first, None, release=False))
    return _from_bundles(settings, run)


def _from_bundles(settings: "OnBundles", run: Callable[..., Path]) -> Path:
    from xray_core.tracking.recorded import recorded
    from xray_core.training.free_name import written_by

    with written_by(command_of(settings)), recorded(settings, COMMAND, log) as record:
        folder = run(settings, on_load=progress("Films read:"), on_films=record.on_films, log=log)
        record.bundle(folder)
        record.predictions(settings, folder)
    return folder


KINDS = {"segmenter": _train_segmenter, "classical": _train_classical, "average": _train_average}
"""What a configuration file may be of, beside a network."""
