"""Where a training may write: nowhere that would change which model gives opinions, or how."""

from pathlib import Path

from xray_core.bundle import BundleManifest, list_bundles
from xray_core.bundle.manifest import Kind
from xray_core.bundle.store import champion_name, stores
from xray_core.errors import TrainingError

LONGEST = 64
"""Characters of a name."""


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
            kind, or is the lung finder that an installed classifier was trained with.
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


def _finder_of(manifest: BundleManifest) -> str | None:
    return manifest.preprocessing.lungs.name if manifest.preprocessing.lungs else None
