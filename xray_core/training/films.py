"""The films of a run: decoded once, kept small, each with its role."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.hashing import perceptual_hash
from xray_core.datasets.manifest import assign_roles, read_manifest
from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError
from xray_core.imaging.geometry import InputGeometry, normalise
from xray_core.imaging.guard import PROCESSES, read_guarded
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.labels import label_name, task_named
from xray_core.training.config import TrainingConfig

TRAIN, VALIDATION, INTERNAL_TEST = "train", "validation", "internal_test"
PHANTOM = "phantom"
"""The source of drawn films; no data set may be called so."""

CANVAS = 1.25
"""Side of a training canvas over the side of the network's input: zooming in loses nothing."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class FilmSet:
    """Films in memory.

    Attributes:
        table: the data set's columns and `role`, one row a film.
        images: uint8 canvases (N, M, M) to augment from, or float32 inputs (N, S, S) to score.
        allowed: bool (N, K), the outputs that each label allows.
    """

    table: pd.DataFrame
    images: NDArray[Any]
    allowed: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.table)


def load_films(config: TrainingConfig, progress: Progress | None = None) -> dict[str, FilmSet]:
    """Decode every film of a run and return the sets by role.

    Films whose label the task has no place for are left out.

    Raises:
        DatasetError: a folder cannot be used, a patient is not in the manifest, or a role is empty.
        FilmError: a film cannot be decoded.
    """
    manifest = read_manifest(config.manifest)
    datasets = [open_dataset(folder.path, source=folder.source) for folder in config.data]
    total, done = sum(len(d) for d in datasets), 0
    parts: dict[str, list[FilmSet]] = {TRAIN: [], VALIDATION: [], INTERNAL_TEST: []}
    for dataset in datasets:
        roles = assign_roles(dataset.table, manifest)
        for role, sets in parts.items():
            chosen = dataset.subset(np.flatnonzero(roles.to_numpy() == role))
            sets.append(_decode(chosen, config, role))
            done += len(chosen)
            if progress:
                progress(done, total)
    if config.phantoms.films:
        parts[TRAIN].append(_draw_phantoms(config))
    for role, sets in parts.items():
        if not any(len(found) for found in sets):
            raise DatasetError(f"no film has the role {role!r} and a label that the task knows.")
    return {role: _join(sets) for role, sets in parts.items()}


def _decode(dataset: Dataset, config: TrainingConfig, role: str) -> FilmSet:
    task = task_named(config.task)
    allowed = np.array([task.allowed(label) for label in dataset.labels()], dtype=bool)
    allowed = allowed.reshape(-1, len(task.outputs))
    usable = np.flatnonzero(allowed.any(axis=1))
    dataset = dataset.subset(usable)

    def one(index: int) -> tuple[NDArray[np.generic], str]:
        film = read_guarded(dataset.film_bytes(index), str(dataset.table["path"].iloc[index]))
        return _prepare(film.pixels, config, role), perceptual_hash(film.pixels)

    with ThreadPoolExecutor(PROCESSES) as pool:
        results = list(pool.map(one, range(len(dataset))))
    table = dataset.table.assign(role=role, phash=[phash for _, phash in results])
    images = np.stack([image for image, _ in results]) if results else _empty(config, role)
    return FilmSet(table, images, allowed[usable])


def _prepare(pixels: NDArray[np.float32], config: TrainingConfig, role: str) -> NDArray[np.generic]:
    """Return a uint8 canvas for training; for the other roles exactly what inference will see."""
    how = config.preprocessing
    size = config.size if role != TRAIN else round(config.size * CANVAS)
    film = InputGeometry.whole((pixels.shape[0], pixels.shape[1]), size).to_input(pixels)
    film = normalise(film, how.normalisation, how.low, how.high)
    return np.rint(film * 255).astype(np.uint8) if role == TRAIN else film


def _empty(config: TrainingConfig, role: str) -> NDArray[np.generic]:
    blank = _prepare(np.zeros((config.size, config.size), np.float32), config, role)
    return np.empty((0, *blank.shape), blank.dtype)


def _draw_phantoms(config: TrainingConfig) -> FilmSet:
    kinds, task = list(PhantomKind), task_named(config.task)
    phantoms = [
        draw_phantom(config.seed * 100_000 + i, kinds[i % len(kinds)], adult=bool(i // 4 % 2))
        for i in range(config.phantoms.films)
    ]
    rows = [
        {
            "path": f"phantom-{p.kind.value.lower()}-{p.seed}",
            "label": label_name(p.label),
            "patient": f"phantom-{p.seed}",
            "split": "",
            "source": PHANTOM,
            "sha256": "",
            "phash": perceptual_hash(p.pixels),
            "role": TRAIN,
        }
        for p in phantoms
    ]
    images = np.stack([_prepare(p.pixels, config, TRAIN) for p in phantoms])
    allowed = np.array([task.allowed(p.label) for p in phantoms])
    keep = allowed.any(axis=1)
    return FilmSet(pd.DataFrame(rows)[keep], images[keep], allowed[keep])


def _join(sets: list[FilmSet]) -> FilmSet:
    sets = [s for s in sets if len(s)]
    return FilmSet(
        pd.concat([s.table for s in sets], ignore_index=True),
        np.concatenate([s.images for s in sets]),
        np.concatenate([s.allowed for s in sets]),
    )


def sampling_weights(films: FilmSet, config: TrainingConfig) -> NDArray[np.float64]:
    """Return the probability (N,) with which each training film is drawn.

    See `TrainingConfig.balance` for real films; phantoms share `config.phantoms.share` evenly.
    """
    strata = films.table["source"] + "/" + films.table["label"]
    counts = strata.map(strata.value_counts()).to_numpy(np.float64)
    weights = counts ** (config.balance - 1)
    drawn = (films.table["source"] == PHANTOM).to_numpy()
    weights[~drawn] *= (1 - config.phantoms.share * drawn.any()) / weights[~drawn].sum()
    if drawn.any():
        weights[drawn] = config.phantoms.share / drawn.sum()
    return weights
