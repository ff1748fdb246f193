"""Where a bundle comes from: films, configuration, start weights, software."""

import csv
from collections import Counter
from dataclasses import dataclass
from typing import Any

from xray_core.bundle.store import BundleInfo
from xray_core.datasets.splits import FITTED


@dataclass(frozen=True)
class Lineage:
    """What made a bundle, as far as it says so.

    Attributes:
        films: how many by (source, role).
        patients: how many by (source, role).
        manifest: name of the file that divided the patients; empty if not stated.
        start: the weights that the training began with; empty if not stated.
        seed: of the training, or None.
        config: the whole configuration, without the history of the epochs.
        environment: versions of the packages.
    """

    films: dict[tuple[str, str], int]
    patients: dict[tuple[str, str], int]
    manifest: str
    start: str
    seed: int | None
    config: dict[str, Any]
    environment: dict[str, str]

    @property
    def fitted(self) -> int:
        """Films by which the model was trained or tuned."""
        return sum(n for (_, role), n in self.films.items() if role in FITTED)

    @property
    def sources(self) -> tuple[str, ...]:
        """The data sets, sorted."""
        return tuple(sorted({source for source, _ in self.films}))


def lineage_of(info: BundleInfo) -> Lineage:
    """Read where a bundle comes from; a list of films that cannot be read counts as empty."""
    config = {key: value for key, value in info.manifest.training.items() if key != "history"}
    start, seed = config.get("start", ""), config.get("seed")
    films, patients = _films(info)
    return Lineage(
        films=films,
        patients=patients,
        manifest=str(config.get("manifest") or ""),
        start=str(start),
        seed=seed if isinstance(seed, int) else None,
        config=config,
        environment=dict(info.manifest.environment),
    )


_Counts = dict[tuple[str, str], int]


def _films(info: BundleInfo) -> tuple[_Counts, _Counts]:
    try:
        with (info.path / "films.csv").open(encoding="utf-8", newline="") as file:
            rows = [(r["source"], r["role"], r["patient"]) for r in csv.DictReader(file)]
    except (OSError, UnicodeError, csv.Error, KeyError):
        return {}, {}
    films = Counter((source, role) for source, role, _ in rows)
    people = Counter((source, role) for source, role, _ in set(rows))
    return dict(sorted(films.items())), dict(sorted(people.items()))
