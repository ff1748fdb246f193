"""The bundles that runs have written, to be used where they lie: nothing is copied into a store.

Such a bundle is called `NAME@RUN`, the run's name and the first eight signs of its id. No bundle of
a store can bear that name, so the two are never taken for one another. It is trusted as every
bundle is: by the index beside its folder, which must hold the very hash that the run has noted.
"""

from dataclasses import dataclass
from pathlib import Path

from xray_core.bundle import BundleInfo, BundleManifest
from xray_core.bundle.index import read_index
from xray_core.bundle.store import bundle_sha256
from xray_core.errors import BundleError
from xray_core.settings import settings
from xray_core.tracking.runs import TrackedRun, list_runs
from xray_core.tracking.tags import BUNDLE, BUNDLE_SHA256

AT = "@"
SIGNS = 8
"""Of a run's id: 32 random hexadecimal digits, so that eight tell thousands of runs apart."""


@dataclass(frozen=True)
class RunBundle:
    """What a run that came to its end says of its bundle.

    Attributes:
        name: `NAME@RUN`.
        folder: where the run has put it.
        sha256: its hash, as the run has noted it.
        created: when the run was made, seconds since 1970.
    """

    name: str
    folder: Path
    sha256: str
    created: float

    @property
    def there(self) -> bool:
        """Whether the folder still holds what the run has put there, as its index says."""
        index = read_index(self.folder.parent).bundles if self.folder.is_dir() else {}
        return index.get(self.folder.name) == self.sha256


def is_run(name: str) -> bool:
    """Tell whether a name is that of a run's bundle, and not of a bundle of a store."""
    return AT in name


def run_bundles() -> tuple[RunBundle, ...]:
    """Return the bundles of all runs that have written one, the newest first.

    Where no run was ever made there is no store of runs, and none is made by looking.

    Raises:
        TrackingError: the store of runs cannot be read.
    """
    if not settings().mlflow and not (settings().home / "mlflow.db").exists():
        return ()
    return tuple(
        _bundle_of(run) for run in list_runs() if {BUNDLE, BUNDLE_SHA256} <= run.tags.keys()
    )


def _bundle_of(run: TrackedRun) -> RunBundle:
    return RunBundle(
        name=f"{run.name}{AT}{run.id[:SIGNS]}",
        folder=Path(run.tags[BUNDLE]),
        sha256=run.tags[BUNDLE_SHA256],
        created=run.created,
    )


def find_run_bundle(name: str) -> BundleInfo:
    """Return the bundle of a run, as a store would list it, its files hashed anew.

    Args:
        name: `NAME@RUN`.

    Raises:
        BundleError: there is no such run, its files are gone or another training has replaced them,
            or they were changed.
        TrackingError: the store of runs cannot be read.
    """
    runs = run_bundles()
    run = next((one for one in runs if one.name == name), None)
    if run is None:
        known = ", ".join(one.name for one in runs) or "none yet"
        raise BundleError(f"no run {name!r} has written a model; allowed is {known}.")
    if not run.folder.is_dir():
        raise BundleError(
            f"the files of run {name!r} are gone from {run.folder.parent.name}/{run.folder.name}, "
            "so its model cannot be used; train it again, or choose another."
        )
    if not run.there or bundle_sha256(run.folder) != run.sha256:
        raise BundleError(
            f"the files of run {name!r} were replaced or changed since it wrote them, so its model "
            "cannot be used; train it again under another name, or choose another."
        )
    manifest = BundleManifest.read(run.folder)
    return BundleInfo(name, manifest.kind, run.folder, run.sha256, manifest, champion=False)
