"""Which names a new training may not have."""

from xray_core.bundle.store import stores
from xray_core.jobs.ledger import list_jobs
from xray_core.settings import settings


def taken_names() -> frozenset[str]:
    """Return the names of all models and jobs, and of trainings that were begun without a job.

    What such a training has learnt would be dropped by another one of its name.

    Raises:
        TrackingError: the store of runs cannot be read.
    """
    begun = (path.parent.name for path in (settings().home / "runs").glob("*/history.json"))
    models = (path.name for store in stores() for path in store.glob("*") if path.is_dir())
    return frozenset([*(job.name for job in list_jobs()), *begun, *models])
