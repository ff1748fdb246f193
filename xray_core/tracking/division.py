"""Which film had which role in a run, as the division came out on the films that were there."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from xray_core.datasets.splits import ROLES
from xray_core.tracking.runs import DATA_FOLDER, set_tags
from xray_core.tracking.store import open_runs
from xray_core.tracking.tags import DIVISION_SHA256

if TYPE_CHECKING:  # it brings TensorFlow
    from xray_core.training.films import FilmSet

COLUMNS = ["source", "path", "sha256", "patient", "label", "role"]


def log_division(run: str, films: Mapping[str, "FilmSet"], part: str = "") -> None:
    """Put the role of every film into a run, as `data/division.csv`, and that file's SHA-256.

    Drawn phantoms are left out. The hash is the tag `kerley.division_sha256`.

    Args:
        run: the run.
        films: from `load_films`.
        part: of a run that divides more than once, such as `fold-1`: it ends the name of the file,
            before the dot, and that of the tag.

    Raises:
        TrackingError: the store cannot be written.
    """
    text = division_csv(films)
    with open_runs() as store:
        ending = f"-{part}" if part else ""
        store.client.log_text(run, text, f"{DATA_FOLDER}/division{ending}.csv")
    tag = f"{DIVISION_SHA256}.{part}" if part else DIVISION_SHA256
    set_tags(run, {tag: hashlib.sha256(text.encode()).hexdigest()})


def division_csv(films: Mapping[str, "FilmSet"]) -> str:
    """Return the real films as CSV, one row each, by source and path."""
    from xray_core.training.phantom_films import PHANTOM

    rows = pd.concat([films[role].table[COLUMNS] for role in ROLES])
    rows = rows[rows["source"] != PHANTOM].sort_values(["source", "path", "sha256"])
    return str(rows.to_csv(index=False, lineterminator="\n"))
