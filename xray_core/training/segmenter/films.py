"""The films of a run with their masks: decoded once, each with its role."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.hashing import perceptual_hash
from xray_core.datasets.manifest import assign_roles, read_manifest
from xray_core.datasets.open import open_dataset
from xray_core.datasets.splits import ROLES, TRAIN
from xray_core.errors import DatasetError
from xray_core.imaging.geometry import InputGeometry, normalise
from xray_core.imaging.guard import PROCESSES, read_guarded
from xray_core.training.division import Division, check_one_role, divide
from xray_core.training.segmenter.config import MaskedFolder, SegmenterConfig

FRACTIONS = (0.7, 0.15, 0.15)
"""Train, validation, internal test of a data set without a manifest: such sets are small."""
USUAL_SIDES = ((0.1, 0.45), (0.55, 0.9))
"""Where the lungs lie across a film, as shares of its width."""
CANVAS = 1.5
"""Side of a training canvas over the side of the network's input: zooming in loses little."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class MaskedFilm:
    """A film as it is, with its mask.

    Attributes:
        pixels: float32 (H, W) in [0, 1], bright = dense.
        lungs: bool (H, W); where there is no mask, two rectangles where lungs usually are.
        ignored: bool (H, W), what is neither lung nor background: between lungs without heart, or
            everything where there is no mask.
    """

    pixels: NDArray[np.float32]
    lungs: NDArray[np.bool_]
    ignored: NDArray[np.bool_]


@dataclass(frozen=True)
class MaskedSet:
    """The films of one role.

    Attributes:
        table: the data set's columns, `role` and `mask` (SHA-256 of the mask's file, hexadecimal;
            `""` where there is none), one row a film.
        films: as they are, to score; empty for training films.
        canvases: uint8 (N, M, M, 4), to augment from; N = 0 but for training films. The channels
            are the film, the lung on the left of the film, the one on its right, and what is
            ignored.
    """

    table: pd.DataFrame
    films: list[MaskedFilm]
    canvases: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.table)


def load_masked_films(
    config: SegmenterConfig, progress: Progress | None = None
) -> dict[str, MaskedSet]:
    """Decode every film, but for those that lack a mask of their set, and return them by role.

    Raises:
        DatasetError: a folder cannot be used, a mask does not fit its film or is empty, a patient
            is not in the manifest, a role is empty, or a film or patient of several folders would
            have two.
        FilmError: a film or mask cannot be decoded.
    """
    opened = [(folder, _with_masks(folder)) for folder in config.data]
    total, done = sum(len(dataset) for _, dataset in opened), 0
    parts: dict[str, list[MaskedSet]] = {role: [] for role in ROLES}
    divided = _roles(config, [dataset.table for _, dataset in opened])
    for (folder, dataset), roles in zip(opened, divided, strict=True):
        for role, sets in parts.items():
            chosen = dataset.subset(np.flatnonzero(roles.to_numpy() == role))
            sets.append(_load(chosen, folder, config, role))
            done += len(chosen)
            if progress:
                progress(done, total)
    for role, sets in parts.items():
        if not any(len(found) for found in sets):
            raise DatasetError(f"no film has the role {role!r}.")
    return {role: _join(sets) for role, sets in parts.items()}


def _with_masks(folder: MaskedFolder) -> Dataset:
    dataset = open_dataset(folder.films, source=folder.source, labelled=False)
    if folder.masks is None:
        return dataset
    has_mask = [_mask_path(folder.masks, path).is_file() for path in dataset.table["path"]]
    if not any(has_mask):
        raise DatasetError(
            f"{folder.masks.name} has no mask for any film of {folder.films.name}; allowed are "
            "PNG files under the films' own names."
        )
    return dataset.subset(np.flatnonzero(has_mask))


def _mask_path(masks: Path, address: str) -> Path:
    return masks / PurePosixPath(address).with_suffix(".png")


def _roles(config: SegmenterConfig, tables: Sequence[pd.DataFrame]) -> list["pd.Series[str]"]:
    """Return the role of every film by folder: by its manifest, or drawn where it has none.

    Folders without one are divided together, so that what they share has one role.

    Raises:
        DatasetError: a patient is not in the manifest; or a folder that has none, or another one,
            shares a film or patient with this folder and gives it another role.
    """
    how = Division(by="random", seed=config.seed, fractions=FRACTIONS)
    without = [t for t, folder in zip(tables, config.data, strict=True) if folder.manifest is None]
    drawn = iter(divide(without, how) if without else ())
    roles = [
        next(drawn)
        if folder.manifest is None
        else assign_roles(table, read_manifest(folder.manifest))
        for table, folder in zip(tables, config.data, strict=True)
    ]
    check_one_role(tables, roles)
    return roles


