"""What an archive from a stranger may be called, hold and cost."""

import lzma
import struct
import tarfile
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NoReturn

from xray_core.errors import DatasetError
from xray_core.settings import settings

MAX_MEMBERS = 500_000
MAX_BYTES = 64 * 2**30
MAX_RATIO = 100
"""Decoded bytes per archive byte over the whole archive: films hardly shrink, bombs do."""
_SLACK = 16 * 2**20  # A few small blank films shrink far more and are no bomb.

DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,  # a compression or encryption that zipfile does not know
    MemoryError,  # an array whose header claims more than there is memory
    tokenize.TokenError,  # the header of an array cut short
)
"""What zipfile, tarfile and NumPy raise for damaged or hostile archives."""


def refuse(archive: Path, reason: str) -> NoReturn:
    """Raise DatasetError about an archive; the reason says what was found and what is allowed."""
    raise DatasetError(f"{archive.name} {reason}.")


def gone(archive: Path, address: str) -> NoReturn:
    """Raise DatasetError about a film that was there when the archive was opened.

    Raises:
        DatasetError: always.
    """
    refuse(archive, f"has changed and holds {address!r} no longer; open it anew")


@contextmanager
def explained(archive: Path) -> Iterator[None]:
    """Turn every error of the archive libraries into a DatasetError of one sentence."""
    try:
        yield
    except DAMAGE as error:
        detail = str(error).split("\n", 1)[0].rstrip(".") or type(error).__name__
        raise DatasetError(
            f"{archive.name} cannot be read as an archive ({detail}); allowed are undamaged .zip, "
            ".tar, .tar.gz and .tgz."
        ) from error


def safe_address(archive: Path, name: str) -> str:
    """Return a member's name with `./` taken off.

    Raises:
        DatasetError: it is absolute, leads out of the archive, or has characters of no file name.
    """
    path = PurePosixPath(name)
    drive = len(name) > 1 and name[1] == ":"
    if path.is_absolute() or ".." in path.parts or drive or "\\" in name or not name.isprintable():
        refuse(archive, f"holds the unsafe name {name!r}; allowed are plain relative names")
    return path.as_posix()


def check_member(archive: Path, name: str, size: int) -> None:
    """Refuse a film that is larger than a film may be.

    Raises:
        DatasetError: it is.
    """
    limit = settings().max_file_bytes
    if size > limit:
        refuse(archive, f"holds {name!r} of {size} bytes; allowed are {int(limit)} for one film")


def check_count(archive: Path, count: int) -> None:
    """Refuse more members than any data set has.

    Raises:
        DatasetError: there are more.
    """
    if count > MAX_MEMBERS:
        refuse(archive, f"holds over {MAX_MEMBERS} files; allowed are at most so many")


def check_expansion(archive: Path, decoded: int, stored: int) -> None:
    """Refuse a decompression bomb.

    Args:
        archive: for the message.
        decoded: bytes after decompression, of all members or so far.
        stored: bytes of the archive.

    Raises:
        DatasetError: decoded is over the limit, or over `MAX_RATIO` times what is stored.
    """
    if decoded > MAX_BYTES:
        refuse(archive, f"decompresses to over {MAX_BYTES >> 30} GiB; allowed is at most so much")
    if decoded > MAX_RATIO * stored + _SLACK:
        refuse(archive, f"decompresses to over {MAX_RATIO} times its size; allowed is at most that")
