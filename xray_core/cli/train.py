"""`train`: from a configuration, or a folder of films, to a bundle."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.output import Json, print_json, print_notice, print_text, progress
from xray_core.cli.run_choice import (
    ConfigFile,
    Epochs,
    Folders,
    ManifestFile,
    Name,
    Network,
    PresetName,
    Release,
    Seed,
    as_asked,
    choose_run,
    refuse_beside_config,
)
from xray_core.cli.training_progress import log, show_epoch, show_segmenter_epoch, step_bar

if TYPE_CHECKING:
    from xray_core.training.config import TrainingConfig


def train(
    folders: Folders = None,
    config: ConfigFile = None,
    network: Network = None,
    preset: PresetName = None,
    manifest: ManifestFile = None,
    name: Name = None,
    epochs: Epochs = None,
    seed: Seed = None,
    folds: Annotated[
        int | None,
        typer.Option(metavar="K", help="Cross-validate over K folds of the patients instead."),
    ] = None,
    release: Release = False,
    json: Json = False,
) -> None:
    """Train a network on labelled films, or as a configuration says.

    With folders, everything that is not given is chosen to suit the films: task, division of the
    patients, epochs, operating point. A configuration names all of it, its data folders included;
    it may also be one of a segmenter that finds the lungs, of trees or logistic regression on a
    model's features, or of the averaged weights of several models. The result is a bundle with its
    card. The same configuration, data and seed give the same run. A run that was interrupted goes
    on when the command is given again. Progress goes to standard error.

    \b
    Examples:
      python -m xray_core train my-films --network residual
      python -m xray_core train my-films --preset cnn-separable --json
      python -m xray_core train my-films --network cnn-deep --folds 5
      python -m xray_core train --config configs/bundled.json --name kerley-again

    \b
    With --json, one object on one line:
      name, bundle (its folder), network, epochs, threshold, and metrics {films: {auc, auc_ci, …}}
      of validation, stressed_validation and internal_test; with a preset, published (its figures
      beside those of this run, and which films each is of);
      with --folds: name, folds [{fold, films, epochs, best_epoch, metrics}], mean, spread
    """
    from xray_core.training.config_file import kind_of

    if config is not None and (run_as_stated := KINDS.get(kind_of(config) or "")):
        refuse_beside_config(folders, network, preset, manifest, epochs, seed, folds)
        _report(run_as_stated(config, name, release), json)
        return
    chosen = choose_run(
        folders,
        config,
        network,
        preset,
        name,
        manifest=manifest,
        release=release,
        new_model=folds is None,
        epochs=epochs,
        seed=seed,
    )
    if folds is not None:
        _cross_validate(chosen, folds, json)
        return
    from xray_core.training.run import train as run

    bar = progress("Films read:")
    folder = run(chosen, on_load=bar, on_epoch=show_epoch, on_step=step_bar(), log=log)
    _report(folder, json)


def _train_segmenter(config: Path, name: str | None, release: bool) -> Path:
    from xray_core.training.segmenter.config import SegmenterConfig

    settings = as_asked(SegmenterConfig.read(config), name, release)
    from xray_core.training.segmenter.run import train_segmenter as run

    bar = progress("Films read:")
    return run(settings, on_load=bar, on_epoch=show_segmenter_epoch, log=log)


def _train_classical(config: Path, name: str | None, release: bool) -> Path:
    from xray_core.training.classical.config import ClassicalConfig

    settings = as_asked(ClassicalConfig.read(config), name, release)
    from xray_core.training.classical.run import train_classical as run

    return run(settings, on_load=progress("Films read:"), log=log)


def _train_average(config: Path, name: str | None, release: bool) -> Path:
    from xray_core.training.average.config import AverageConfig

    settings = as_asked(AverageConfig.read(config), name, release)
    from xray_core.training.average.run import train_average as run

    return run(settings, on_load=progress("Films read:"), log=log)


KINDS = {"segmenter": _train_segmenter, "classical": _train_classical, "average": _train_average}
"""What a configuration file may be of, beside a network."""


def _cross_validate(config: "TrainingConfig", folds: int, json: bool) -> None:
    from xray_core.training.folds import cross_validate

    bar = progress("Films read:")
    result = cross_validate(
        config, folds, on_load=bar, on_epoch=show_epoch, on_step=step_bar(), log=log
    )
    if json:
        print_json(result.to_json())
        return
    print_text(result.in_words())
    print_notice()


def _report(folder: Path, json: bool) -> None:
    if not json:
        print_text([str(folder)])
        print_notice()
        return
    from xray_core.bundle import BundleManifest
    from xray_core.training.beside_published import beside_published

    manifest = BundleManifest.read(folder)
    points, published = manifest.operating_points, beside_published(manifest)
    print_json(
        {
            "name": manifest.name,
            "bundle": str(folder),
            "network": manifest.network,
            "epochs": len(manifest.training.get("history", [])),
            "threshold": points[0].threshold if points else None,
            "metrics": manifest.metrics,
            **({"published": published.to_json()} if published else {}),
        }
    )
