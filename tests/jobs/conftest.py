"""Jobs on phantoms, in a home of their own; no process outlives a test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jobstools import StandIn, end_all

from xray_core.jobs import recovery, scheduler, task
from xray_core.settings import settings


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 phantoms of 64 px, one folder a class, with their patient manifest beside them."""
    from xray_core.datasets.manifest import build_manifest, write_manifest
    from xray_core.datasets.open import open_dataset
    from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png

    root = tmp_path_factory.mktemp("job-films")
    names = ("NORMAL", "BACTERIAL", "VIRAL", "COVID-19")
    for number, (kind, name) in enumerate(zip(PhantomKind, names, strict=True)):
        (root / "films" / name).mkdir(parents=True)
        for seed in range(12):
            film = draw_phantom(seed + 1000 * number, kind, size=64)
            (root / "films" / name / f"film-{name}-p{seed}.png").write_bytes(phantom_png(film))
    manifest = build_manifest([open_dataset(root / "films", source="phantoms")], seed=1)
    write_manifest(manifest, root / "patients.csv")
    return root


@pytest.fixture(scope="session")
def config_named(films: Path) -> Callable[..., Any]:
    """Return `config_named(name, **changes)`: the smallest network at 32 px, three short epochs."""
    from xray_core.training.config import TrainingConfig

    def make(name: str, **changes: Any) -> TrainingConfig:
        content = {
            "name": name,
            "title": name.title(),
            "network": "cnn-tiny",
            "input_size": 32,
            "data": [
                {
                    "path": films / "films",
                    "source": "phantoms",
                    "population": "nobody: drawn phantoms",
                    "licence": "Apache-2.0",
                }
            ],
            "manifest": films / "patients.csv",
            "epochs": 3,
            "films_per_epoch": 32,
            "batch": 16,
            "balance": 0.5,
            "confounders": "The outlines of drawn ribs.",
            "operating_point": {"min_sensitivity": 0.9, "source": "phantoms"},
        }
        return TrainingConfig.model_validate(content | changes)

    return make


@pytest.fixture
def jobs_home(home: Path) -> Iterator[Path]:
    """A fresh `XRAY_HOME`; whatever was started in it is ended, and checked to be gone."""
    home.mkdir(parents=True, exist_ok=True)
    recovery._last = -1e9
    yield home
    end_all(home)


@pytest.fixture
def worker(jobs_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a scheduler with one worker in this very process, named as a cluster is."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=None,
        # A port of its own: tests of jobs in two files run at the same time.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
    ) as cluster:
        monkeypatch.setenv("XRAY_DASK_SCHEDULER", cluster.scheduler_address)
        settings.cache_clear()
        yield cluster.scheduler_address
        scheduler.disconnect()


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Jobs start this instead of a training."""
    made = StandIn(tmp_path / "stand-in")
    monkeypatch.setattr(task, "COMMAND", made.command)
    return made
