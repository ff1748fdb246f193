"""Which films a comparison is of, so that it can be made again."""

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from xray_core.datasets.dataset import Dataset


@dataclass(frozen=True)
class DataRef:
    """The manifest of a set of films.

    Attributes:
        name: of the folder or archive.
        split: which part of it; None for all.
        sha256: over the SHA-256, label and patient of every film, sorted: another film, label or
            patient gives another.
        films: how many.
        patients: how many.
        labels: films by label.
        sources: films by data set.
    """

    name: str
    split: str | None
    sha256: str
    films: int
    patients: int
    labels: dict[str, int]
    sources: dict[str, int]

    @classmethod
    def of(cls, dataset: Dataset, split: str | None = None) -> "DataRef":
        """Return the manifest of a data set's films."""
        table = dataset.table
        lines = sorted("\t".join(row) for row in table[["sha256", "label", "patient"]].to_numpy())
        return cls(
            name=dataset.root.name,
            split=split,
            sha256=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
            films=len(table),
            patients=int(table["patient"].nunique()),
            labels=dict(sorted(Counter(table["label"]).items())),
            sources=dict(sorted(Counter(table["source"]).items())),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as JSON types."""
        return asdict(self)
