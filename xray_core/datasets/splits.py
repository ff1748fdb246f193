"""Dividing patients, never a patient, into training, validation and internal test."""

import hashlib
from collections.abc import Iterable, Sequence

import pandas as pd

from xray_core.errors import ConfigError, DatasetError

TRAIN, VALIDATION, INTERNAL_TEST = "train", "validation", "internal_test"
ROLES = (TRAIN, VALIDATION, INTERNAL_TEST)
FITTED = (TRAIN, VALIDATION)
"""Roles of films by which a model was trained or tuned. The internal test chose nothing."""
FRACTIONS = (0.8, 0.1, 0.1)


def split_patients(
    table: pd.DataFrame, fractions: Sequence[float] = FRACTIONS, seed: int = 20180222
) -> pd.Series:
    """Give every film a role by its patient.

    Patients who share a film (equal SHA-256) stay together, whatever their source. Within each
    stratum, the same sources and the same set of labels, groups of patients are ordered by a keyed
    hash of their names and cut by the fractions: the answer depends on neither the order of the
    rows nor the version of a random generator.

    Args:
        table: columns `patient`, `source`, `label` and `sha256`, one row for each film.
        fractions: shares of train, validation and internal test; they sum to 1.
        seed: key of the hash.

    Returns:
        Series of `train`, `validation` or `internal_test` with the table's index.

    Raises:
        ConfigError: the fractions are not three shares that sum to 1.
        DatasetError: the table has no films.
    """
    if len(fractions) != len(ROLES) or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ConfigError(f"fractions {tuple(fractions)}; allowed are three shares that sum to 1.")
    if table.empty:
        raise DatasetError("there are no films to divide; at least one is needed.")
    group = tie_patients(zip(table["patient"], table["sha256"], strict=True))
    groups = table["patient"].map(group)
    role: dict[str, str] = {}
    for members in strata_of(table, groups):
        ordered = sorted(members, key=lambda name: keyed_hash(name, seed))
        role.update(zip(ordered, _roles(len(ordered), fractions), strict=True))
    return groups.map(role).rename("role")


def tie_patients(films: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for each patient the name of the group of patients tied by equal films.

    Args:
        films: (patient, SHA-256) of each film.

    Returns:
        Patient → the first patient of the group in alphabetical order.
    """
    parent: dict[str, str] = {}

    def root(patient: str) -> str:
        while parent.setdefault(patient, patient) != patient:
            parent[patient] = parent[parent[patient]]
            patient = parent[patient]
        return patient

    first_with: dict[str, str] = {}
    for patient, sha256 in films:
        first = first_with.setdefault(sha256, patient) if sha256 else patient
        one, other = sorted((root(patient), root(first)))
        parent[other] = one
    return {patient: root(patient) for patient in parent}


def strata_of(table: pd.DataFrame, groups: pd.Series) -> list[list[str]]:
    """Return the groups of patients by what they have in common: their sources and labels."""
    sources: dict[str, set[str]] = {}
    labels: dict[str, set[str]] = {}
    for group, source, label in zip(groups, table["source"], table["label"], strict=True):
        sources.setdefault(group, set()).add(source)
        labels.setdefault(group, set()).add(label)
    strata: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for group in sources:
        key = tuple(sorted(sources[group])), tuple(sorted(labels[group]))
        strata.setdefault(key, []).append(group)
    return list(strata.values())


def keyed_hash(name: str, seed: int) -> str:
    """Return what orders a group: hexadecimal, the same on every machine."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def _roles(count: int, fractions: Sequence[float]) -> list[str]:
    train_end = round(fractions[0] * count)
    validation_end = round((fractions[0] + fractions[1]) * count)
    sizes = (train_end, validation_end - train_end, count - validation_end)
    return [role for role, size in zip(ROLES, sizes, strict=True) for _ in range(size)]
