"""Dividing patients, never a patient, into k folds."""

import pandas as pd

from xray_core.datasets.splits import keyed_hash, strata_of, tie_patients
from xray_core.errors import ConfigError, DatasetError


def fold_patients(table: pd.DataFrame, folds: int, seed: int = 20180222) -> pd.Series:
    """Give every film a fold by its patient.

    As in `splits.split_patients`, patients who share a film stay together, each stratum (the same
    sources and labels) is dealt evenly, and neither the order of the rows nor the version of a
    random generator matters. Each stratum is dealt from where the one before ended, so that many
    small ones do not all fill the first fold.

    Args:
        table: columns `patient`, `source`, `label` and `sha256`, one row for each film.
        folds: how many, at least 2.
        seed: key of the hash.

    Returns:
        Series of 0 … folds − 1 with the table's index.

    Raises:
        ConfigError: fewer than two folds.
        DatasetError: fewer groups of patients than folds.
    """
    if folds < 2:
        raise ConfigError(f"{folds} folds; allowed are 2 or more.")
    group = tie_patients(zip(table["patient"], table["sha256"], strict=True))
    if len(set(group.values())) < folds:
        raise DatasetError(
            f"{len(set(group.values()))} patients cannot be divided into {folds} folds; at least "
            "one for each is needed."
        )
    groups = table["patient"].map(group)
    fold: dict[str, int] = {}
    strata = sorted(strata_of(table, groups), key=min)  # whatever the order of the rows
    for members in strata:
        for name in sorted(members, key=lambda name: keyed_hash(name, seed)):
            fold[name] = len(fold) % folds
    return groups.map(fold).rename("fold")
