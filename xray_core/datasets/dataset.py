"""Films as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xray_core.datasets.stores import FilmStore
from xray_core.imaging.radiograph import Radiograph
from xray_core.imaging.reader import read_radiograph
from xray_core.labels import Label, parse_label

COLUMNS = ("path", "label", "patient", "split", "source", "sha256", "phash")


@dataclass(frozen=True)
class Dataset:
    """Films of one folder or archive.

    Attributes:
        table: pandas DataFrame of text, one row for each film, index 0 … n − 1, sorted by path:
            `path` (address within the folder or archive, with `/`), `label` (as
            `labels.label_name` writes it, `""` where unknown), `patient` (see `patients`), `split`
            (`train`, `val`, `test` or `""`), `source` (name of the data set), `sha256` (of the
            film's bytes, hexadecimal), `phash` (64-bit perceptual hash, hexadecimal; `""` until
            the films are decoded, as training does).
        store: where the bytes are.
    """

    table: pd.DataFrame
    store: FilmStore

    @property
    def root(self) -> Path:
        """The folder or archive."""
        return self.store.path

    def __len__(self) -> int:
        return len(self.table)

    def labels(self) -> list[Label]:
        """Return the label of every film; empty where it is unknown."""
        return [parse_label(name) if name else frozenset() for name in self.table["label"]]

    def film_bytes(self, index: int) -> bytes:
        """Return the bytes of a film's file.

        Raises:
            DatasetError: it cannot be read any more.
        """
        return self.store.read(str(self.table["path"].iloc[index]))

    def read(self, index: int) -> Radiograph:
        """Return a film, decoded.

        Raises:
            DatasetError: its bytes cannot be read any more.
            FilmError: they are not a film.
        """
        name = PurePosixPath(str(self.table["path"].iloc[index])).name
        return read_radiograph(self.film_bytes(index), name)

    def subset(self, rows: Sequence[int] | NDArray[np.integer] | NDArray[np.bool_]) -> "Dataset":
        """Return the films at these positions, or where a mask (n,) is True, renumbered from 0."""
        picked = self.table.iloc[np.asarray(rows)].reset_index(drop=True)
        return replace(self, table=picked)
