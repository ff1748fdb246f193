"""`films.csv` of a bundle: every film that it was made with, and no name of a patient."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from xray_core.datasets.patients import published_key

FILM_COLUMNS = ["sha256", "phash", "patient", "source", "label", "role"]


def write_film_list(tables: Sequence[pd.DataFrame], path: Path) -> None:
    """Write films with their roles; patients by `published_key`, as a bundle may be published.

    Args:
        tables: of films, with `FILM_COLUMNS` among their columns.
        path: of the file.
    """
    films = pd.concat([table.reindex(columns=FILM_COLUMNS) for table in tables])
    keys = map(published_key, films["patient"], films["source"])
    text = films.assign(patient=list(keys)).to_csv(index=False, lineterminator="\n")
    path.write_bytes(text.encode())
