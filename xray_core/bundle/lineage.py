"""Where a bundle comes from: films, configuration, start weights, software."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
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
        parents: name and SHA-256 of the models and files that it was made from: the one that it
            began with, those that taught it, those that it averages, the one whose features it
            reads.
        seed: of the training, or None.
        config: the whole configuration, without the history of the epochs.
        environment: versions of the packages.
    """

    films: dict[tuple[str, str], int]
    patients: dict[tuple[str, str], int]
    manifest: str
    start: str
    parents: tuple[tuple[str, str], ...]
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
        parents=tuple(dict.fromkeys(_parents(config))),
        seed=seed if isinstance(seed, int) else None,
        config=config,
        environment=dict(info.manifest.environment),
    )


def _parents(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if sha256 := config.get("start_sha256"):
        yield str(config.get("start")), str(sha256)
    if hashes := config.get("teacher_sha256"):  # of several, joined as their names are
        yield from zip(str(config.get("teacher")).split("+"), str(hashes).split("+"), strict=False)
    average, features = config.get("average"), config.get("features")
    for part in [*(average if isinstance(average, list) else []), features]:
        if isinstance(part, dict) and {"model", "sha256"} <= part.keys():
            yield str(part["model"]), str(part["sha256"])


_Counts = dict[tuple[str, str], int]


def _films(info: BundleInfo) -> tuple[_Counts, _Counts]:
    try:
        with (info.path / "films.csv").open(encoding="utf-8", newline="") as file:
            # A row that is too short has None for what it lacks.
            rows = [
                (r["source"] or "", r["role"] or "", r["patient"] or "")
                for r in csv.DictReader(file)
            ]
    except (OSError, UnicodeError, csv.Error, KeyError):
        return {}, {}
    films = Counter((source, role) for source, role, _ in rows)
    people = Counter((source, role) for source, role, _ in set(rows))
    return dict(sorted(films.items())), dict(sorted(people.items()))
