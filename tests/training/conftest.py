"""A small set of phantoms on disk, and a configuration to train on it in seconds."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xray_core.datasets.manifest import build_manifest, write_manifest
from xray_core.datasets.open import open_dataset
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.labels import CLASSES
from xray_core.training.canvas import CONTEXT, DETAIL
from xray_core.training.config import TrainingConfig
from xray_core.training.films import STRESSED, TRAIN, VALIDATION, FilmSet

FOLDERS = {
    PhantomKind.NORMAL: "NORMAL",
    PhantomKind.LOBAR: "BACTERIAL",
    PhantomKind.INTERSTITIAL: "VIRAL",
    PhantomKind.PERIPHERAL: "COVID-19",
}


@pytest.fixture(scope="session")
def phantom_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 phantoms of 96 px, one folder a class, with their patient manifest beside them."""
    root = tmp_path_factory.mktemp("phantoms")
    for kind, name in FOLDERS.items():
        folder = root / "films" / name
        folder.mkdir(parents=True)
        for seed in range(30):
            film = draw_phantom(seed + 1000 * list(FOLDERS).index(kind), kind, size=96)
            (folder / f"film-{name}-p{seed}.png").write_bytes(phantom_png(film))
    manifest = build_manifest([open_dataset(root / "films", source="phantoms")], seed=1)
    write_manifest(manifest, root / "patients.csv")
    return root


@pytest.fixture(scope="session")
def settings_of_run(phantom_folder: Path) -> dict[str, Any]:
    """A configuration as JSON types: two epochs of a small plain network at 64 px."""
    return {
        "name": "quick",
        "title": "Quick",
        "network": "cnn-deep",
        "input_size": 64,
        "data": [
            {
                "path": "films",
                "source": "phantoms",
                "population": "nobody: drawn phantoms",
                "licence": "Apache-2.0",
            }
        ],
        "manifest": "patients.csv",
        "epochs": 2,
        "films_per_epoch": 64,
        "batch": 16,
        "balance": 0.5,
        "confounders": "The outlines of drawn ribs.",
        "operating_point": {"min_sensitivity": 0.9, "source": "phantoms"},
    }


@pytest.fixture(scope="session")
def config_file(phantom_folder: Path, settings_of_run: dict[str, Any]) -> Path:
    """The configuration, written beside the films."""
    path = phantom_folder / "quick.json"
    path.write_text(json.dumps(settings_of_run))
    return path


@pytest.fixture(scope="session")
def quick_config(settings_of_run: dict[str, Any], phantom_folder: Path) -> TrainingConfig:
    """Three epochs of the smallest network with dropout, at 32 px, for `drawn_films`."""
    data = [settings_of_run["data"][0] | {"path": str(phantom_folder / "films")}]
    return TrainingConfig.model_validate(
        settings_of_run
        | {
            "network": "ann-deep-dropout",
            "input_size": 32,
            "epochs": 3,
            "films_per_epoch": 32,
            "batch": 8,
            "manifest": str(phantom_folder / "patients.csv"),
            "data": data,
        }
    )


@pytest.fixture(scope="session")
def drawn_films() -> dict[str, FilmSet]:
    """Film sets without files, 32 px: pneumonias are bright where normal films are dark."""
    sizes = {TRAIN: 24, VALIDATION: 12, STRESSED: 12}
    return {role: _drawn(role, count) for role, count in sizes.items()}


def _drawn(role: str, count: int) -> FilmSet:
    rng = np.random.default_rng(count + len(role))
    labels = [CLASSES[i % 4] if i % 3 else "NORMAL" for i in range(count)]
    side = round(32 * DETAIL * CONTEXT) if role == TRAIN else 32
    films = rng.uniform(0, 0.3, (count, side, side))
    films += 0.5 * np.array([label != "NORMAL" for label in labels])[:, None, None]
    table = pd.DataFrame(
        {
            "path": [f"{role}-{i}.png" for i in range(count)],
            "label": labels,
            "patient": [f"{role}-{i}" for i in range(count)],
            "split": "",
            "source": "phantoms",
            "sha256": [f"{role}{i:060}" for i in range(count)],
            "phash": "",
            "role": role,
        }
    )
    allowed = np.array([[label == name for name in CLASSES] for label in labels])
    if role == TRAIN:
        return FilmSet(table, np.rint(films * 255).astype(np.uint8), allowed)
    return FilmSet(table, films.astype(np.float32), allowed)
