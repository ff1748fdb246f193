"""Divisions of patients that were saved, and whether they know the patients of some films."""

import re
from collections.abc import Iterable
from pathlib import Path

from xray_core.datasets.manifest import read_manifest
from xray_core.settings import settings


def saved_splits() -> list[Path]:
    """Return the manifests under `XRAY_HOME/splits`, by the name of the split and its fold."""
    return sorted((settings().home / "splits").glob("*/patients*.csv"), key=_order)


def unknown_patients(manifest: Path, patients: Iterable[str]) -> int:
    """Return how many of some patients a manifest gives no role, 0 where it can be trained by.

    Raises:
        DatasetError: it is no manifest.
    """
    return len(set(patients) - set(read_manifest(manifest)["patient"]))


def _order(path: Path) -> tuple[str, int]:
    number = re.search(r"\d+$", path.stem)
    return path.parent.name, int(number[0]) if number else 0
