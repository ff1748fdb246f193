"""Films that an installed model was made with, when another one is made from it.

What a model has seen stays seen: a network that starts from its weights or is taught by it, or
trees on its features, must not be judged on films that it was fitted to.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.datasets.patients import person_of
from xray_core.errors import BundleError, TrainingError
from xray_core.networks.weights_file import SUFFIXES
from xray_core.training.films import INTERNAL_TEST, TRAIN, VALIDATION, FilmSet
from xray_core.training.start import IMAGENET, RANDOM

FORBIDDEN = {VALIDATION: (TRAIN,), INTERNAL_TEST: (TRAIN, VALIDATION)}
"""For each role here, the roles that its films may not have had before."""


def read_earlier(info: BundleInfo) -> pd.DataFrame:
    """Return the films that a bundle lists: SHA-256, patient, role and so on, as text.

    Raises:
        BundleError: its `films.csv` is missing or damaged.
    """
    return _read(info.path, info.name)


def read_start(start: str) -> pd.DataFrame | None:
    """Return the films of the model that a training starts from; None for other starts.

    A file of weights is one of a model where it lies in the folder of a bundle.

    Raises:
        BundleError: as `read_earlier`, or no such model is installed.
    """
    if start in (RANDOM, IMAGENET):
        return None
    if not start.endswith(SUFFIXES):
        return read_earlier(find_bundle(start))
    folder = Path(start).parent
    return _read(folder, folder.name) if (folder / "bundle.json").is_file() else None


def _read(folder: Path, name: str) -> pd.DataFrame:
    try:
        films = pd.read_csv(folder / "films.csv", dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise BundleError(f"{name}: its films.csv cannot be read.") from error
    if not {"sha256", "patient", "source", "role"} <= set(films.columns):
        raise BundleError(f"{name}: its films.csv names no sha256, patient, source and role.")
    return films


def together(lists: Sequence[pd.DataFrame]) -> pd.DataFrame | None:
    """Return the films of several models, each once of a patient with a role; None of no model."""
    if not lists:
        return None
    once = ["sha256", "source", "patient", "role"]
    return pd.concat(lists, ignore_index=True).drop_duplicates(once)


def check_unseen(films: dict[str, FilmSet], earlier: pd.DataFrame, name: str) -> None:
    """Check that no film that judges here made the model that this one is made from.

    Nor may a film that looks the same to the bit of its perceptual hash, as one that was saved
    again mostly does, or another film of the same patient have made it.

    Args:
        films: from `load_films`.
        earlier: from `read_earlier`.
        name: of the model that this one is made from.

    Raises:
        TrainingError: there are such films.
    """
    for role, roles_before in FORBIDDEN.items():
        used, table = earlier[earlier["role"].isin(roles_before)], films[role].table
        known = table["sha256"].isin(used["sha256"]) | _people(table).isin(_people(used))
        if "phash" in used:  # not in lists of earlier versions
            known |= table["phash"].isin(set(used["phash"]) - {""})
        if count := int(known.sum()):
            raise TrainingError(
                f"{count} films of the {role.replace('_', ' ')} were used to make {name!r}, which "
                "this model is made from, look like films that were, or are of their patients; "
                "divide the patients as for that one."
            )


def _people(table: pd.DataFrame) -> "pd.Series[str]":
    keys = map(person_of, table["patient"], table["source"])
    return pd.Series(list(keys), index=table.index, dtype=str)
