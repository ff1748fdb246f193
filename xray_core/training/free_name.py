"""Where a training may write: nowhere that would change which model gives opinions, or how.

Nor over what another has put there: who did so is noted in `XRAY_HOME/runs/NAME/origins`, in one
file for each bundle of that name, called as its SHA-256.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from xray_core.bundle import BundleManifest, list_bundles
from xray_core.bundle.manifest import Kind
from xray_core.bundle.store import bundle_sha256, champion_name, stores
from xray_core.errors import BundleError, TrainingError
from xray_core.settings import settings

LONGEST = 64
"""Characters of a name."""
COMMAND, IMPORT = "command", "import"
"""Who puts a bundle into a store and has no id of its own, as a job and a command that trains have.

`COMMAND` was noted of every command once, and is of who calls a training directly.
"""

_writer: ContextVar[str] = ContextVar("writer", default=COMMAND)


@contextmanager
def written_by(who: str) -> Iterator[None]:
    """Let what is trained in the block be the work of this job, or of this command."""
    token = _writer.set(who)
    try:
        yield
    finally:
        _writer.reset(token)


def writer() -> str:
    """Return who trains here: the id of a job or of a command, or `COMMAND`."""
    return _writer.get()


def note_origin(name: str, sha256: str, by: str) -> None:
    """Note who puts a bundle into a store; to be done before it is there, as a kill may follow.

    Raises:
        BundleError: it cannot be written.
    """
    path = _origins(name) / sha256
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(by)
    except OSError as error:
        raise BundleError(f"{path} cannot be written: {error.strerror}.") from error


def origin(folder: Path) -> str | None:
    """Return who has put the very files of a bundle there: an id, `COMMAND` or `IMPORT`.

    None where that is not known: of files that were changed since, and of bundles that are older
    than such notes.
    """
    try:
        return (_origins(folder.name) / bundle_sha256(folder)).read_text()
    except (BundleError, OSError):
        return None


def _origins(name: str) -> Path:
    return settings().home / "runs" / name / "origins"


def free_name(name: str) -> str:
    """Return a name that no installed model has: this one, or with -2, -3 … after it.

    A run that was interrupted has left no model, so its name is given again and it goes on.

    Args:
        name: of a model, at most `LONGEST` characters; it is cut where there is no room for the
            number.
    """
    free, number = name, 1
    while any((store / free).exists() for store in stores()):
        number += 1
        end = f"-{number}"
        free = name[: LONGEST - len(end)].rstrip("-") + end
    return free


def check_free(folder: Path, kind: Kind) -> None:
    """Refuse to write over what Diagnose uses: only a promotion changes that.

    Outside the bundled models and the user's own store everything may be written.

    Args:
        folder: of the bundle that is to be written, whether it is there yet or not.
        kind: of that bundle.

    Raises:
        BundleError: an index is damaged.
        TrainingError: a bundle in this folder would be the champion, would hide one of the other
            kind, is the lung finder that an installed classifier was trained with, or was imported;
            for a job and a command also any that it has not written itself.
    """
    if folder.parent.resolve() not in {store.resolve() for store in stores()}:
        return
    name, installed = folder.name, list_bundles()
    if name == champion_name():
        raise TrainingError(
            f"{name!r} is the champion, which a training may not replace; train under another name "
            "(--name) and promote the result."
        )
    if any(info.name == name and info.kind != kind for info in installed):
        raise TrainingError(
            f"{name!r} is the name of an installed model of another kind; train under another name "
            "(--name)."
        )
    bound = [info.name for info in installed if _finder_of(info.manifest) == name]
    if bound:
        raise TrainingError(
            f"{name!r} finds the lungs for {', '.join(bound)}, which would not work with another "
            "one; train under another name (--name)."
        )
    if folder.exists() and not _is_own(folder):
        raise TrainingError(
            f"{name!r} is an installed model that this training has not written, so it is not "
            "replaced; train under another name (--name)."
        )


def _is_own(folder: Path) -> bool:
    """Tell whether whoever trains here may replace a bundle as its own.

    A job and a command replace what they have written themselves: the name of a job was free when
    it was queued, and a command that is given again names its model once more. A direct call says
    not what it is: it only spares what was imported.
    """
    by = origin(folder)
    return by != IMPORT if writer() == COMMAND else by == writer()


def _finder_of(manifest: BundleManifest) -> str | None:
    return manifest.preprocessing.lungs.name if manifest.preprocessing.lungs else None
