"""How a data set is divided for training, saved as a manifest with the hashes of its films."""

import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import pandas as pd

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.folds import fold_patients
from xray_core.datasets.manifest import COLUMNS, write_manifest
from xray_core.datasets.splits import (
    FRACTIONS,
    INTERNAL_TEST,
    ROLES,
    TRAIN,
    VALIDATION,
    split_patients,
    tie_patients,
)
from xray_core.errors import ConfigError, DatasetError
from xray_core.settings import settings

LEAST_SHARE = 0.01
"""Of the patients, for validation and for the test: no training does without one of them."""
OWN_ROLES = {"train": TRAIN, "val": VALIDATION, "test": INTERNAL_TEST}
FILM_COLUMNS = ("sha256", "path", "source", "label", "patient", "role")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


@dataclass(frozen=True)
class SplitPlan:
    """Which films are trained on, validated on and kept for the test.

    Attributes:
        method: how it was made, in words.
        films: DataFrame, one row a film, columns `FILM_COLUMNS`; `role` is `train`, `validation` or
            `internal_test`, or for folds the number of the fold as text.
        folds: how many there are; 0 for one division.
        seed: of the folds.
    """

    method: str
    films: pd.DataFrame
    folds: int = 0
    seed: int = 0

    @cached_property
    def manifests(self) -> Mapping[str, pd.DataFrame]:
        """File name → manifest as `manifest.read_manifest` reads it: one, or one for each fold.

        In the manifest of a fold its patients are the internal test; of the others one in nine
        validates, drawn as a training draws them that is divided into folds by the same seed.
        """
        if not self.folds:
            return {"patients.csv": _manifest(self.films, self.films["role"])}
        return {
            f"patients-fold-{fold + 1}.csv": _manifest(self.films, self._roles_of_fold(fold))
            for fold in range(self.folds)
        }

    def _roles_of_fold(self, fold: int) -> pd.Series:
        roles = pd.Series(INTERNAL_TEST, index=self.films.index)
        rest = self.films[self.films["role"] != str(fold)]
        train, validation, _ = FRACTIONS
        shares = train / (train + validation), validation / (train + validation), 0.0
        roles[rest.index] = split_patients(rest, shares, self.seed)
        return roles

    @cached_property
    def sha256(self) -> str:
        """What names the plan: a hash of every film and its role, hexadecimal."""
        rows = self.films[["sha256", "patient", "role"]].sort_values(["sha256", "patient"])
        return hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest()

    def counts(self) -> pd.DataFrame:
        """Return films by role (rows) and label (columns)."""
        counts = self.films.groupby(["role", "label"]).size().unstack(fill_value=0)
        order = [role for role in ROLES if role in counts.index]
        return counts.reindex(order or sorted(counts.index, key=int))

    def save(self, name: str) -> Path:
        """Write the manifests and `films.csv` to `XRAY_HOME/splits/<name>`, and return the folder.

        Nothing appears under its name before all of it is there.

        Raises:
            ConfigError: the name is taken by another plan, or is not one.
            DatasetError: it cannot be written, or no training could use it: a role has no patient.
        """
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"{name!r} cannot name a split; allowed are up to 60 letters, digits, dots, "
                "hyphens and underscores, a letter or digit first."
            )
        self._check_roles()
        folder = settings().home / "splits" / name
        films = self.films.to_csv(index=False, lineterminator="\n").encode()
        work = folder.with_name(f".{name}-{uuid4().hex[:12]}")
        try:
            if folder.exists():
                saved = folder / "films.csv"
                if saved.exists() and saved.read_bytes() == films:
                    return folder
                raise ConfigError(f"a split called {name} is there already; choose another name.")
            for file, manifest in self.manifests.items():
                write_manifest(manifest, work / file)
            (work / "films.csv").write_bytes(films)
            work.rename(folder)
        except OSError as error:
            raise DatasetError(
                f"the split cannot be written to {folder} ({error.strerror}); XRAY_HOME must name "
                "a folder that can be written to."
            ) from None
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return folder

    def _check_roles(self) -> None:
        for file, manifest in self.manifests.items():
            for role in ROLES:
                if not (manifest["role"] == role).any():
                    raise DatasetError(
                        f"no patient has the role {role} in {file}, so that no training could use "
                        "it; allowed are divisions with patients for train, validation and "
                        "internal_test: larger shares, fewer folds, or more patients."
                    )


def own_split(dataset: Dataset) -> SplitPlan:
    """Return the division that the data set comes with: train, val and test.

    Raises:
        DatasetError: it has none, a film is in none of them, or a patient is in two.
    """
    roles = dataset.table["split"].map(OWN_ROLES)
    missing = int(roles.isna().sum())
    if missing:
        raise DatasetError(
            f"{missing:,} of {len(dataset):,} films are in no folder train, val or test; divide "
            "the set by patient instead."
        )
    group = tie_patients(zip(dataset.table["patient"], dataset.table["sha256"], strict=True))
    divided = roles.groupby(dataset.table["patient"].map(group)).nunique()
    count = int((divided > 1).sum())
    if count:
        raise DatasetError(
            f"{count:,} patients such as {divided.idxmax()} have films, or share a film, in more "
            "than one split of the set; divide it by patient instead."
        )
    return SplitPlan("the set's own split", _films(dataset, roles))


def fraction_split(dataset: Dataset, validation: float, test: float, seed: int) -> SplitPlan:
    """Divide patients into train, validation and internal test.

    Args:
        dataset: with hashes, by which patients who share a film are kept together.
        validation: share of the patients, `LEAST_SHARE` to 1.
        test: share of the patients, `LEAST_SHARE` to 1; the rest trains.
        seed: key of the order.

    Raises:
        ConfigError: a share is too small, or they leave nothing to train on.
        DatasetError: there are no films.
    """
    if min(validation, test) < LEAST_SHARE or validation + test >= 1:
        raise ConfigError(
            f"shares of {validation:g} and {test:g}; allowed are two of {LEAST_SHARE:g} or more "
            "that leave something to train on."
        )
    roles = split_patients(dataset.table, (1 - validation - test, validation, test), seed)
    return SplitPlan(
        f"by patient, {validation:.0%} validation, {test:.0%} test, seed {seed}",
        _films(dataset, roles),
    )


def fold_split(dataset: Dataset, folds: int, seed: int) -> SplitPlan:
    """Divide patients into k folds, each of them the test once.

    Args:
        dataset: with hashes, by which patients who share a film are kept together.
        folds: how many, at least 2.
        seed: key of the order.

    Raises:
        ConfigError, DatasetError: as `folds.fold_patients`.
    """
    fold = fold_patients(dataset.table, folds, seed)
    films = _films(dataset, fold.map(str))
    return SplitPlan(f"{folds} folds by patient, seed {seed}", films, folds, seed)


def _films(dataset: Dataset, roles: pd.Series) -> pd.DataFrame:
    return dataset.table.assign(role=roles)[list(FILM_COLUMNS)]


def _manifest(films: pd.DataFrame, roles: pd.Series) -> pd.DataFrame:
    rows = films.assign(role=roles)[list(COLUMNS)].drop_duplicates()
    return rows.sort_values(["source", "patient"], ignore_index=True)
