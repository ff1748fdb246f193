"""Which patients train, validate and test: by folders, at random, by folds or a saved split."""

from pathlib import Path
from typing import Any

import streamlit as st

from pages.components import train_data, train_fields, train_kept
from pages.components.frame import sentence
from xray_core.datasets.manifest import MANIFEST_PATH, read_manifest
from xray_core.datasets.saved_splits import saved_splits
from xray_core.errors import ConfigError, DatasetError
from xray_core.training.division import Division

FIELDS = {
    "manifest": [],
    "own": ["seed"],
    "random": ["seed"],
    "folds": ["seed", "folds", "fold"],
}
"""What else is to be chosen, by how the patients are divided."""


def show(values: dict[str, Any], key: str, path: str) -> dict[str, Any]:
    """Show how patients are divided; return what changes in the configuration.

    Args:
        values: of the configuration, as JSON types.
        key: for the widgets; another one starts them anew.
        path: where the films are.

    Raises:
        ConfigError: a manifest is to divide the patients, and there is none that knows them.
    """
    division, key = dict(values["division"]), f"{key}-division"
    division |= train_fields.show(Division, ["by"], division, key)
    division |= train_fields.show(Division, FIELDS[division["by"]], division, key)
    if division["by"] == "random":
        division["fractions"] = _shares(division["fractions"], key)
    chosen = _manifest(key, path, values["manifest"]) if division["by"] == "manifest" else None
    return {"division": division, "manifest": chosen}


def _shares(fractions: list[float], key: str) -> list[float]:
    """Show the shares of validation and test; return those of all three."""
    columns = st.columns(train_fields.COLUMNS)
    first = [max(1.0, round(share * 100, 3)) for share in fractions[1:]]
    percents = []
    for column, title, percent in zip(columns, ("Validation, %", "Test, %"), first, strict=False):
        name = f"train-{key}-{title}"
        train_kept.begin(name, percent)
        chosen = column.number_input(
            title,
            1.0,
            98.0,
            "min",
            step=1.0,
            format="%g",
            key=name,
            help="Share of the patients; the rest trains.",
        )
        percents.append(train_kept.keep(name, chosen))
    if percents == first:
        return fractions  # to the last digit
    if sum(percents) >= 100:
        raise ConfigError(
            f"shares of {percents[0]:g} % and {percents[1]:g} %; allowed are two that leave "
            "something to train on."
        )
    validation, test = (percent / 100 for percent in percents)
    return [1 - validation - test, validation, test]


def _manifest(key: str, path: str, first: str | None) -> str:
    """Let the user choose among the saved splits that know every patient; say which do not.

    Args:
        key: for the widget.
        path: where the films are.
        first: the one to begin with, if it knows them.
    """
    patients = set(train_data.hashed(path).table["patient"])
    fitting, others = list[str](), list[str]()
    for manifest in [*saved_splits(), MANIFEST_PATH]:
        if (known := _patients(str(manifest), _changed(manifest))) is None:
            continue
        missing = len(patients - known)
        if not missing:
            fitting.append(str(manifest))
        elif manifest != MANIFEST_PATH:
            others.append(f"{_title(str(manifest))} ({missing:,} of {len(patients):,} patients)")
    if others:
        st.caption(f"Saved splits that do not know these patients: {sentence('; '.join(others))}.")
    if not fitting:
        raise ConfigError(
            "no saved split knows the patients of these films; divide them on Datasets, under "
            "Split, or choose another way here: own, random or folds."
        )
    key = f"train-{key}-manifest"
    begin = first if first in fitting else fitting[0]
    train_kept.begin(key, begin)
    if st.session_state[key] not in fitting:  # it was deleted, or other films have come
        st.session_state[key] = begin
    chosen = st.selectbox(
        "Saved split",
        fitting,
        format_func=_title,
        key=key,
        help="Saved on Datasets, under Split, or by `dataset split`; those that know every patient "
        "of these films.",
    )
    return str(train_kept.keep(key, chosen))


def _title(manifest: str) -> str:
    path = Path(manifest)
    if path == MANIFEST_PATH:
        return "That of the bundled models"
    fold = path.stem.removeprefix("patients").strip("-").replace("-", " ")
    return f"{path.parent.name}, {fold}" if fold else path.parent.name


def _changed(manifest: Path) -> int:
    return manifest.stat().st_mtime_ns if manifest.exists() else 0


@st.cache_data(show_spinner=False, max_entries=64)
def _patients(manifest: str, changed: int) -> frozenset[str] | None:
    """Return the patients that a manifest divides; None where it is none."""
    try:
        return frozenset(read_manifest(Path(manifest))["patient"])
    except DatasetError:
        return None
