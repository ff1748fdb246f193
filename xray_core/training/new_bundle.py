"""A bundle appears in its store complete, or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xray_core.bundle.index import default_field, read_index, write_index
from xray_core.bundle.manifest import Kind
from xray_core.bundle.store import bundle_sha256
from xray_core.errors import TrainingError
from xray_core.file_lock import exclusive
from xray_core.settings import settings
from xray_core.training.free_name import check_free, note_origin, writer


@contextmanager
def new_bundle(folder: Path, kind: Kind, *, default: bool) -> Iterator[Path]:
    """Give an empty folder to write a bundle into; then put it in its place and trust it.

    What a writing that fails has written is removed; what one that is killed leaves behind is
    hidden, and removed by the next.

    Args:
        folder: of the bundle; one that is there is replaced.
        kind: of the bundle.
        default: make it the default of its kind in its store.

    Raises:
        TrainingError: meanwhile it became one that may not be replaced, see `check_free`.
    """
    partial, former = folder.parent / f".{folder.name}.partial", _former(folder)
    for path in (partial, former):
        shutil.rmtree(path, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        # Two runs may end at once.
        with exclusive(settings().home / "index", TrainingError, wait=True):
            check_free(folder, kind)
            put_in_place(partial, folder, writer(), default_of=kind if default else None)
    except BaseException:  # a full disk stays full otherwise
        shutil.rmtree(partial, ignore_errors=True)
        raise
    shutil.rmtree(former, ignore_errors=True)


def put_in_place(new: Path, folder: Path, by: str, *, default_of: Kind | None = None) -> None:
    """Trust a bundle and move it into its store; one that is there is moved aside.

    It is trusted before it is there. A kill in between leaves an index that names what is not
    there, which counts for nothing; the other way round it would leave a bundle that nobody trusts
    and that keeps its name. The caller holds the lock of the index.

    Args:
        new: the bundle, on the disk of the store.
        folder: of the bundle in its store.
        by: who puts it there, see `free_name.origin`.
        default_of: make it the default of this kind in its store.

    Raises:
        BundleError: the index is damaged, or it or who puts the bundle there cannot be written.
    """
    sha256, before, former = bundle_sha256(new), read_index(folder.parent), _former(folder)
    note_origin(folder.name, sha256, by)
    bundles = dict(sorted({**before.bundles, folder.name: sha256}.items()))
    defaults = {default_field(default_of): folder.name} if default_of else {}
    write_index(folder.parent, before.model_copy(update={"bundles": bundles, **defaults}))
    replaces = folder.exists()
    try:
        if replaces:
            folder.rename(former)
        new.rename(folder)
    except BaseException:
        if replaces and not folder.exists():
            former.rename(folder)
        if new.exists():  # it was not moved
            write_index(folder.parent, before)
        raise


def _former(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.former"
