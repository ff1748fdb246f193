"""The films of a run: decoded once, kept small, each with its role."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.hashing import perceptual_hash
from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError
from xray_core.evaluation.stress import stress
from xray_core.imaging.guard import PROCESSES, read_guarded
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.labels import label_name, task_named
from xray_core.training.canvas import centre_of
from xray_core.training.config import TrainingConfig
from xray_core.training.division import divide
from xray_core.training.preparation import FilmPreparation
from xray_core.training.style import StyleReader, style_features

TRAIN, VALIDATION, INTERNAL_TEST = "train", "validation", "internal_test"
PHANTOM = "phantom"
"""The source of drawn films; no data set may be called so."""

STRESSED = "stressed_validation"
"""The validation films again, each changed as `evaluation.stress` does."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class FilmSet:
    """Films in memory.

    Attributes:
        table: the data set's columns and `role`, one row a film.
        images: uint8 canvases (N, M, M) to augment from, or float32 inputs (N, S, S) to score.
        allowed: bool (N, K), the outputs that each label allows.
        blanked: float32 inputs (N, 2, S, S) of the films blanked as `evaluation.shortcuts` does it,
            where that is to be scored; else None.
        style: (N, F) of `training.style`, where it is asked for; else None.
        by_style: (N,), the probability that a film's style alone gives its class; None where
            style is left out.
    """

    table: pd.DataFrame
    images: NDArray[Any]
    allowed: NDArray[np.bool_]
    blanked: NDArray[np.float32] | None = None
    style: NDArray[np.float32] | None = None
    by_style: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.table)


def load_films(config: TrainingConfig, progress: Progress | None = None) -> dict[str, FilmSet]:
    """Decode every film of a run and return the sets by role, and the stressed validation films.

    Films whose label the task has no place for are left out, and those that `division.divide`
    leaves out.

    Raises:
        BundleError: the lungs are to be cropped to, and there is no segmenter.
        ConfigError: the division does not hold together.
        DatasetError: a folder cannot be used, a patient is not in the manifest, or a role is empty.
        FilmError: a film cannot be decoded.
    """
    reader = _FilmReader(config)
    datasets = [open_dataset(folder.path, source=folder.source) for folder in config.data]
    divided = divide([d.table for d in datasets], config.division, config.manifest)
    total, done = sum(len(d) for d in datasets), 0
    parts: dict[str, list[FilmSet]] = {TRAIN: [], VALIDATION: [], INTERNAL_TEST: []}
    for dataset, roles in zip(datasets, divided, strict=True):
        for role, sets in parts.items():
            chosen = dataset.subset(np.flatnonzero(roles.to_numpy() == role))
            sets.append(reader.read(chosen, role))
            done += len(chosen)
            if progress:
                progress(done, total)
    if config.phantoms.films:
        parts[TRAIN].append(_draw_phantoms(config, reader))
    for role, sets in parts.items():
        if not any(len(found) for found in sets):
            raise DatasetError(f"no film has the role {role!r} and a label that the task knows.")
    films = {role: _join(sets) for role, sets in parts.items()}
    if config.style_floor is not None:
        films = _read_styles(films, task_named(config.task).normal_index)
    return films | {STRESSED: reader.stressed(films[VALIDATION])}


