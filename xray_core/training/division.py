"""Which films train, which choose, and which are kept for the end; never a patient in two roles."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field

from xray_core.datasets.folds import fold_patients
from xray_core.datasets.manifest import assign_roles, read_manifest
from xray_core.datasets.splits import (
    FRACTIONS,
    INTERNAL_TEST,
    TRAIN,
    VALIDATION,
    split_patients,
    tie_patients,
)
from xray_core.errors import ConfigError, DatasetError
from xray_core.training.config_file import Frozen

LEFT_OUT = ""
"""The role of a film whose patient has a role already, by another split of the set's own."""
LEAST_VALIDATION = 40
"""A set's own `val` of fewer films joins its `train`: it is too small to choose anything by."""
_ROLES = {"train": TRAIN, "": TRAIN, "val": VALIDATION, "test": INTERNAL_TEST}


class Division(Frozen):
    """How patients are divided into training, validation and internal test."""

    by: Literal["manifest", "own", "random", "folds"] = Field(
        "manifest",
        description="manifest: as a file says, once and for all. own: the folders train, val and "
        "test of the data set; where val is missing or has fewer than 40 films, validation "
        "patients are drawn from train. random: by seed and shares. folds: one fold of several is "
        "the internal test.",
    )
    seed: int = Field(20180222, ge=0, description="Key of the draw of patients.")
    fractions: tuple[float, float, float] = Field(
        FRACTIONS,
        description="Shares of training, validation and internal test; they sum to 1, and the "
        "first is above 0.",
    )
    folds: int = Field(5, ge=2, le=20, description="Number of folds.")
    fold: int = Field(1, ge=1, description="Fold that is the internal test, from 1.")


def divide(
    tables: Sequence[pd.DataFrame], how: Division, manifest: Path | None = None
) -> list[pd.Series]:
    """Return the role of every film of several data sets, divided together.

    A patient has one role; patients who share a film (equal SHA-256) count as one. A manifest has
    to give them one role already, for it is not ours to change.

    Args:
        tables: of `Dataset`s.
        how: the rule.
        manifest: CSV of roles, for the rule `manifest`.

    Returns:
        For each table a Series of `train`, `validation`, `internal_test`, or `LEFT_OUT` for a film
        of the set's own training split whose patient is in another of its splits.

    Raises:
        ConfigError: the rule is `manifest` and none is given or `own` and a set without folders is
            joined to one with them, a fold is named that is not there, or the shares by which
            it draws do not sum to 1 or leave nothing to train on.
        DatasetError: a patient is not in the manifest, it gives copies of a film two roles, or
            there are fewer patients than folds.
    """
    if how.by == "manifest":
        if manifest is None:
            raise ConfigError(
                "division by manifest needs a manifest; allowed without one are own, random, folds."
            )
        known = read_manifest(manifest)
        assigned = [assign_roles(table, known) for table in tables]
        check_one_role(tables, assigned)
        return assigned
    _check_shares(how.fractions)
    if how.by == "own":
        _check_folders(tables)
    joined = pd.concat(tables, ignore_index=True)
    roles = {"own": _own, "random": _random, "folds": _folds}[how.by](joined, how)
    ends = pd.Series([len(table) for table in tables]).cumsum()
    return [
        roles.iloc[end - len(table) : end].set_axis(table.index).rename("role")
        for table, end in zip(tables, ends, strict=True)
    ]


def check_one_role(tables: Sequence[pd.DataFrame], roles: Sequence[pd.Series]) -> None:
    """Refuse roles by which a film, under two patients or names, or a patient trains and tests.

    Args:
        tables: of `Dataset`s.
        roles: of the films of each.

    Raises:
        DatasetError: copies of a film (equal SHA-256), or films of a patient, have two roles.
    """
    films = pd.concat(tables, ignore_index=True).assign(role=pd.concat(roles, ignore_index=True))
    for key, one, whole in (
        ("sha256", "films", "all copies of a film"),
        ("patient", "patients", "all films of a patient, as one manifest for all sets gives it"),
    ):
        known = films[films[key] != ""]
        divided = known[known.groupby(key)["role"].transform("nunique") > 1]
        if len(divided):
            first = divided[divided[key] == divided[key].iloc[0]]
            patients, given = (" and ".join(first[k].unique()) for k in ("patient", "role"))
            raise DatasetError(
                f"{divided[key].nunique()} {one} have more than one role, such as "
                f"{first['path'].iloc[0]} under {patients}, given the roles {given}; allowed is "
                f"one role for {whole}."
            )


def _check_shares(shares: tuple[float, float, float]) -> None:
    """Refuse shares that would only sum to 1 once they are divided by their sum, or by 0."""
    if not (shares[0] > 0 and min(shares) >= 0 and abs(sum(shares) - 1) <= 1e-9):
        raise ConfigError(
            f"shares {shares} of training, validation and internal test; allowed are three that "
            "sum to 1, the first of them above 0."
        )


def _check_folders(tables: Sequence[pd.DataFrame]) -> None:
    """Refuse a set without split folders beside one with them: all of it would be trained on."""
    sets = [
        (name, (films["split"] != "").any())
        for table in tables
        for name, films in table.groupby("source", sort=False)
    ]
    without = [str(name) for name, divided in sets if not divided]
    if 0 < len(without) < len(sets):
        raise ConfigError(
            f"division by own of {', '.join(without)} without folders train, val and test beside "
            "a set that has them; allowed are sets that all have them, or manifest, random, folds."
        )


def _groups(table: pd.DataFrame) -> pd.Series:
    tied = tie_patients(zip(table["patient"], table["sha256"], strict=True))
    return table["patient"].map(tied)


def _random(table: pd.DataFrame, how: Division) -> pd.Series:
    return split_patients(table, how.fractions, how.seed)


def _folds(table: pd.DataFrame, how: Division) -> pd.Series:
    if how.fold > how.folds:
        raise ConfigError(f"fold {how.fold} of {how.folds}; allowed are 1 to {how.folds}.")
    held_out = fold_patients(table, how.folds, how.seed) == how.fold - 1
    roles = pd.Series(INTERNAL_TEST, index=table.index)
    rest = table[~held_out]
    roles[rest.index] = split_patients(rest, _shares(how, test=False), how.seed)
    return roles


def _own(table: pd.DataFrame, how: Division) -> pd.Series:
    roles = table["split"].map(_ROLES)
    if (roles == VALIDATION).sum() < LEAST_VALIDATION:
        roles[roles == VALIDATION] = TRAIN
    groups = _groups(table)
    for kept, below in ((INTERNAL_TEST, (TRAIN, VALIDATION)), (VALIDATION, (TRAIN,))):
        taken = set(groups[roles == kept])
        roles[roles.isin(below) & groups.isin(taken)] = LEFT_OUT
    missing = {role: not (roles == role).any() for role in (VALIDATION, INTERNAL_TEST)}
    if any(missing.values()):
        rest = table[roles == TRAIN]
        shares = _shares(how, validation=missing[VALIDATION], test=missing[INTERNAL_TEST])
        roles[rest.index] = split_patients(rest, shares, how.seed)
    return roles


def _shares(
    how: Division, *, validation: bool = True, test: bool = True
) -> tuple[float, float, float]:
    """Return the shares where validation or test is not drawn; they sum to 1 again."""
    train, chosen, kept = how.fractions
    chosen, kept = chosen * validation, kept * test
    total = train + chosen + kept
    return train / total, chosen / total, kept / total
