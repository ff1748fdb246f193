"""Where the bytes of films are: a folder (archives and arrays have files of their own)."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import NoReturn, Protocol

from xray_core.errors import DatasetError
from xray_core.settings import settings

_DEEPEST = 6


class FilmStore(Protocol):
    """Files by address; safe to read from several threads."""

    @property
    def path(self) -> Path:
        """The folder or file that holds them."""

    def addresses(self) -> list[str]:
        """Return the addresses of all files, with `/` between folders."""

    def read(self, address: str) -> bytes:
        """Return the bytes of one file.

        Raises:
            DatasetError: it cannot be read.
        """


@dataclass(frozen=True)
class FolderStore:
    """The files below a folder.

    Attributes:
        path: the folder.
    """

    path: Path

    def addresses(self) -> list[str]:
        """Return the addresses of all files, links followed, hidden folders left out.

        Passed over are pipes, devices and sockets, reading which may never end, and links to a
        folder that they are in. Bytes of a name that are no UTF-8 are written as `\\xff`.

        Raises:
            DatasetError: a folder cannot be read.
        """
        found: list[str] = []
        for folder, folders, files in os.walk(self.path, onerror=_refuse, followlinks=True):
            inner = Path(folder).relative_to(self.path)
            # Links may run in wider circles too: no layout is as deep as this.
            deep = len(inner.parts) >= _DEEPEST
            folders[:] = [] if deep else [f for f in folders if _is_to_be_entered(Path(folder, f))]
            plain = (name for name in files if not _is_special(Path(folder, name)))
            found += [_as_text((inner / name).as_posix()) for name in plain]
        return found

    def read(self, address: str) -> bytes:
        """Return the bytes of one file.

        Raises:
            DatasetError: it cannot be read, or is larger than a film may be.
        """
        limit = settings().max_file_bytes
        with self._opened(address) as file:
            # One byte more than is allowed is enough to know.
            data = file.read(limit + 1)
        if len(data) > limit:
            raise DatasetError(
                f"{address} has more than the {limit / 2**20:,.0f} MB allowed for one film."
            )
        return data

    def sha256(self, address: str) -> str:
        """Return the SHA-256 of one file of any size, hexadecimal.

        Raises:
            DatasetError: it cannot be read.
        """
        with self._opened(address) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _place(self, address: str) -> Path:
        """Return where an address is; names of bytes that are no text are looked for."""
        place = self.path / address
        if "\\x" not in address or place.exists():
            return place
        place = self.path
        for part in PurePosixPath(address).parts:
            inside = {_as_text(found.name): found for found in place.iterdir()}
            place = inside.get(part, place / part)
        return place

    @contextmanager
    def _opened(self, address: str) -> Iterator[BufferedReader]:
        try:
            with open(self._place(address), "rb", opener=_unblocked) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise DatasetError(f"{address} is no plain file; allowed are films' files.")
                yield file
        except OSError as error:
            raise DatasetError(f"{address} cannot be read: {error.strerror}.") from None


def _is_to_be_entered(folder: Path) -> bool:
    """Tell whether a folder is neither hidden nor a link upwards, to one that it is in."""
    if folder.name.startswith("."):
        return False
    return not (folder.is_symlink() and folder.parent.resolve().is_relative_to(folder.resolve()))


def _as_text(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _is_special(path: Path) -> bool:
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:  # a link to nothing: reading it says so
        return False


def _unblocked(path: str, flags: int) -> int:
    """Open without waiting for the other end, should the file have become a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _refuse(error: OSError) -> NoReturn:
    raise DatasetError(
        f"{error.filename} cannot be read ({error.strerror}); every folder of a data set must be."
    )
