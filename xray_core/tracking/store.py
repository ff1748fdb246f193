"""The store of runs: MLflow on a file under `XRAY_HOME`, or where `XRAY_MLFLOW` points.

MLflow is imported when the store is first opened: it takes seconds, which Diagnose does not have.
"""

import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from xray_core.errors import TrackingError
from xray_core.file_lock import exclusive
from xray_core.settings import masked, settings

EXPERIMENT = "kerley"

QUIET = {
    # Nothing is sent anywhere but to the store that was named.
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # A server that is down is reported in seconds; the defaults go on trying for minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


@dataclass(frozen=True)
class RunStore:
    """An open store.

    Attributes:
        client: `mlflow.MlflowClient`, which threads may share.
        experiment: id of the experiment that holds our runs.
    """

    client: Any
    experiment: str


def tracking_uri() -> str:
    """Return where runs are kept, as MLflow writes it: give it to `mlflow ui` as it is."""
    return settings().mlflow or f"sqlite:///{settings().home.resolve() / 'mlflow.db'}"


@contextmanager
def open_runs() -> Iterator[RunStore]:
    """Yield the store; whatever fails in it leaves as one sentence.

    Raises:
        TrackingError: it cannot be opened, read or written.
    """
    where = tracking_uri()
    with _one_sentence(where):
        with _opening:
            store = _open(where, str(settings().home.resolve()))
        yield store


_opening = threading.Lock()


@contextmanager
def _one_sentence(where: str) -> Iterator[None]:
    _import_mlflow()
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    # SQLAlchemy imports the driver of a database when it opens one, and it may not be installed.
    except (MlflowException, SQLAlchemyError, OSError, ImportError) as error:
        first = (masked(str(error)).strip() or type(error).__name__).splitlines()[0]
        raise TrackingError(
            f"the runs in {masked(where)} cannot be read or written: {first[:200].rstrip('.')}."
        ) from error


@lru_cache(maxsize=1)
def _import_mlflow() -> None:
    """Import MLflow without what it says about itself."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        # MLflow's models use a loader that SQLAlchemy 2.1 calls deprecated; not ours to change.
        warnings.simplefilter("ignore")
        import_module("mlflow.store.tracking.sqlalchemy_store")
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.ERROR)


@lru_cache(maxsize=8)
def _open(where: str, home: str) -> RunStore:
    """Open the store once in this process, and make what is missing in it.

    Under a lock: of several processes that opened a fresh database at once, two crashed.
    """
    from mlflow import MlflowClient

    folder = settings().home.resolve() / "mlflow"
    with exclusive(folder, TrackingError, wait=True):
        client = MlflowClient(tracking_uri=where, registry_uri=where)
        found = client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return RunStore(client, str(found.experiment_id))
        # Left to itself MLflow puts files into `mlruns` of whatever folder it was started in; a
        # server keeps them itself.
        ours = None if where.startswith("http") else folder.as_uri()
        return RunStore(client, str(client.create_experiment(EXPERIMENT, artifact_location=ours)))
