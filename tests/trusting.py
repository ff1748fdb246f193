"""A bundle that a test has put into a store, and what the store says of it."""

from pathlib import Path

from xray_core.bundle.index import Index, default_field, read_index, write_index
from xray_core.bundle.manifest import BundleManifest
from xray_core.bundle.store import bundle_sha256


def trust(folder: Path, *, default: bool = False) -> str:
    """Record the present hash of a bundle in the index beside it, and return the hash.

    Args:
        folder: the bundle's folder, in its store.
        default: also make it the store's default of its kind: of classifiers, the champion.

    Raises:
        BundleError: the index is damaged, or the manifest that tells the kind.
    """
    index = read_index(folder.parent)
    sha256 = bundle_sha256(folder)
    bundles = dict(sorted({**index.bundles, folder.name: sha256}.items()))
    defaults = index.model_dump(exclude={"bundles"})
    if default:
        defaults[default_field(BundleManifest.read(folder).kind)] = folder.name
    write_index(folder.parent, Index(**defaults, bundles=bundles))
    return sha256
