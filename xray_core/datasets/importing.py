"""Uploaded archives unpacked under `XRAY_HOME/datasets`, where nothing of theirs can leave."""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from uuid import uuid4

from xray_core.datasets.archive_limits import check_expansion
from xray_core.datasets.layout import film_addresses, label_map_addresses
from xray_core.datasets.medmnist import NpzStore
from xray_core.datasets.open import source_name, store_of
from xray_core.datasets.stores import FilmStore, FolderStore
from xray_core.errors import DatasetError
from xray_core.settings import settings

MOST_BYTES = 20 * 2**30
"""Unpacked, in all."""
_CHUNK = 2**20
_LONGEST_NAME = 60
_ENDINGS = (".tar.gz", ".tgz", ".gz", ".tar", ".zip", ".npz")


def imported_sets() -> list[Path]:
    """Return the folders and arrays under `XRAY_HOME/datasets`, sorted by name."""
    root = settings().home / "datasets"
    if not root.is_dir():
        return []
    visible = (path for path in root.iterdir() if not path.name.startswith("."))
    return sorted(path for path in visible if path.is_dir() or path.suffix == ".npz")


def import_archive(
    content: BinaryIO, name: str, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Unpack the films and label maps of an archive, or keep an array file, and return where.

    Nothing appears under its name before all of it is there. A name that is taken gets a number.

    Args:
        content: the bytes of a .zip, .tar, .tar.gz, .tgz or MedMNIST .npz, from their beginning.
        name: the file's name.
        progress: called with the films written and in all; what it raises stops the import.

    Raises:
        DatasetError: it is none of these, is damaged, holds no films, has an unsafe member, is over
            a limit (see `archive_limits`), or cannot be written.
    """
    root = settings().home / "datasets"
    with _workplace(root, name) as work:
        archive = work / _safe_archive(PurePosixPath(name.replace("\\", "/")).name)
        _copy(content, archive)
        store = store_of(archive)
        if isinstance(store, FolderStore):
            raise DatasetError(f"{name} is a folder; allowed are archives.")
        if isinstance(store, NpzStore):
            store.addresses()
            return _publish(archive, root, archive.stem, ".npz")
        folder = work / ".films"  # as no archive is called
        _unpack(store, folder, progress)
        return _publish(folder, root, _safe(source_name(archive)), "")


def _unpack(store: FilmStore, folder: Path, progress: Callable[[int, int], None] | None) -> None:
    addresses = store.addresses()
    films = film_addresses(addresses)
    if not films:
        raise DatasetError(f"{store.path.name} holds no films; allowed are archives of films.")
    wanted = films + label_map_addresses(addresses)
    written = 0
    for done, address in enumerate(wanted):
        if progress:
            progress(done, len(wanted))
        target = folder / address
        if not target.resolve().is_relative_to(folder.resolve()):  # the stores refuse it already
            raise DatasetError(f"{store.path.name} holds {address!r}, which leads out of it.")
        data = store.read(address)
        written += len(data)
        if written > MOST_BYTES:
            raise DatasetError(
                f"{store.path.name} unpacks to over {MOST_BYTES >> 30} GiB; allowed is at most so "
                "much."
            )
        check_expansion(store.path, written, store.path.stat().st_size)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:  # never over another member, whatever the file system
            file.write(data)
    if progress:
        progress(len(wanted), len(wanted))


def _copy(content: BinaryIO, archive: Path) -> None:
    with archive.open("wb") as file:
        shutil.copyfileobj(content, file, _CHUNK)


def _publish(made: Path, root: Path, name: str, suffix: str) -> Path:
    """Move what was made to its name, or the next that is free."""
    for number in _numbers():
        target = root / f"{name}{number}{suffix}"
        if not target.exists():
            made.rename(target)
            return target
    raise AssertionError("numbers never end")


def _numbers() -> Iterable[str]:
    yield ""
    number = 2
    while True:
        yield f"-{number}"
        number += 1


def _safe_archive(name: str) -> str:
    """Return the name of an archive made safe, but for its ending, which tells what it holds."""
    ending = next((end for end in _ENDINGS if name.lower().endswith(end)), "")
    return _safe(name[: len(name) - len(ending)]) + ending


def _safe(name: str) -> str:
    """Return a name that is one on every file system."""
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")
    return kept[-_LONGEST_NAME:].strip(".-") or "films"


@contextmanager
def _workplace(root: Path, name: str) -> Iterator[Path]:
    """Give a hidden folder to work in, and leave nothing of it.

    Raises:
        DatasetError: something cannot be written.
    """
    work = root / f".import-{uuid4().hex[:12]}"
    try:
        work.mkdir(parents=True)
        yield work
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DatasetError(
            f"{name} cannot be imported ({reason}); there must be room and leave to write under "
            "XRAY_HOME, and no two names that this computer takes for one."
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
