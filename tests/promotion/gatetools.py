"""What models are made to say of films that are only a table."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from trusting import trust

from xray_core.bundle import BundleManifest, find_bundle
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.stores import FolderStore
from xray_core.evaluation.contender import Contender
from xray_core.evaluation.scoring import FilmScore
from xray_core.inference import ModelRef, Status

FILMS_CSV = "sha256,phash,patient,source,label,role\nabc,,p,s,NORMAL,train\n"
HIT, MISS, QUIET = 0.98, 0.02, None


def copy_of(folder: Path, name: str) -> Path:
    """Add a trusted bundle beside another, under its own name."""
    other = folder.parent / name
    shutil.copytree(folder, other)
    path = other / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "name": name}))
    trust(other)
    return other


@dataclass
class Said:
    """What a model says: P(pneumonia) of each film, ill ones first; None for no opinion.

    Attributes:
        ill: of the films with pneumonia.
        well: of the normal films.
        lungs_blanked: of all films; by default it knows nothing.
        seen: numbers of the films that it was trained on.
    """

    ill: list[float | None]
    well: list[float | None]
    lungs_blanked: list[float] | None = None
    seen: list[int] = field(default_factory=list)


def says(name: str, said: Said) -> Contender:
    """Return the model's answers as the scoring gives them."""
    info = find_bundle(name)
    p = [*said.ill, *said.well]
    # Without the lungs it says the same of a film as of another, ill or well.
    blanked = said.lungs_blanked or [0.3 + 0.001 * (i % 7) for i in range(len(p))]
    seen = np.isin(np.arange(len(p)), said.seen)
    return Contender(
        ref=ModelRef(info.name, info.sha256),
        manifest=BundleManifest.read(info.path),
        scores=tuple(_score(a, b) for a, b in zip(p, blanked, strict=True)),
        seen=seen,
        known=True,
        usable=np.ones(len(p), bool),
    )


def _score(p: float | None, blanked: float) -> FilmScore:
    if p is None:
        return FilmScore(Status.REFUSED, "too dark")
    return FilmScore(Status.OK, "", _four(p), (_four(blanked), _four(p)))


def _four(p: float) -> tuple[float, ...]:
    return (1 - p, p / 3, p / 3, p / 3)


def films(ill: int, well: int, per_patient: int = 1) -> Dataset:
    """Return a data set whose films nobody can read, for it is never asked for one."""
    n = ill + well
    rows: dict[str, Any] = {
        "path": [f"{i}.png" for i in range(n)],
        "label": ["BACTERIAL"] * ill + ["NORMAL"] * well,
        "patient": [f"p{i // per_patient}" for i in range(n)],
        "split": "",
        "source": "films",
        "sha256": [f"{i:064x}" for i in range(n)],
        "phash": "",
    }
    return Dataset(pd.DataFrame(rows), FolderStore(Path("films")))


def reads(ill: int = 300, well: int = 200, missed: int = 0, first: int = 0) -> Said:
    """Return a model that misses some films with pneumonia, from the first on, and no others."""
    p: list[float | None] = [HIT] * ill
    p[first : first + missed] = [MISS] * missed
    return Said(p, [MISS] * well)
