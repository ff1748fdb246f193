"""A run in the store: made with its configuration, read with its tags."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from xray_core.errors import TrackingError
from xray_core.file_hash import file_sha256
from xray_core.tracking.environment import environment
from xray_core.tracking.store import open_runs

if TYPE_CHECKING:  # it brings TensorFlow, which a list of runs does without
    from xray_core.training.config import TrainingConfig

CONFIG_FILE, ENVIRONMENT_FILE, DATA_FOLDER = "config.json", "environment.json", "data"
MAX_RUNS = 1000
PARAMS_AT_ONCE = 100
"""MLflow takes no more in one call."""
MAX_PARAM = 5000
"""Characters of a parameter; MLflow takes 6,000, and `config.json` has them all."""


class RunConfig(Protocol):
    """What decides a run, of whatever kind."""

    @property
    def name(self) -> str:
        """Name of what the run makes."""

    def portable(self) -> dict[str, Any]:
        """Return it as JSON types, each path cut to its name."""

    def model_dump_json(self, *, indent: int | None = None) -> str:
        """Return all of it as JSON."""


Stated = TypeVar("Stated", bound=BaseModel)


class RunStatus(StrEnum):
    """MLflow's own word for how far a run is, which its own pages show."""

    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"


@dataclass(frozen=True)
class TrackedRun:
    """What the store says of a run.

    Attributes:
        id: of MLflow.
        name: of the run: the bundle's.
        tags: whatever was noted, MLflow's own tags left out.
        metrics: the latest value of each.
        params: the configuration, flat, as text.
        created: seconds since 1970.
    """

    id: str
    name: str
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    params: Mapping[str, str]
    created: float


def create_run(config: RunConfig, tags: Mapping[str, str]) -> str:
    """Make a run that has not begun, with all that decides it, and return its id.

    It holds `config.json` (with the paths as they are here), the same flat as parameters, the
    manifest of patients under `data/`, and `environment.json`.

    Raises:
        TrackingError: the store cannot be written.
    """
    with open_runs() as store:
        created = store.client.create_run(
            store.experiment, tags=dict(tags), run_name=config.name
        ).info.run_id
        store.client.update_run(created, status=RunStatus.SCHEDULED.value)
        store.client.log_text(created, config.model_dump_json(indent=2) + "\n", CONFIG_FILE)
        store.client.log_text(created, json.dumps(environment(), indent=1) + "\n", ENVIRONMENT_FILE)
        _log_params(store.client, created, config)
        if manifest := _manifest(config):
            store.client.log_artifact(created, str(manifest), DATA_FOLDER)
    return str(created)


def _manifest(config: RunConfig) -> Path | None:
    """Return the file that gives patients their roles, where there is one."""
    path = getattr(config, "manifest", None)
    return path if isinstance(path, Path) and path.is_file() else None


def _log_params(client: Any, run: str, config: RunConfig) -> None:
    from mlflow.entities import Param

    flat = dict(_flat(config.portable()))
    if manifest := _manifest(config):
        flat["manifest_sha256"] = file_sha256(manifest)
    params = [Param(key, value[:MAX_PARAM]) for key, value in flat.items()]
    for first in range(0, len(params), PARAMS_AT_ONCE):
        client.log_batch(run, params=params[first : first + PARAMS_AT_ONCE])


def _flat(content: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _flat(value, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(content, list) and any(isinstance(item, dict) for item in content):
        for i, item in enumerate(content):
            yield from _flat(item, f"{prefix}.{i}")
    else:
        yield prefix, content if isinstance(content, str) else json.dumps(content)


def read_run(run: str) -> TrackedRun:
    """Return a run as it is now.

    Raises:
        TrackingError: there is none of that id, or the store cannot be read.
    """
    with open_runs() as store:
        return _tracked(store.client.get_run(run))


def list_runs() -> tuple[TrackedRun, ...]:
    """Return the runs that were not deleted, the newest first, 1,000 at most.

    Raises:
        TrackingError: the store cannot be read.
    """
    with open_runs() as store:
        found = store.client.search_runs(
            [store.experiment], max_results=MAX_RUNS, order_by=["attributes.start_time DESC"]
        )
        return tuple(_tracked(run) for run in found)


def _tracked(run: Any) -> TrackedRun:
    return TrackedRun(
        id=run.info.run_id,
        name=run.info.run_name or run.info.run_id,
        tags={k: v for k, v in run.data.tags.items() if not k.startswith("mlflow.")},
        metrics=dict(run.data.metrics),
        params=dict(run.data.params),
        created=(run.info.start_time or 0) / 1000,
    )


def set_tags(run: str, tags: Mapping[str, str]) -> None:
    """Note things of a run, together.

    Raises:
        TrackingError: the store cannot be written.
    """
    with open_runs() as store:
        from mlflow.entities import RunTag

        store.client.log_batch(run, tags=[RunTag(key, value) for key, value in tags.items()])


def set_status(run: str, status: RunStatus) -> None:
    """Say in MLflow's words how far a run is.

    Raises:
        TrackingError: the store cannot be written.
    """
    with open_runs() as store:
        if status in (RunStatus.SCHEDULED, RunStatus.RUNNING):
            store.client.update_run(run, status=status.value)
        else:
            store.client.set_terminated(run, status=status.value)


def config_text(run: str) -> str:
    """Return `config.json` of a run.

    Raises:
        TrackingError: it is not there.
    """
    with open_runs() as store, TemporaryDirectory() as folder:
        path = store.client.download_artifacts(run, CONFIG_FILE, folder)
        return Path(path).read_text(encoding="utf-8")


def config_of(run: str) -> "TrainingConfig":
    """Return the configuration of a run that trains a network.

    Raises:
        TrackingError: as `read_config`.
    """
    from xray_core.training.config import TrainingConfig

    return read_config(run, TrainingConfig)


def read_config(run: str, kind: type[Stated]) -> Stated:
    """Return the configuration of a run.

    Args:
        run: the run.
        kind: class of the configuration.

    Raises:
        TrackingError: it is not there, or no longer one that this version knows.
    """
    try:
        return kind.model_validate_json(config_text(run))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise TrackingError(
            f"the configuration of run {run} is not valid at {where!r}: {first['msg']}."
        ) from error
