"""The champion in MLflow's model registry: alias `champion` of the registered model `kerley`.

MLflow's own pages, and whoever asks it for `models:/kerley@champion`, so see which run's model
gives the opinions. Each bundle that was ever the champion and came from a run is a version of that
model, whose source is the run's own folder `bundle`. The alias follows the record of promotions and
never leads it: Kerley reads its own index, so a store of runs that is away changes no opinion.
"""

from typing import Any

from xray_core.settings import settings
from xray_core.tracking.store import RunStore, open_runs
from xray_core.tracking.tags import BUNDLE_SHA256

MODEL, ALIAS = "kerley", "champion"
SOURCE = "bundle"
"""Folder of a run's artifacts, as `tracking.outcome` fills it; importing that takes TensorFlow."""


def move_alias(name: str, sha256: str) -> str | None:
    """Say in the store of runs which bundle is the champion, and return the id of its run.

    A champion that no run has made, such as the bundled one, has no version: the alias is taken
    away then, for it would name another model. Where no run was ever made nothing is written.

    Args:
        name: of the bundle.
        sha256: its hash, by which its run is found.

    Raises:
        TrackingError: the store cannot be read or written.
    """
    if not settings().mlflow and not (settings().home / "mlflow.db").exists():
        return None
    with open_runs() as store:
        run = _run_of(store, sha256)
        if run is None:
            _take_away(store.client)
            return None
        version = _version(store.client, run, name, sha256)
        store.client.set_registered_model_alias(MODEL, ALIAS, version)
        return str(run.info.run_id)


def _run_of(store: RunStore, sha256: str) -> Any:
    """Return the newest run that has written this bundle, or None."""
    found = store.client.search_runs(
        [store.experiment],
        filter_string=f"tags.`{BUNDLE_SHA256}` = '{sha256}'",
        order_by=["attributes.start_time DESC"],
        max_results=1,
    )
    return found[0] if found else None


def _version(client: Any, run: Any, name: str, sha256: str) -> str:
    """Return the version of the registered model that is this bundle, made where there is none."""
    if not client.search_registered_models(f"name = '{MODEL}'"):
        client.create_registered_model(
            MODEL, description="Models that were the champion, the one that gives the opinions."
        )
    for known in client.search_model_versions(f"run_id = '{run.info.run_id}'"):
        if known.name == MODEL and known.tags.get(BUNDLE_SHA256) == sha256:
            return str(known.version)
    made = client.create_model_version(
        MODEL,
        source=f"{run.info.artifact_uri}/{SOURCE}",
        run_id=run.info.run_id,
        tags={BUNDLE_SHA256: sha256, "kerley.name": name},
    )
    return str(made.version)


def _take_away(client: Any) -> None:
    for model in client.search_registered_models(f"name = '{MODEL}'"):
        if ALIAS in model.aliases:
            client.delete_registered_model_alias(MODEL, ALIAS)
