"""A cross-validation in its run: figures of each fold as metrics, and all of it as JSON."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from xray_core.tracking.store import open_runs

if TYPE_CHECKING:  # it brings TensorFlow
    from xray_core.training.fold_result import CrossValidation

FOLDS_FILE = "folds.json"
FOLD, MEAN, SPREAD = "fold", "mean", "spread"
"""What stands before the slash in the names of the metrics; of the first the step is the fold."""


def log_folds(run: str, found: "CrossValidation") -> None:
    """Put the folds that are done so far into a run, with their mean and their spread.

    Raises:
        TrackingError: the store cannot be written.
    """
    content = json.dumps(found.to_json(), indent=1, allow_nan=False)
    last = found.folds[-1]
    with open_runs() as store:
        from mlflow.entities import Metric

        of_fold = {f"{FOLD}/{name}": value for name, value in last.metrics.items()}
        of_all = {f"{MEAN}/{name}": value for name, value in found.mean.items()}
        of_all |= {f"{SPREAD}/{name}": value for name, value in found.spread.items()}
        metrics = [
            Metric(name, value, last.fold, last.fold)
            for name, value in (of_fold | of_all).items()
            if value is not None
        ]
        store.client.log_batch(run, metrics=metrics)
        store.client.log_text(run, content + "\n", FOLDS_FILE)


def read_folds(run: str) -> "CrossValidation | None":
    """Return the folds of a run that are done, or None while there are none.

    Raises:
        TrackingError: the store cannot be read.
    """
    from xray_core.training.fold_result import CrossValidation

    with open_runs() as store, TemporaryDirectory() as folder:
        if not any(file.path == FOLDS_FILE for file in store.client.list_artifacts(run)):
            return None
        path = store.client.download_artifacts(run, FOLDS_FILE, folder)
        return CrossValidation.from_json(json.loads(Path(path).read_text(encoding="utf-8")))
