"""From trained weights to a bundle: temperature, threshold, novelty check, figures, card."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from xray_core.bundle import (
    BundleManifest,
    InputSpec,
    OutputSpec,
)
from xray_core.bundle.store import stores
from xray_core.labels import CLASSES, task_named
from xray_core.networks.registry import network
from xray_core.training.calibrate import calibrate
from xray_core.training.card import CardWords, model_card
from xray_core.training.config import TrainingConfig
from xray_core.training.environment import environment
from xray_core.training.epochs import EpochRecord
from xray_core.training.film_list import write_film_list
from xray_core.training.films import INTERNAL_TEST, TRAIN, VALIDATION, FilmSet
from xray_core.training.fit import logits
from xray_core.training.fit_novelty import fit_novelty
from xray_core.training.forms import check_forms, save_forms, some_films
from xray_core.training.new_bundle import new_bundle
from xray_core.training.on_bundles import OnBundles
from xray_core.training.phantom_films import PHANTOM
from xray_core.training.scores import Network, score_roles
from xray_core.training.undecoded import UNDECODED


def release(
    config: TrainingConfig,
    model: Any,
    films: dict[str, FilmSet],
    history: list[EpochRecord],
    *,
    earlier: pd.DataFrame | None,
    began: Mapping[str, str],
) -> Path:
    """Write the bundle, make it trusted in its store and return its folder.

    Everything is chosen on validation patients; the internal test is scored here, once. The folder
    appears complete or not at all.

    Args:
        config: the run.
        model: with the weights to release.
        films: from `load_films`.
        history: of the run, kept in the bundle.
        earlier: films of the models that it started from or learnt from, see `read_start`.
        began: of `what_it_began_as`. Both are from before the first epoch: by now the model may be
            gone, or another one have its name.

    Raises:
        TrainingError: a bundle of this name was made the champion meanwhile.
    """

    def write(folder: Path) -> Network:
        return write_network(model, config.network, films[VALIDATION], folder)

    return publish(config, films, history, write, earlier=earlier, began=began)


def write_network(model: Any, name: str, validation: FilmSet, folder: Path) -> Network:
    """Write both forms of a network into a folder and return the quick one.

    Some validation films are scored with both: what is scored and what is shown is one network.

    Args:
        model: from (N, S, S, 1) to logits (N, K); its weights are rounded in place.
        name: of the network.
        validation: its films.
        folder: of the bundle.

    Raises:
        TrainingError: the two forms differ.
    """
    lite, views = save_forms(model, name, folder), some_films(validation.images)
    check_forms(lite(views[..., None]), logits(model, views))
    return lite


def publish(
    config: TrainingConfig,
    films: dict[str, FilmSet],
    history: list[EpochRecord],
    write: Callable[[Path], Network],
    *,
    state: Callable[[BundleManifest], BundleManifest] = lambda manifest: manifest,
    words: CardWords | None = None,
    earlier: pd.DataFrame | None = None,
    began: Mapping[str, str] | None = None,
) -> Path:
    """Write the bundle of whatever gives logits, as `release` does that of a network.

    Args:
        config: the run.
        films: from `load_films`.
        history: of the run, kept in the bundle.
        write: writes the files of weights into a folder and returns what scores with them.
        state: changes what `bundle.json` says.
        words: what the card says of its making; by default what it says of a network.
        earlier: films of the model that this one is made from, see `earlier_films`.
        began: what the bundle states of the weights that the run started from.

    Raises:
        TrainingError: a bundle of this name was made the champion meanwhile.
    """
    folder = bundle_folder(config)
    with new_bundle(folder, "classifier", default=config.champion and not _is_own(folder)) as new:
        manifest = state(_manifest(config, write(new), films, history, new, began or {}))
        manifest = _with_undecoded(manifest, films)
        manifest.write(new)
        _write_films(films, earlier, new / "films.csv")
        (new / "README.md").write_bytes(model_card(manifest, config, words).encode())
    return folder


def _with_undecoded(manifest: BundleManifest, films: dict[str, FilmSet]) -> BundleManifest:
    """State how many films of each role were left out because they cannot be decoded."""
    lost = {role: found.undecoded for role, found in films.items() if found.undecoded}
    if not lost:
        return manifest
    return manifest.model_copy(update={"training": manifest.training | {UNDECODED: lost}})


def _is_own(folder: Path) -> bool:
    """Tell the user's own store, where only a promotion changes the champion."""
    return folder.parent.resolve() == stores()[1].resolve()


def bundle_folder(config: TrainingConfig | OnBundles) -> Path:
    """Return the folder that the bundle of a run is written into."""
    return (config.store or stores()[1]) / config.name


def _manifest(
    config: TrainingConfig,
    scorer: Network,
    films: dict[str, FilmSet],
    history: list[EpochRecord],
    folder: Path,
    began: Mapping[str, str],
) -> BundleManifest:
    task = task_named(config.task)
    temperature, point = calibrate(scorer, films[VALIDATION], config)
    return BundleManifest(
        name=config.name,
        title=config.title,
        kind="classifier",
        network=config.network,
        outputs=tuple(
            OutputSpec(name=name, classes=tuple(c for c in CLASSES if c in members))
            for name, members in zip(task.outputs, task.classes, strict=True)
        ),
        input=InputSpec(size=config.size, channels=network(config.network).channels),
        preprocessing=config.preprocessing,
        temperature=temperature,
        operating_points=(point,),
        novelty=fit_novelty(films, config, folder),
        metrics=score_roles(
            films, scorer, temperature, task, point.threshold, half_too=bool(config.preset)
        ),
        training={
            **config.portable(),
            **began,
            "history": [asdict(record) for record in history],
        },
        environment=environment(),
    )


def _write_films(films: dict[str, FilmSet], earlier: pd.DataFrame | None, path: Path) -> None:
    """Write every real film of the run, so that nobody is later scored on what was seen."""
    tables = [films[role].table for role in (TRAIN, VALIDATION, INTERNAL_TEST)]
    rows = [table.loc[table["source"] != PHANTOM] for table in tables]
    if earlier is not None:
        listed = set(pd.concat(rows)["sha256"])
        rows.append(earlier.loc[~earlier["sha256"].isin(listed)])
    write_film_list(rows, path)
