"""Films read straight from a `.zip`, `.tar`, `.tar.gz` or `.tgz`; no member is written by name."""

import gzip
import io
import stat
import tarfile
import tempfile
import threading
import weakref
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO

from xray_core.datasets.archive_limits import (
    check_count,
    check_expansion,
    check_member,
    explained,
    refuse,
    safe_address,
)
from xray_core.datasets.layout import is_film, is_label_map


@dataclass(frozen=True)
class ZipStore:
    """The members of a zip.

    Attributes:
        path: the archive.
    """

    path: Path

    def addresses(self) -> list[str]:
        """Return the names of all members that are files.

        Raises:
            DatasetError: it is damaged, encrypted, over a limit, or has an unsafe name or a link.
        """
        return list(self._open()[1])

    def read(self, address: str) -> bytes:
        """Return the bytes of one member.

        Raises:
            DatasetError: it is damaged, or larger than a film may be.
        """
        archive, members = self._open()
        with explained(self.path):
            check_member(self.path, address, members[address].file_size)
            return archive.read(members[address])

    def _open(self) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
        with explained(self.path):
            status = self.path.stat()
            return _opened_zip(self.path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _opened_zip(
    path: Path, mtime_ns: int, size: int
) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
    """Open a zip and check its directory; its time of change makes a changed archive a new one."""
    archive = zipfile.ZipFile(path)
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        address = safe_address(path, member.filename)
        if member.flag_bits & 0x1:
            refuse(path, "is encrypted; allowed are archives without a password")
        if stat.S_ISLNK(member.external_attr >> 16):
            refuse(path, f"holds the link {address!r}; allowed are files")
        if not member.is_dir() and members.setdefault(address, member) is not member:
            refuse(path, f"holds {address!r} twice; allowed is once")
    check_count(path, len(members))
    check_expansion(path, sum(m.file_size for m in members.values()), size)
    return archive, members


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
            DatasetError: the archive has changed since, and is damaged.
        """
        return self._spool().read(address)

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
    with _Metered(path, size) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
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
