"""A bundle appears in its store complete, or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xray_core.bundle.manifest import Kind
from xray_core.bundle.store import trust
from xray_core.errors import TrainingError
from xray_core.file_lock import exclusive
from xray_core.settings import settings
from xray_core.training.free_name import check_free


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
    partial, former = (folder.parent / f".{folder.name}.{end}" for end in ("partial", "former"))
    for path in (partial, former):
        shutil.rmtree(path, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        # Two runs may end at once.
        with exclusive(settings().home / "index", TrainingError, wait=True):
            check_free(folder, kind)
            _put_in_place(partial, folder, former)
            try:
                trust(folder, default=default)
            except BaseException:  # the index still has the hash of the former one
                _put_in_place(former, folder, partial)
                raise
    except BaseException:  # a full disk stays full otherwise
        shutil.rmtree(partial, ignore_errors=True)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _put_in_place(new: Path, folder: Path, aside: Path) -> None:
    """Move what is in the folder aside, if anything is, and the new one, if there is one, in."""
    if folder.exists():
        folder.rename(aside)
    if new.exists():
        new.rename(folder)