class _FilmReader:
    """From files to what the network is trained on and scored with.

    Args:
        config: the run.
    """

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config
        self.task = task_named(config.task)
        self.prepare = FilmPreparation(config.preprocessing, config.size)
        self._thumbnails: list[NDArray[np.float32]] = []

    def read(self, dataset: Dataset, role: str) -> FilmSet:
        """Decode the films of a data set that the task has a place for."""
        allowed = np.array([self.task.allowed(label) for label in dataset.labels()], dtype=bool)
        allowed = allowed.reshape(-1, len(self.task.outputs))
        usable = np.flatnonzero(allowed.any(axis=1))
        dataset = dataset.subset(usable)

        draw = self.prepare.canvas if role == TRAIN else self.prepare.views

        def one(index: int) -> tuple[NDArray[Any], NDArray[np.float32], NDArray[np.float32], str]:
            film = read_guarded(dataset.film_bytes(index), str(dataset.table["path"].iloc[index]))
            kept = _shrink(film.pixels) if role == VALIDATION else film.pixels[:0]
            return draw(film.pixels), kept, self.style(film.pixels), perceptual_hash(film.pixels)

        with ThreadPoolExecutor(PROCESSES) as pool:
            results = list(pool.map(one, range(len(dataset))))
        table = dataset.table.assign(role=role, phash=[phash for *_, phash in results])
        if role == VALIDATION:
            self._thumbnails += [small for _, small, *_ in results]
        images = np.array([image for image, *_ in results])
        style = np.array([style for *_, style, _ in results])
        if role == TRAIN or not results:
            return FilmSet(table, images, allowed[usable], style=style)
        return FilmSet(table, images[:, 0], allowed[usable], images[:, 1:], style)

    def style(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the style of a film, measured on its canvas whatever its role: (F,) or (0,)."""
        if self.config.style_floor is None:
            return np.zeros(0, np.float32)
        return style_features(centre_of(self.prepare.canvas(pixels), self.config.size))

    def stressed(self, validation: FilmSet) -> FilmSet:
        """Return the validation films, each changed by what is not disease."""
        normal = validation.allowed[:, self.task.normal_index]
        rng = np.random.default_rng(self.config.seed)
        images = []
        for row, film in enumerate(self._thumbnails):
            others = np.flatnonzero(normal != normal[row])
            other = self._thumbnails[rng.choice(others)] if len(others) else film
            images.append(self.prepare.view(stress(film, other, rng)))
        return FilmSet(validation.table, np.stack(images), validation.allowed)


def _read_styles(films: dict[str, FilmSet], normal_index: int) -> dict[str, FilmSet]:
    """Return the sets with what style alone says of each film, learnt from the training films."""
    by_style = {role: np.ones(len(found)) for role, found in films.items()}
    for source in set(films[TRAIN].table["source"]) - {PHANTOM}:
        rows = {role: (found.table["source"] == source).to_numpy() for role, found in films.items()}
        style = {r: s.style[rows[r]] for r, s in films.items() if s.style is not None}
        normal = {role: found.allowed[rows[role], normal_index] for role, found in films.items()}
        patients = films[TRAIN].table["patient"].to_numpy()[rows[TRAIN]]
        reader = StyleReader(style[TRAIN], normal[TRAIN], patients)
        for role in films:
            told = (
                reader.of_training
                if role == TRAIN
                else reader.probability(style[role], normal[role])
            )
            by_style[role][rows[role]] = told
    return {role: replace(found, by_style=by_style[role]) for role, found in films.items()}


def _shrink(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the film at most 512 px high and wide: many are kept in memory."""
    scale = min(1.0, 512 / max(pixels.shape))
    side = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return cv2.resize(pixels, side, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)


def _draw_phantoms(config: TrainingConfig, reader: _FilmReader) -> FilmSet:
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
    images = np.stack([reader.prepare.canvas(p.pixels) for p in phantoms])
    allowed = np.array([task.allowed(p.label) for p in phantoms])
    keep = allowed.any(axis=1)
    style = np.stack([reader.style(p.pixels) for p in phantoms])
    return FilmSet(pd.DataFrame(rows)[keep], images[keep], allowed[keep], style=style[keep])


def _join(sets: list[FilmSet]) -> FilmSet:
    sets = [s for s in sets if len(s)]
    blanked = [s.blanked for s in sets if s.blanked is not None]
    return FilmSet(
        pd.concat([s.table for s in sets], ignore_index=True),
        np.concatenate([s.images for s in sets]),
        np.concatenate([s.allowed for s in sets]),
        np.concatenate(blanked) if blanked else None,
        np.concatenate([s.style for s in sets if s.style is not None]),
    )


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
