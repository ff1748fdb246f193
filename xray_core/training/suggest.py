"""The configuration that suits a data set: what a person starts from, and may change."""

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.manifest import MANIFEST_PATH, read_manifest
from xray_core.datasets.open import open_dataset
from xray_core.errors import ConfigError
from xray_core.labels import BACTERIAL, CLASSES, COVID, NORMAL, VIRAL, task_named
from xray_core.networks.imagenet import PublishedWeights
from xray_core.networks.registry import NETWORKS
from xray_core.networks.registry import network as spec_of
from xray_core.networks.transfer import TransferStrategy
from xray_core.training.config import TrainingConfig
from xray_core.training.config_file import make_config
from xray_core.training.division import LEFT_OUT, Division, divide
from xray_core.training.films import TRAIN, VALIDATION
from xray_core.training.preset_choices import choices_of
from xray_core.training.presets import preset as published

LEAST_FILMS = 12
"""Films of a class below which it is no output of its own."""
SEEN = 60_000
"""Augmented films that a network sees in all, as far as the limits of epochs allow."""
EPOCHS = 10, 40
FILMS_PER_EPOCH = 256, 4800
SMALL = 500
"""Training films below which batches are of 16."""
UNKNOWN = "Not known: nobody has said what goes with the class in these films. Audit them first."

KERAS_FILES = Path.home() / ".keras" / "models"
"""Where Keras keeps the weights that it downloaded."""

TaskName = Literal["four-class", "three-class", "binary"]


def suggest_config(
    dataset: Dataset | Sequence[Dataset],
    *,
    path: Path | None = None,
    name: str,
    network: str,
    preset: str | None = None,
) -> TrainingConfig:
    """Return the configuration with the defaults that are right for the data at hand.

    Args:
        dataset: the films, or several sets of films, with hashes.
        path: folder or archive of the one data set; by default where it was opened.
        name: of the model.
        network: by its name in the registry; a preset brings its own.
        preset: name of a published run (see `presets`) whose choices are taken where it states
            them; of its task no more than the films can teach.

    Raises:
        ConfigError: name, network or preset is not valid, or there are not films of both kinds,
            normal and pneumonia.
        DatasetError: there are too few patients to be divided.
    """
    datasets = [dataset] if isinstance(dataset, Dataset) else list(dataset)
    paths = [d.root for d in datasets] if path is None else [path]
    tables = [d.table for d in datasets]
    if preset is not None:
        network = published(preset).network
    division, manifest = suggest_division(tables)
    roles = pd.concat(divide(tables, division, manifest), ignore_index=True)
    films = pd.concat(tables, ignore_index=True).assign(role=roles)
    films = films[(roles != LEFT_OUT) & (films["label"] != "")]
    training_films = int((films["role"] == TRAIN).sum())
    content: dict[str, Any] = {
        "name": name,
        "title": f"{spec_of(network).title}, trained on {' and '.join(_sources(tables))}",
        "network": network,
        "task": suggest_task(films["label"]),
        "data": [
            {"path": p, "source": s, "population": "not stated", "licence": "not stated"}
            for p, s in zip(paths, _sources(tables), strict=True)
        ],
        "division": division,
        "manifest": manifest,
        "operating_point": {"source": _most_validated(films)},
        "confounders": UNKNOWN,
        **suggest_length(training_films),
        **suggest_start(network),
    }
    if preset is not None:
        tasks = content["task"], published(preset).task
        content |= choices_of(preset, training_films, division)
        content["task"] = min(tasks, key=lambda name: len(task_named(name).outputs))
    return make_config(TrainingConfig, content)


def suggest_task(labels: pd.Series) -> TaskName:
    """Return the task with the most outputs that the labels can teach.

    Args:
        labels: names of labels, one for each film.

    Raises:
        ConfigError: there are no normal films, or no others.
    """
    counts = labels.value_counts()
    if counts.get(NORMAL, 0) == 0 or counts.drop(NORMAL).sum() == 0:
        found = ", ".join(f"{n} {label}" for label, n in counts.items()) or "none"
        raise ConfigError(
            f"labels of the films: {found}; training needs films of both kinds, NORMAL and "
            "pneumonia."
        )
    known = {name for name in CLASSES if counts.get(name, 0) >= LEAST_FILMS}
    if known == set(CLASSES):
        return "four-class"
    return "three-class" if known >= {BACTERIAL, VIRAL} and COVID not in counts else "binary"


