"""Films read straight from a `.zip`; nothing is unpacked."""

import stat
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xray_core.datasets.archive_limits import (
    check_count,
    check_expansion,
    check_member,
    explained,
    gone,
    refuse,
    safe_address,
)


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
            DatasetError: it is damaged, larger than a film may be, or there no longer.
        """
        archive, members = self._open()
        if address not in members:
            gone(self.path, address)
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
