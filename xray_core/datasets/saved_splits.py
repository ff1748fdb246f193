"""Divisions of patients that were saved."""

import re
from pathlib import Path

from xray_core.settings import settings


def saved_splits() -> list[Path]:
    """Return the manifests under `XRAY_HOME/splits`, by the name of the split and its fold."""
    found = (settings().home.resolve() / "splits").glob("*/patients*.csv")
    # A hidden folder is one that is being written, or was when its process ended.
    return sorted((path for path in found if path.parent.name[0] != "."), key=_order)


def _order(path: Path) -> tuple[str, int]:
    number = re.search(r"\d+$", path.stem)
    return path.parent.name, int(number[0]) if number else 0
