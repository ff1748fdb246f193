"""Several data sets as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.stores import FilmStore
from xray_core.errors import DatasetError


@dataclass(frozen=True)
class JoinedStore:
    """The films of several stores, under the name of their data set: `chest_xray/train/…`.

    Attributes:
        parts: name of a data set → its store.
    """

    parts: Mapping[str, FilmStore]

    @property
    def path(self) -> Path:
        """The folder or file of the first."""
        return next(iter(self.parts.values())).path

    def addresses(self) -> list[str]:
        """Return the addresses of all files."""
        return [f"{name}/{a}" for name, store in self.parts.items() for a in store.addresses()]

    def read(self, address: str) -> bytes:
        """Return the bytes of one file.

        Raises:
            DatasetError: it cannot be read.
        """
        name, _, rest = address.partition("/")
        return self.parts[name].read(rest)


def join_datasets(datasets: Sequence[Dataset]) -> Dataset:
    """Return the films of all data sets as one, each keeping its source; one is returned as it is.

    Raises:
        DatasetError: none is given, or two have the same source.
    """
    if len(datasets) == 1:
        return datasets[0]
    names = [str(data.table["source"].iloc[0]) for data in datasets]
    if not names or len(set(names)) < len(names):
        raise DatasetError(
            f"the data sets {', '.join(names) or '(none)'} cannot be joined; allowed are sets "
            "whose folders have different names."
        )
    tables = [
        data.table.assign(path=f"{name}/" + data.table["path"])
        for name, data in zip(names, datasets, strict=True)
    ]
    table = pd.concat(tables, ignore_index=True).sort_values("path", ignore_index=True)
    stores = {name: data.store for name, data in zip(names, datasets, strict=True)}
    return Dataset(table, JoinedStore(stores))
