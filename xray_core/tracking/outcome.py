"""What came of a run: its bundle, its figures, and what it says of every validation film."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xray_core.bundle import BundleManifest
from xray_core.bundle.store import bundle_sha256
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError, FilmError
from xray_core.imaging.guard import PROCESSES, read_guarded
from xray_core.inference import Classifier, load_classifier
from xray_core.tracking.runs import set_tags
from xray_core.tracking.store import open_runs
from xray_core.tracking.tags import BUNDLE, BUNDLE_SHA256
from xray_core.training.config import TrainingConfig
from xray_core.training.films import VALIDATION
from xray_core.training.on_bundles import OnBundles

BUNDLE_FOLDER, PREDICTIONS_FILE = "bundle", "validation_predictions.csv"
SMALL_FILES = ("bundle.json", "films.csv", "README.md")
"""Of the bundle: what a reader of the run wants. The weights stay in their store, once."""


def log_bundle(run: str, folder: Path) -> None:
    """Note a bundle in its run: folder and hash as tags, small files, figures as metrics.

    Raises:
        BundleError: its manifest cannot be read.
        TrackingError: the store cannot be written.
    """
    set_tags(run, {BUNDLE: str(folder), BUNDLE_SHA256: bundle_sha256(folder)})
    figures = _figures(BundleManifest.read(folder).metrics)
    with open_runs() as store:
        from mlflow.entities import Metric

        for name in SMALL_FILES:
            store.client.log_artifact(run, str(folder / name), BUNDLE_FOLDER)
        store.client.log_batch(run, metrics=[Metric(k, v, 0, 0) for k, v in figures.items()])


def _figures(metrics: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return every number of the card as `role/figure` or `role/source/figure`."""
    return {
        f"{role}/{name}": float(value)
        for role, found in metrics.items()
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def log_predictions(run: str, config: TrainingConfig | OnBundles, bundle: Path) -> None:
    """Put what the bundle says of each validation film into its run, as a CSV.

    The films are read and judged as Diagnose does it.

    Raises:
        BundleError: the bundle is not one that may be used.
        DatasetError: a data folder cannot be used any more.
        TrackingError: the store cannot be written.
    """
    table = validation_predictions(config, bundle)
    with open_runs() as store:
        store.client.log_text(run, table.to_csv(index=False), PREDICTIONS_FILE)


def validation_predictions(config: TrainingConfig | OnBundles, bundle: Path) -> pd.DataFrame:
    """Return what a bundle says of each of its validation films.

    Returns:
        Columns `source`, `path`, `sha256`, `patient`, `label`, `status`, `decision`,
        `p_pneumonia`, and `p_<output>` for each output; one row a film.
    """
    films = pd.read_csv(bundle / "films.csv", dtype=str, keep_default_na=False)
    mine = set(films["sha256"][films["role"] == VALIDATION])
    classifier = load_classifier(bundle.name)
    rows: list[dict[str, Any]] = []
    with ThreadPoolExecutor(PROCESSES) as pool:
        for folder in config.data:
            dataset = open_dataset(folder.path, source=folder.source)
            dataset = dataset.subset(np.asarray(dataset.table["sha256"].isin(mine)))
            rows += pool.map(lambda i, d=dataset: _row(classifier, d, i), range(len(dataset)))
    return pd.DataFrame(rows)


def _row(classifier: Classifier, dataset: Dataset, index: int) -> dict[str, Any]:
    film = dataset.table.iloc[index]
    row = {name: film[name] for name in ("source", "path", "sha256", "patient", "label")}
    try:
        said = classifier.predict(read_guarded(dataset.film_bytes(index), str(film["path"])))
    except FilmError as error:
        return row | {"status": "error", "reason": error.reason}
    except DatasetError as error:
        return row | {"status": "error", "reason": str(error)}
    return row | {
        "status": said.status.value,
        "decision": said.decision.value if said.decision else "",
        "p_pneumonia": said.p_pneumonia,
        **{f"p_{name}": p for name, p in (said.probabilities or {}).items()},
    }