def suggest_division(tables: Sequence[pd.DataFrame]) -> tuple[Division, Path | None]:
    """Return how patients are divided, and by which manifest, if by one.

    By the sets' own folders where there are both `train` and `test`; by the project's manifest
    where it knows every patient; otherwise at random.
    """
    splits = {split for table in tables for split in table["split"].unique()}
    if {"train", "test"} <= splits:
        return Division(by="own"), None
    if MANIFEST_PATH.exists():
        known = set(read_manifest(MANIFEST_PATH)["patient"])
        if all(set(table["patient"]) <= known for table in tables):
            return Division(by="manifest"), MANIFEST_PATH
    return Division(by="random"), None


def suggest_length(films: int) -> dict[str, int]:
    """Return films an epoch, epochs and films a batch for a number of training films."""
    least, most = FILMS_PER_EPOCH
    per_epoch = min(max(films, least), most)
    fewest, longest = EPOCHS
    epochs = min(max(round(SEEN / per_epoch), fewest), longest)
    return {
        "films_per_epoch": per_epoch,
        "epochs": epochs,
        "batch": 16 if films < SMALL else 32,
    }


def suggest_start(network: str) -> dict[str, Any]:
    """Return start weights, transfer strategy and rate for a network.

    ImageNet weights are suggested only where they are on this machine already.
    """
    if not has_weights_here(network):
        return {"start": "random", "rate": 1e-3, "weight_decay": 0.02}
    if isinstance(spec_of(network).pretrained, PublishedWeights):  # small, and trained so itself
        return {"start": "imagenet", "rate": 6e-4, "weight_decay": 0.02}
    thaw = TransferStrategy(kind="frozen-then-all", unfreeze_epoch=3, fine_rate_factor=0.1)
    return {"start": "imagenet", "transfer": thaw, "rate": 1e-3, "weight_decay": 0.02}


def has_weights_here(network: str) -> bool:
    """Tell whether a network has ImageNet weights that need no download."""
    pretrained = spec_of(network).pretrained
    if isinstance(pretrained, PublishedWeights):
        return find_spec(pretrained.package) is not None
    return pretrained is not None and (KERAS_FILES / pretrained.file).exists()


def _sources(tables: Sequence[pd.DataFrame]) -> list[str]:
    return [str(table["source"].iloc[0]) for table in tables]


def _most_validated(films: pd.DataFrame) -> str:
    """Return the data set with the most validation films of its rarer kind, normal or not."""
    chosen = films[films["role"] == VALIDATION]
    kinds = pd.crosstab(chosen["source"], chosen["label"] == NORMAL)
    both = kinds.reindex(columns=[False, True], fill_value=0).min(axis=1)
    return str(both.idxmax()) if len(both) else str(films["source"].iloc[0])


def suggest_for_folders(
    folders: Sequence[Path],
    *,
    network: str | None = None,
    preset: str | None = None,
    name: str | None = None,
) -> TrainingConfig:
    """Open folders or archives of films and return the configuration that suits them.

    Args:
        folders: each a data set, called by the folder's name.
        network: by its name in the registry; not needed with a preset.
        preset: as for `suggest_config`.
        name: of the model; by default made of the first set's name and the preset or network.

    Raises:
        ConfigError: as `suggest_config`, or neither network nor preset is given.
        DatasetError: a folder cannot be used.
    """
    if preset:
        network = published(preset).network
    if not network:
        known = ", ".join(spec.name for spec in NETWORKS)
        raise ConfigError(f"no network is named; allowed are {known}, or a preset.")
    spec_of(network)  # before films are read for nothing
    datasets = [open_dataset(folder) for folder in folders]
    sources = _sources([d.table for d in datasets])
    return suggest_config(
        datasets,
        name=name or model_name(f"{sources[0]}-{preset or network}"),
        network=network,
        preset=preset,
    )


def model_name(words: str) -> str:
    """Return words as the name of a model: small letters, digits and hyphens, at most 64."""
    plain = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    return plain[:64].rstrip("-") or "model"
