"""Which names a new training may not have, and whose a model of a name is."""

from pathlib import Path

from xray_core.bundle.store import stores
from xray_core.errors import ConfigError
from xray_core.jobs.ledger import list_jobs
from xray_core.settings import settings
from xray_core.training.free_name import origin


def taken_names() -> frozenset[str]:
    """Return the names of all models and jobs, and of trainings that were begun without a job.

    Among these are cross-validations.

    What such a training has learnt would be moved aside by another one of its name.

    Raises:
        TrackingError: the store of runs cannot be read.
    """
    runs = settings().home / "runs"
    begun = [path.parent.name for path in runs.glob("*/history.json")]
    begun += [path.parent.name.removesuffix(".folds") for path in runs.glob("*.folds/fold-1")]
    models = (path.name for store in stores() for path in store.glob("*") if path.is_dir())
    return frozenset([*(job.name for job in list_jobs()), *begun, *models])


def is_installed(name: str) -> bool:
    """Tell whether a store has a model of this name."""
    return any((store / name).is_dir() for store in stores())


def own_bundle(run: str, name: str) -> Path | None:
    """Return the folder of the bundle that a job has written, if it is there as it was written.

    That is known also where the job was ended before it could note the bundle in its run.
    """
    folder = stores()[1] / name
    return folder if origin(folder) == run else None


def check_name(name: str) -> None:
    """Refuse a name that would overwrite another model, or the state of another run.

    Raises:
        ConfigError: it is taken.
        TrackingError: the store of runs cannot be read.
    """
    if name in taken_names():
        raise ConfigError(
            f"the name {name!r} is taken by another model, job or training; choose another one, or "
            "resume that job."
        )
