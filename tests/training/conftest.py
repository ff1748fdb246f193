"""A small set of phantoms on disk, and a configuration to train on it in seconds."""

import json
from pathlib import Path
from typing import Any

import pytest

from xray_core.datasets.manifest import build_manifest, write_manifest
from xray_core.datasets.open import open_dataset
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png

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
    """A configuration as JSON types: two epochs of a residual network at 64 px."""
    return {
        "name": "quick",
        "title": "Quick",
        "network": "residual",
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
