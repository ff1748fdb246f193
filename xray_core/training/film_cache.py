"""Prepared films on disk, memory-mapped: decoded once for all runs that see the films alike.

A run's memory does not grow with its films: what is mapped is read when it is needed, and the
system keeps of it what it has room for. All of it together takes `XRAY_CACHE_BYTES` at most, but
for the films of the runs under way; what was not used for longest goes first.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from xray_core.errors import TrainingError
from xray_core.settings import settings

ARRAY, NOTES = "films.npy", "notes.json"

Note = dict[str, Any]
"""What is kept of a film beside its pixels, as JSON types."""
Rows = Iterator[tuple[NDArray[Any] | None, Note]]
"""Each film and what is noted of it; None in place of one that could not be decoded."""


def cached_rows(key: Any, count: int, rows: Rows) -> tuple[NDArray[Any], list[Note]]:
    """Return prepared films (M, …) mapped from disk, and what is noted of each of N, M ≤ N.

    Args:
        key: all that decides them, as JSON types.
        count: number of rows N, at least 1.
        rows: makes each film, float32 or uint8, all of one shape, and its note, or None and a note;
            nothing is taken from it where the films are there already.

    Raises:
        TrainingError: they cannot be written, for example because the disk is full.
        XrayError: what `rows` raises.
    """
    store = films_folder()
    folder = store / hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    try:
        if not folder.exists():
            _write(folder, count, rows)
        os.utime(folder)
        with suppress(OSError):  # another run removes the same
            _prune(store, folder)
        notes = json.loads((folder / NOTES).read_text())
        return np.asarray(np.load(folder / ARRAY, mmap_mode="r")), notes
    except OSError as error:
        raise TrainingError(
            f"the prepared films in {store} cannot be kept: {error.strerror or error}; the folder "
            "may be emptied."
        ) from error


def films_folder() -> Path:
    """Return the folder of prepared films."""
    return settings().home / "cache" / "films"


def _write(folder: Path, count: int, rows: Rows) -> None:
    """Write the rows one by one; the folder appears complete or not at all."""
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
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
            if row is not None and written < count:
                file.seek(0)  # NumPy leaves room for any number of rows
                _write_header(file, row, written)
        (partial / NOTES).write_text(json.dumps(notes))
        with suppress(OSError):  # another run was quicker: the same films are there
            partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_header(file: IO[bytes], row: NDArray[Any], count: int) -> None:
    header = {
        "descr": np.lib.format.dtype_to_descr(row.dtype),
        "fortran_order": False,
        "shape": (count, *row.shape),
    }
    np.lib.format.write_array_header_1_0(file, header)


def _prune(store: Path, kept: Path) -> None:
    """Remove what was not used for longest until the rest fits, but for one folder."""
    left = settings().cache_bytes - _bytes(kept)
    others = [path for path in store.iterdir() if path != kept and not path.name.startswith(".")]
    for path in sorted(others, key=lambda p: p.stat().st_mtime, reverse=True):
        left -= _bytes(path)
        if left < 0:  # a run that has it mapped keeps it until it ends
            shutil.rmtree(path, ignore_errors=True)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
