"""The configuration that suits a data set: what a person starts from, and may change."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.open import open_dataset
from xray_core.errors import ConfigError
from xray_core.labels import NORMAL, task_named
from xray_core.networks.registry import NETWORKS
from xray_core.networks.registry import network as spec_of
from xray_core.training.config import TrainingConfig
from xray_core.training.config_file import make_config
from xray_core.training.division import LEFT_OUT, Division, divide
from xray_core.training.films import TRAIN, VALIDATION
from xray_core.training.preset_choices import choices_of
from xray_core.training.presets import preset as published
from xray_core.training.suggest_for_films import suggest_division, suggest_length, suggest_task
from xray_core.training.suggest_longest import suggest_longest
from xray_core.training.suggest_start import suggest_start

UNKNOWN = "Not known: nobody has said what goes with the class in these films. Audit them first."


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
    films = _divided(tables, division, manifest)
    training_films = int((films["role"] == TRAIN).sum())
    longest = suggest_longest(datasets)
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
        content |= _as_published(preset, content["task"], training_films, division)
    content["preprocessing"] = content.get("preprocessing", {}) | {"longest": longest}
    return make_config(TrainingConfig, content)


def _divided(
    tables: Sequence[pd.DataFrame], division: Division, manifest: Path | None
) -> pd.DataFrame:
    """Return the labelled films of all sets with their roles, but for those that are left out."""
    roles = pd.concat(divide(tables, division, manifest), ignore_index=True)
    films = pd.concat(tables, ignore_index=True).assign(role=roles)
    return films[(roles != LEFT_OUT) & (films["label"] != "")]


def _as_published(preset: str, taught: str, films: int, division: Division) -> dict[str, Any]:
    """Return what a published run states, but of its task no more than the films can teach."""
    tasks = taught, published(preset).task
    task = min(tasks, key=lambda name: len(task_named(name).outputs))
    return choices_of(preset, films, division) | {"task": task}


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
