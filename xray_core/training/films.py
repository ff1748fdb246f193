"""The films of a run: decoded once, kept small, each with its role."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.open import open_dataset
from xray_core.datasets.splits import INTERNAL_TEST as INTERNAL_TEST
from xray_core.datasets.splits import ROLES
from xray_core.datasets.splits import TRAIN as TRAIN
from xray_core.datasets.splits import VALIDATION as VALIDATION
from xray_core.errors import DatasetError
from xray_core.labels import task_named
from xray_core.training.config import TrainingConfig
from xray_core.training.division import LEFT_OUT, divide
from xray_core.training.film_reader import FilmReader, Progress, usable_films
from xray_core.training.phantom_films import PHANTOM, phantom_table, plan_phantoms
from xray_core.training.style import read_styles
from xray_core.training.undecoded import Undecoded

STRESSED = "stressed_validation"
"""The validation films again, each changed as `evaluation.stress` does."""


@dataclass(frozen=True)
class FilmSet:
    """Films, mapped from the disk (see `film_cache`).

    Attributes:
        table: the data set's columns and `role`, one row a film.
        images: uint8 canvases (N, M, M) to augment from, row by row where phantoms are among them
            (a `Joined`), or float32 inputs (N, S, S) to score.
        allowed: bool (N, K), the outputs that each label allows.
        blanked: float32 inputs (N, 2, S, S) of the films blanked as `evaluation.shortcuts` does it,
            where that is to be scored; else None.
        style: (N, F) of `training.style`, where it is asked for; else None.
        by_style: (N,), the probability that a film's style alone gives its class; None where
            style is left out.
        undecoded: films of this role that are not here because they cannot be decoded.
    """

    table: pd.DataFrame
    images: NDArray[Any]
    allowed: NDArray[np.bool_]
    blanked: NDArray[np.float32] | None = None
    style: NDArray[np.float32] | None = None
    by_style: NDArray[np.float64] | None = None
    undecoded: int = 0

    def __len__(self) -> int:
        return len(self.table)


OnFilms = Callable[[dict[str, FilmSet]], None]
"""Called with the films by role."""


def load_films(
    config: TrainingConfig,
    progress: Progress | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> dict[str, FilmSet]:
    """Return the films of a run by role, and the stressed validation films.

    They are decoded and prepared unless they are on the disk so (see `film_cache`). Films whose
    label the task has no place for are left out, those that `division.divide` leaves out, and of
    each data set up to 1 % that cannot be decoded.

    Args:
        config: the run.
        progress: called with the films done and their number.
        log: called with a sentence where films are left out.

    Raises:
        BundleError: the lungs are to be cropped to, and there is no segmenter.
        ConfigError: the division does not hold together.
        DatasetError: a folder cannot be used, a patient is not in the manifest, or a role is empty.
        FilmError: more films than that cannot be decoded.
        TrainingError: the prepared films cannot be written.
    """
    datasets = [open_dataset(folder.path, source=folder.source) for folder in config.data]
    divided = divide([d.table for d in datasets], config.division, config.manifest)
    if left_out := sum(int((roles == LEFT_OUT).sum()) for roles in divided):
        log(f"{left_out} films are left out: their patients are in another split of the set too.")
    task = task_named(config.task)
    usable = {
        role: [
            usable_films(dataset.subset((roles == role).to_numpy()), task)
            for dataset, roles in zip(datasets, divided, strict=True)
        ]
        for role in ROLES
    }
    for role, found in usable.items():  # before any film is decoded for nothing
        if not any(len(dataset) for dataset, _ in found):
            raise DatasetError(f"no film has the role {role!r} and a label that the task knows.")
    # Validation films are read once more, to be stressed.
    times = (*usable.values(), usable[VALIDATION])
    total = sum(len(dataset) for found in times for dataset, _ in found)
    undecoded = Undecoded([dataset for found in usable.values() for dataset, _ in found])
    reader = FilmReader(config, total, progress, undecoded)
    films: dict[str, FilmSet] = {}
    for role, found in usable.items():
        films |= _read_role(reader, config, role, found)
    for sentence in undecoded.in_words():
        log(sentence)
    if config.style_floor is None:
        return films
    stressed = films.pop(STRESSED)
    return _read_styles(films, task.normal_index) | {STRESSED: stressed}


def _read_role(
    reader: FilmReader,
    config: TrainingConfig,
    role: str,
    usable: list[tuple[Dataset, NDArray[np.bool_]]],
) -> dict[str, FilmSet]:
    """Return the films of a role, and with validation the stressed ones."""
    datasets, task = [dataset for dataset, _ in usable], task_named(config.task)
    phantoms = plan_phantoms(config) if role == TRAIN else []
    tables = [dataset.table for dataset in datasets if len(dataset)]
    tables += [phantom_table(phantoms)] if phantoms else []
    drawn = np.array([task.allowed(p.label) for p in phantoms]).reshape(-1, len(task.outputs))
    allowed = np.concatenate([*(allowed for _, allowed in usable), drawn.astype(bool)])
    found = reader.canvases(datasets, phantoms) if role == TRAIN else reader.views(datasets)
    table = pd.concat(tables, ignore_index=True)[found.kept].reset_index(drop=True)
    table, allowed = table.assign(role=role, phash=found.phash), allowed[found.kept]
    style, lost = found.style if found.style.size else None, int((~found.kept).sum())
    if role == TRAIN:
        return {role: FilmSet(table, found.array, allowed, style=style, undecoded=lost)}
    views = found.array
    plain = FilmSet(table, views[:, 0], allowed, views[:, 1:3], style, undecoded=lost)
    if role == INTERNAL_TEST:
        return {role: plain}
    ends = np.cumsum([len(dataset) for dataset in datasets])[:-1]
    kept = np.split(found.kept, ends)
    decoded = [dataset.subset(rows) for dataset, rows in zip(datasets, kept, strict=True)]
    stressed = reader.stressed(decoded, allowed[:, task.normal_index])
    return {role: plain, STRESSED: FilmSet(table, stressed, allowed)}


def _read_styles(films: dict[str, FilmSet], normal_index: int) -> dict[str, FilmSet]:
    """Return the sets with what style alone says of each film, learnt from the training films."""
    by_style = {role: np.ones(len(found)) for role, found in films.items()}
    for source in set(films[TRAIN].table["source"]) - {PHANTOM}:
        rows = {role: (found.table["source"] == source).to_numpy() for role, found in films.items()}
        styles = {
            role: (found.style[rows[role]], found.allowed[rows[role], normal_index])
            for role, found in films.items()
            if found.style is not None
        }
        patients = films[TRAIN].table["patient"].to_numpy()[rows[TRAIN]]
        others = [role for role in styles if role != TRAIN]
        told = read_styles(styles[TRAIN], patients, [styles[role] for role in others])
        for role, of_role in zip((TRAIN, *others), told, strict=True):
            by_style[role][rows[role]] = of_role
    return {role: replace(found, by_style=by_style[role]) for role, found in films.items()}


def sampling_weights(films: FilmSet, config: TrainingConfig) -> NDArray[np.float64]:
    """Return the probability (N,) with which each training film is drawn.

    See `TrainingConfig.balance` and `style_floor` for real films; phantoms share
    `config.phantoms.share` evenly.
    """
    strata = films.table["source"] + "/" + films.table["label"]
    counts = strata.map(strata.value_counts()).to_numpy(np.float64)
    weights = counts ** (config.balance - 1)
    favour = {folder.source: folder.weight for folder in config.data}
    weights *= films.table["source"].map(lambda source: favour.get(source, 1.0)).to_numpy()
    weights *= style_weights(films, config.style_floor)
    drawn = (films.table["source"] == PHANTOM).to_numpy()
    weights[~drawn] *= (1 - config.phantoms.share * drawn.any()) / weights[~drawn].sum()
    if drawn.any():
        weights[drawn] = config.phantoms.share / drawn.sum()
    return weights


def style_weights(films: FilmSet, floor: float | None) -> NDArray[np.float64]:
    """Return how much more each film counts (N,) than others of its source and label, 1 on average.

    It is the inverse of the probability that the film's style gives its class, which is taken as no
    less than `floor`; without a floor all count alike.
    """
    if films.by_style is None or floor is None:
        return np.ones(len(films))
    favour = pd.Series(1.0 / np.maximum(films.by_style, floor))
    strata = (films.table["source"] + "/" + films.table["label"]).to_numpy()
    return np.asarray(favour / favour.groupby(strata).transform("mean"))
