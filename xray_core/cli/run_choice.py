"""The run that a command is to train: of a configuration, or suggested for folders of films."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from xray_core.cli.audit_note import tell_audit
from xray_core.cli.model_name import check_name, under_own_name
from xray_core.errors import ConfigError

if TYPE_CHECKING:
    from xray_core.training.average.config import AverageConfig
    from xray_core.training.classical.config import ClassicalConfig
    from xray_core.training.config import TrainingConfig
    from xray_core.training.segmenter.config import SegmenterConfig

    AnyConfig = TypeVar(
        "AnyConfig", TrainingConfig, SegmenterConfig, ClassicalConfig, AverageConfig
    )

Folders = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[DIR…]", help="Labelled films: folders, .zip, .tar.gz or .npz."),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="F", help="JSON file, such as configs/bundled.json."),
]
Network = Annotated[
    str | None, typer.Option(metavar="NAME", help="Architecture (see `networks`), for DIR.")
]
PresetName = Annotated[
    str | None, typer.Option(metavar="P", help="Published run to repeat on the films in DIR.")
]
Name = Annotated[
    str | None, typer.Option(metavar="N", help="Name of the model; by default made up.")
]
ManifestFile = Annotated[
    Path | None,
    typer.Option(
        "--manifest",
        metavar="F",
        help="CSV that gives every patient a role, as `dataset split` writes it, for DIR.",
    ),
]
Release = Annotated[
    bool,
    typer.Option(
        "--release",
        help="For maintainers: write to the store that the configuration names, and make the model "
        "the default one there if it says so; otherwise it goes to your own store.",
    ),
]
Epochs = Annotated[int | None, typer.Option(metavar="N", help="Epochs, instead of the usual.")]
Seed = Annotated[int | None, typer.Option(metavar="N", help="Seed of the run.")]


def choose_run(
    folders: Sequence[Path] | None,
    file: Path | None,
    network: str | None,
    preset: str | None,
    name: str | None,
    *,
    manifest: Path | None = None,
    release: bool = False,
    new_model: bool = False,
    **changes: Any,
) -> "TrainingConfig":
    """Return the run: as the file says, or suggested; then with what else was given.

    What the audit of its films found goes to standard error.

    Args:
        folders: of films.
        file: a configuration, in place of folders.
        network: of the run on folders.
        preset: of the run on folders.
        name: of the model; None is that of the file, or one that is made up.
        manifest: that divides the patients in the folders.
        release: leave the store as the file says.
        new_model: a model is to come of it, which then must not take the place of another.
        changes: settings of the configuration; None leaves one as it is.

    Raises:
        ConfigError: neither folders nor a file is given, or both; or something is not valid; or
            another run has made the model of that name; or a release has no store to go to.
        DatasetError: a folder or the manifest cannot be used.
        TrainingError: the name is that of a model that no training may replace.
    """
    from xray_core.training.config import TrainingConfig

    if file is not None:
        refuse_beside_config(folders, network, preset, manifest)
        config = as_asked(TrainingConfig.read(file), name, release)
    elif folders:
        from xray_core.training.suggest import suggest_for_folders

        check_release(release, None)
        if name is not None:
            check_name(name)
        config = suggest_for_folders(folders, network=network, preset=preset, name=name)
        if manifest is not None:
            config = divided_by(config, manifest)
    else:
        raise ConfigError("nothing to train on; allowed are folders of films, or --config F.")
    config = config.changed({key: value for key, value in changes.items() if value is not None})
    if new_model:
        config = under_own_name(config, made_up=file is None and name is None)
    tell_audit([folder.path for folder in config.data])
    return config


def divided_by(config: "TrainingConfig", manifest: Path) -> "TrainingConfig":
    """Return a run whose patients have the roles that a file gives them.

    Raises:
        DatasetError: it is no manifest.
    """
    from xray_core.datasets.manifest import read_manifest

    read_manifest(manifest)  # now, not when the films have been read
    division = config.division.model_copy(update={"by": "manifest"})
    return config.changed({"manifest": manifest.resolve(), "division": division.model_dump()})


def as_asked(config: "AnyConfig", name: str | None, release: bool) -> "AnyConfig":
    """Return the run of a file under the name that was given, for the user's own store.

    Args:
        config: as the file says.
        name: of the model; None is that of the file.
        release: leave the store as the file says, and whether the model is the default there.

    Raises:
        ConfigError: the name is none, or a release has no store to go to.
    """
    check_release(release, config.store)
    changes: dict[str, Any] = {}
    if name is not None:
        check_name(name)
        changes["name"] = name
    if not release:
        changes["store"] = None
        if "champion" in type(config).model_fields:
            changes["champion"] = False
    return config.model_copy(update=changes)


def check_release(release: bool, store: Path | None) -> None:
    """Refuse a release of a run that names no store: it would go where every other one goes.

    Raises:
        ConfigError: it is one.
    """
    if release and store is None:
        raise ConfigError(
            "--release is given for a run that names no store; allowed is --config F with a store."
        )


def refuse_beside_config(*given: Any) -> None:
    """Refuse what a configuration file states already.

    Raises:
        ConfigError: one of these was given.
    """
    if any(value not in (None, []) for value in given):
        raise ConfigError(
            "a configuration file states data and network itself; allowed beside --config are "
            "--name, --release, --json and, for a classifier, --epochs, --seed and --folds."
        )
