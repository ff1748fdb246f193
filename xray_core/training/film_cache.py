"""Prepared films on disk, memory-mapped: decoded once for all runs that see the films alike.

A run's memory does not grow with its films: what is mapped is read when it is needed, and the
system keeps of it what it has room for. All of it together takes `XRAY_CACHE_BYTES` at most, but
for the films of the runs under way; what was not used for longest goes first.

Several processes may read, make and remove the same films at once: what is not whole any more when
it is read is made anew.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from xray_core.errors import TrainingError
from xray_core.file_lock import locked
from xray_core.settings import settings

ARRAY, NOTES, LOCK = "films.npy", "notes.json", ".lock"
TRIES = 2
"""Times that films are made at most: another process may remove them before they are mapped."""

FAILED = "failed"
"""What is noted of a film that could not be decoded: why."""

Note = dict[str, Any]
"""What is kept of a film beside its pixels, as JSON types."""
Rows = Iterator[tuple[NDArray[Any] | None, Note]]
"""Each film and what is noted of it; None and `FAILED` of one that could not be decoded."""
Kept = tuple[NDArray[Any], list[Note]]
Checked = Callable[[list[Note]], list[Note] | None]
"""From the notes of films that are kept to those that hold now; None: make the films anew."""


def cached_rows(
    key: Any,
    count: int,
    make: Callable[[], Rows],
    checked: Checked = lambda notes: notes,
    *,
    or_else: Any = None,
) -> Kept:
    """Return prepared films (M, …) mapped from disk, and what is noted of each of N, M ≤ N.

    Args:
        key: all that decides them, as JSON types.
        count: number of rows N, at least 1.
        make: makes each film, float32 or uint8, all of one shape, and its note, or None and a note;
            not called where the films are there already.
        checked: called with the notes of films that are there already.
        or_else: key of films that serve as well; they are taken where those of `key` are not there.

    Raises:
        TrainingError: they cannot be written, for example because the disk is full; or there is
            none, as no film could be decoded.
        XrayError: what `make` and `checked` raise.
    """
    store = films_folder()
    folder, other = _folder(store, key), _folder(store, or_else)
    try:
        kept = _read_checked(folder, count, checked)
        if kept is None and other != folder and (kept := _read_checked(other, count, checked)):
            folder = other
        for _ in range(TRIES):
            if kept is None:
                _remove(folder)
                _write(folder, count, make())
                kept = _read(folder, count)
        if kept is None:
            raise OSError("what was written cannot be read again")
        with suppress(OSError):  # another run removes the same
            os.utime(folder)
            _prune(store, folder)
        return kept
    except OSError as error:
        raise TrainingError(
            f"the prepared films in {store} cannot be kept: {error.strerror or error}; the folder "
            "may be emptied."
        ) from error


def _folder(store: Path, key: Any) -> Path:
    return store / hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()


def films_folder() -> Path:
    """Return the folder of prepared films."""
    return settings().home / "cache" / "films"


def _read_checked(folder: Path, count: int, checked: Checked) -> Kept | None:
    """Return what `_read` does, with the notes that hold now; None where none do."""
    kept = _read(folder, count)
    if kept is None:
        return None
    array, notes = kept
    found = checked(notes)
    return None if found is None else (array, found)


def _read(folder: Path, count: int) -> Kept | None:
    """Return the films of a folder and their notes; None where it is missing or not whole."""
    try:
        notes = json.loads((folder / NOTES).read_text())
        array = np.asarray(np.load(folder / ARRAY, mmap_mode="r"))
    except (OSError, ValueError, EOFError):
        return None
    # What was replaced between the two readings has the notes of one and the films of the other.
    whole = len(notes) == count and len(array) == sum(FAILED not in note for note in notes)
    return (array, notes) if whole else None


def _write(folder: Path, count: int, rows: Rows) -> None:
    """Write the rows one by one; the folder appears complete or not at all."""
    with _partial(folder) as partial:
        notes: list[Note] = []
        # Not through a map: a disk that is full would end the process rather than raise.
        with (partial / ARRAY).open("wb") as file:
            written, row = 0, None
            for found, note in rows:
                notes.append(note)
                if found is None:
                    continue
                row = found
                if not written:
                    _write_header(file, row, count)
                file.write(np.ascontiguousarray(row).tobytes())
                written += 1
            if row is None:
                raise TrainingError(
                    f"none of the {count} films of a role can be decoded; at least one is needed."
                )
            if written < count:
                file.seek(0)  # NumPy leaves room for any number of rows
                _write_header(file, row, written)
        (partial / NOTES).write_text(json.dumps(notes))
        with suppress(OSError):  # another run was quicker: the same films are there
            partial.rename(folder)


@contextmanager
def _partial(folder: Path) -> Iterator[Path]:
    """Give a hidden folder beside this one to write in; what is left in it is removed.

    A lock beside it is held as long: what a process that was killed has left is told by that.
    """
    partial = _hidden(folder)
    lock = partial.with_name(partial.name + LOCK)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.callback(lock.unlink, missing_ok=True)
        with _one_at_a_time(folder.parent):  # it is not seen before its lock is held
            stack.enter_context(locked(lock))
            partial.mkdir()
        stack.callback(shutil.rmtree, partial, ignore_errors=True)
        yield partial


def _write_header(file: IO[bytes], row: NDArray[Any], count: int) -> None:
    header = {
        "descr": np.lib.format.dtype_to_descr(row.dtype),
        "fortran_order": False,
        "shape": (count, *row.shape),
    }
    np.lib.format.write_array_header_1_0(file, header)


def _remove(folder: Path) -> None:
    """Remove a folder; wherever this ends, half of it is never found under its name."""
    hidden = _hidden(folder)
    with suppress(OSError):  # it is not there, or another process was quicker
        folder.rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)


def _prune(store: Path, kept: Path) -> None:
    """Remove what was not used for longest until the rest fits, but for one folder."""
    left = settings().cache_bytes - _bytes(kept) - _clear(store)
    others = [path for path in store.iterdir() if path != kept and not path.name.startswith(".")]
    for path in sorted(others, key=lambda p: p.stat().st_mtime, reverse=True):
        left -= _bytes(path)
        if left < 0:  # a run that has it mapped keeps it until it ends
            _remove(path)


def _clear(store: Path) -> int:
    """Remove what processes that are gone have left, and return the bytes being written now."""
    written = 0
    with _one_at_a_time(store):
        locks = {p if p.suffix == LOCK else p.with_name(p.name + LOCK) for p in store.glob(".*")}
        for lock in locks:
            partial = lock.with_suffix("")
            try:
                with locked(lock):
                    shutil.rmtree(partial, ignore_errors=True)
                lock.unlink(missing_ok=True)
            except OSError:  # who writes it is not gone, or is another user
                written += _bytes(partial)
    return written


def _hidden(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.{uuid4().hex}")


def _one_at_a_time(store: Path) -> AbstractContextManager[None]:
    return locked(store.with_suffix(LOCK), wait=True)


def _bytes(folder: Path) -> int:
    """Return the bytes of a folder; 0 where another process has removed it."""
    try:
        return sum(path.stat().st_size for path in folder.iterdir())
    except OSError:
        return 0
