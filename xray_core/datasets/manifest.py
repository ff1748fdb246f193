"""The committed manifest: which role every patient has, decided once."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.splits import FRACTIONS, ROLES, split_patients
from xray_core.errors import DatasetError
from xray_core.settings import PROJECT_ROOT

MANIFEST_PATH = PROJECT_ROOT / "configs" / "patients.csv"
COLUMNS = ("source", "patient", "role")
SEED = 20180222


def build_manifest(datasets: Sequence[Dataset], seed: int = SEED) -> pd.DataFrame:
    """Divide the patients of all data sets together.

    Args:
        datasets: every source once.
        seed: see `splits.split_patients`.

    Returns:
        Columns `source`, `patient`, `role`, one row for each patient of each source, sorted.

    Raises:
        DatasetError: there is no data set, or two of the same source.
    """
    sources = [name for data in datasets for name in data.table["source"].unique()]
    if not sources or len(set(sources)) < len(sources):
        raise DatasetError(f"sources {sources}; allowed is each of them once, and at least one.")
    table = pd.concat([data.table for data in datasets], ignore_index=True)
    table["role"] = split_patients(table, FRACTIONS, seed)
    rows = table[list(COLUMNS)].drop_duplicates()
    return rows.sort_values(["source", "patient"], ignore_index=True)


def write_manifest(manifest: pd.DataFrame, path: Path = MANIFEST_PATH) -> None:
    """Write a manifest as CSV, UTF-8, lines ended by a line feed on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(manifest.to_csv(index=False, lineterminator="\n").encode())


def read_manifest(path: Path = MANIFEST_PATH) -> pd.DataFrame:
    """Return a manifest.

    Raises:
        DatasetError: it is not there, is not such a table, or gives a patient two roles.
    """
    try:
        manifest = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DatasetError(f"manifest {path.name} cannot be read: {_first_line(error)}.") from None
    if tuple(manifest.columns) != COLUMNS or not set(manifest["role"]) <= set(ROLES):
        raise DatasetError(
            f"manifest {path.name} has columns {', '.join(manifest.columns)}; allowed are "
            f"{', '.join(COLUMNS)} with the roles {', '.join(ROLES)}."
        )
    divided = manifest.groupby("patient")["role"].nunique()
    if (divided > 1).any():
        raise DatasetError(
            f"manifest {path.name} gives {divided.idxmax()} two roles; allowed is one."
        )
    return manifest


def assign_roles(table: pd.DataFrame, manifest: pd.DataFrame) -> pd.Series:
    """Return the role of every film by its patient.

    Patient keys are the same from whichever folder the films of a collection come, so they alone
    decide: a copy of a training film under another source is a training film.

    Args:
        table: of a `Dataset`.
        manifest: of `read_manifest`.

    Returns:
        Series of roles with the table's index.

    Raises:
        DatasetError: a patient is not in the manifest.
    """
    roles = table["patient"].map(dict(zip(manifest["patient"], manifest["role"], strict=True)))
    unknown = table["patient"][roles.isna()].unique()
    if len(unknown):
        raise DatasetError(
            f"{len(unknown)} patients such as {unknown[0]} are not in the manifest of patients; "
            "allowed are the patients that it divides, and new sources are divided by building "
            "it again."
        )
    return roles.rename("role")


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".")
