"""Films read straight from a `.tar`, `.tar.gz` or `.tgz`; no member is written by its name."""

import gzip
import io
import tarfile
import tempfile
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Self

from xray_core.datasets.archive_limits import (
    check_count,
    check_expansion,
    check_member,
    explained,
    gone,
    refuse,
    safe_address,
)
from xray_core.datasets.layout import is_film, is_label_map


@dataclass(frozen=True)
class TarStore:
    """The films of a tar, compressed with gzip or not.

    A gzip stream has no random access, so when the archive is first read its films are copied, one
    after another, into one unnamed temporary file.

    Attributes:
        path: the archive.
    """

    path: Path

    def addresses(self) -> list[str]:
        """Return the names of all members that may be films or label maps.

        Raises:
            DatasetError: it is damaged, over a limit, or has an unsafe name or a link.
        """
        return list(self._spool().places)

    def read(self, address: str) -> bytes:
        """Return the bytes of one member.

        Raises:
            DatasetError: the archive has changed since: it is damaged, or the member is gone.
        """
        spool = self._spool()
        if address not in spool.places:
            gone(self.path, address)
        return spool.read(address)

    def _spool(self) -> "_Spool":
        with explained(self.path):
            status = self.path.stat()
            return _spooled(self.path, status.st_mtime_ns, status.st_size)


@dataclass(frozen=True, eq=False)
class _Spool:
    """Films one after another in a temporary file, and where each begins and how long it is."""

    file: IO[bytes]
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def append(self, address: str, data: bytes) -> None:
        self.places[address] = (self.file.tell(), len(data))
        self.file.write(data)

    def read(self, address: str) -> bytes:
        offset, size = self.places[address]
        with self.lock:
            self.file.seek(offset)
            return self.file.read(size)


@lru_cache(maxsize=2)
def _spooled(path: Path, mtime_ns: int, size: int) -> _Spool:
    """Copy the films of a tar; its time of change makes a changed archive a new one."""
    spool = _Spool(tempfile.TemporaryFile(prefix="kerley-"))  # noqa: SIM115
    weakref.finalize(spool, spool.file.close)
    with (
        _Metered(path, size) as stream,
        tarfile.open(fileobj=stream, mode="r|", tarinfo=_WholeTarInfo) as tar,
    ):
        for address, member in _films(path, tar):
            content = tar.extractfile(member)
            data = content.read() if content else b""
            if len(data) != member.size:
                refuse(path, f"ends within {address!r}; allowed are whole archives")
            spool.append(address, data)
    return spool


def _films(path: Path, tar: tarfile.TarFile) -> Iterator[tuple[str, tarfile.TarInfo]]:
    seen: set[str] = set()
    for member in tar:
        address = safe_address(path, member.name)
        if member.isdir():
            continue
        if not member.isreg() or member.issparse():
            refuse(path, f"holds {address!r}, a link, device or sparse file; allowed are files")
        if address in seen:
            refuse(path, f"holds {address!r} twice; allowed is once")
        seen.add(address)
        check_count(path, len(seen))
        if is_film(address) or is_label_map(address):
            check_member(path, address, member.size)
            yield address, member


class _WholeTarInfo(tarfile.TarInfo):
    """A header of a tar; where tarfile takes a damaged or missing one for the end, this says so."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if buf and not any(buf):
                raise  # a block of zeros is the end
            raise tarfile.ReadError(f"{error}") from None


class _Metered(io.RawIOBase):
    """The bytes of a tar, decompressed if need be, with a limit on how many there may be."""

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size, self._decoded = path, size, 0
        self._file: io.BufferedIOBase = path.open("rb")
        if self._file.read(2) == b"\x1f\x8b":
            self._file.close()
            self._file = gzip.GzipFile(path)
        self._file.seek(0)

    def read(self, count: int = -1) -> bytes:
        data = self._file.read(count)
        self._decoded += len(data)
        check_expansion(self._path, self._decoded, self._size)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()
