"""`train`: from a configuration, or a folder of films, to a bundle."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.foreground import KINDS, cross_validate, train_network
from xray_core.cli.output import Json, print_json, print_notice, print_text
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
    choose_run,
    refuse_beside_config,
)
from xray_core.errors import ConfigError

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
    on when the command is given again. Each is a run in MLflow too, beside those of the page Train.
    Progress goes to standard error.

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
    if folds is not None:
        _refuse_beside_folds(manifest, release)
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
    _report(train_network(chosen), json)


def _refuse_beside_folds(manifest: Path | None, release: bool) -> None:
    """Refuse options that a cross-validation would leave unused.

    Raises:
        ConfigError: one of them was given.
    """
    options = (("--manifest", manifest is not None), ("--release", release))
    if given := [option for option, there in options if there]:
        raise ConfigError(
            f"{', '.join(given)} beside --folds, which divides the patients itself and keeps no "
            "model; allowed there are --network, --preset, --name, --epochs and --seed, or "
            "--config F with the last three."
        )


def _cross_validate(config: "TrainingConfig", folds: int, json: bool) -> None:
    result = cross_validate(config, folds)
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