def _load(dataset: Dataset, folder: MaskedFolder, config: SegmenterConfig, role: str) -> MaskedSet:
    def one(index: int) -> tuple[MaskedFilm | None, NDArray[np.uint8] | None, str, str]:
        address = str(dataset.table["path"].iloc[index])
        pixels = read_guarded(dataset.film_bytes(index), address).pixels
        film, mask = _with_mask(pixels, folder, address)
        hashes = perceptual_hash(pixels), mask
        return (None, _canvas(film, config), *hashes) if role == TRAIN else (film, None, *hashes)

    with ThreadPoolExecutor(PROCESSES) as pool:
        results = list(pool.map(one, range(len(dataset))))
    side = round(config.input_size * CANVAS)
    canvases = [canvas for _, canvas, *_ in results if canvas is not None]
    phashes, masks = ([result[k] for result in results] for k in (2, 3))
    return MaskedSet(
        dataset.table.assign(role=role, phash=phashes, mask=masks),
        [film for film, *_ in results if film is not None],
        np.stack(canvases) if canvases else np.empty((0, side, side, 4), np.uint8),
    )


def _with_mask(
    pixels: NDArray[np.float32], folder: MaskedFolder, address: str
) -> tuple[MaskedFilm, str]:
    """Return a film with its mask, and the SHA-256 of the mask's file, "" where there is none."""
    if folder.masks is None:
        height, width = pixels.shape[0], pixels.shape[1]
        usual = np.zeros((height, width), bool)
        for left, right in USUAL_SIDES:
            usual[int(0.1 * height) : int(0.8 * height), int(left * width) : int(right * width)] = 1
        return MaskedFilm(pixels, usual, np.ones_like(usual)), ""
    path = _mask_path(folder.masks, address)
    data = path.read_bytes()
    mask = read_guarded(data, path.name).pixels > 0
    if mask.shape != pixels.shape or not mask.any():
        raise DatasetError(
            f"the mask of {address} has {mask.shape[0]}×{mask.shape[1]} px and covers "
            f"{mask.mean():.0%}; allowed are the film's {pixels.shape[0]}×{pixels.shape[1]} px "
            "with some lung."
        )
    ignored = np.zeros_like(mask)
    if folder.heart == "left out":
        points = np.argwhere(mask)[:, ::-1].astype(np.int32)
        hull = np.zeros(mask.shape, np.uint8)
        cv2.fillConvexPoly(hull, cv2.convexHull(points), 1)
        ignored = (hull > 0) & ~mask
    return MaskedFilm(pixels, mask, ignored), hashlib.sha256(data).hexdigest()


def _canvas(film: MaskedFilm, config: SegmenterConfig) -> NDArray[np.uint8]:
    how, side = config.preprocessing, round(config.input_size * CANVAS)
    geometry = InputGeometry.whole((film.pixels.shape[0], film.pixels.shape[1]), side)
    shown = normalise(geometry.to_input(film.pixels), how.normalisation, how.low, how.high)
    left, right = _sides(film.lungs)
    layers = [
        shown,
        *(geometry.to_input(m.astype(np.float32)) for m in (left, right, film.ignored)),
    ]
    return np.rint(np.stack(layers, axis=-1) * 255).astype(np.uint8)


def _sides(lungs: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Divide a mask at the column between the two lungs that the fewest of its pixels lie on."""
    columns = lungs.sum(axis=0)
    first, last = np.flatnonzero(columns)[[0, -1]]
    third = (last - first) // 3
    inner = columns[first + third : last - third + 1]
    # The middle one of the emptiest columns: the gap of the spine has a width.
    middle = first + third + int(np.median(np.flatnonzero(inner == inner.min())))
    is_left = np.arange(lungs.shape[1]) < middle
    return lungs & is_left, lungs & ~is_left


def _join(sets: list[MaskedSet]) -> MaskedSet:
    return MaskedSet(
        pd.concat([s.table for s in sets], ignore_index=True),
        [film for s in sets for film in s.films],
        np.concatenate([s.canvases for s in sets]),
    )
