"""Where the bytes of films are: a folder (archives and arrays have files of their own)."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

from xray_core.errors import DatasetError

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

        Raises:
            DatasetError: a folder cannot be read, or a name is not valid text.
        """
        found: list[str] = []
        for folder, folders, files in os.walk(self.path, onerror=_refuse, followlinks=True):
            inner = Path(folder).relative_to(self.path)
            # Links may run in a circle: no layout is as deep as this.
            deep = len(inner.parts) >= _DEEPEST
            folders[:] = [] if deep else [f for f in folders if not f.startswith(".")]
            found += [(inner / name).as_posix() for name in files]
        for address in found:
            if any("\udc80" <= letter <= "\udcff" for letter in address):  # bytes that are no text
                raise DatasetError(f"{address!r} is not a name in UTF-8; allowed are such names.")
        return found

    def read(self, address: str) -> bytes:
        """Return the bytes of one file.

        Raises:
            DatasetError: it cannot be read.
        """
        try:
            return (self.path / address).read_bytes()
        except OSError as error:
            raise DatasetError(f"{address} cannot be read: {error.strerror}.") from None


def _refuse(error: OSError) -> NoReturn:
    raise DatasetError(
        f"{error.filename} cannot be read ({error.strerror}); every folder of a data set must be."
    )
