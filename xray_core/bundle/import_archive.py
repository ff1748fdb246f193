"""A stranger's zip or folder, unpacked without leaving the folder or filling the disk.

Nothing is loaded here, and nothing that was unpacked is trusted: see `import_bundle`.
"""

import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, NoReturn

from xray_core.bundle.files import ATTRIBUTES, LIMITS, MB, PROMOTIONS, SUMS, check_names
from xray_core.bundle.store import JUNK
from xray_core.datasets.archive_limits import DAMAGE
from xray_core.errors import BundleError

MAX_MEMBERS = 64
MAX_BYTES = 2048 * MB
MAX_RATIO = 50
"""Bytes of a file per byte in the zip: weights and tables hardly shrink, bombs do."""
_SLACK = 4 * MB  # A short card or configuration may shrink far more and is no bomb.
_ADDED = {SUMS: MB, ATTRIBUTES: MB, PROMOTIONS: MB}
_LEFT_OUT = {ATTRIBUTES, PROMOTIONS}
"""They are of the transport, and nobody vouches for what they say."""
_FROM_TOOLS = {".git", ".cache", "__MACOSX"}
"""Folders that git, the Hub's client and macOS put beside the files."""

Source = Path | IO[bytes]
"""A folder, a zip, or an open zip."""


def unpack(source: Source, title: str, into: Path) -> dict[str, Path]:
    """Write the files of a bundle into a folder.

    Args:
        source: a folder, a zip, or an open zip. The files may lie in one folder of it.
        title: what it is called in messages.
        into: an empty folder.

    Returns:
        The files by name: those of a bundle, and `SHA256SUMS` where it came along.

    Raises:
        BundleError: it is no zip, it holds what no bundle has, a file is missing, or is larger than
            allowed, shrank too well, is encrypted, is a link, or has a name that leads elsewhere.
    """
    with _explained(title):
        if isinstance(source, Path) and source.is_dir():
            files = _copy_folder(source, title, into)
        else:
            with zipfile.ZipFile(source) as archive:
                files = _unpack_zip(archive, title, into)
    check_names(title, [name for name in files if name != SUMS])
    return files


def _copy_folder(source: Path, title: str, into: Path) -> dict[str, Path]:
    names = _names_in(source)
    if len(names) == 1 and (source / names[0]).is_dir() and not (source / names[0]).is_symlink():
        source = source / names[0]
        names = _names_in(source)
    if foreign := sorted(set(names) - {*LIMITS, SUMS}):
        check_names(title, foreign)
    for name in names:
        path = source / name
        if not stat.S_ISREG(path.lstat().st_mode):
            _refuse(title, f"{name} is no plain file; allowed are files")
        _check_size(title, name, path.stat().st_size)
        shutil.copyfile(path, into / name)
    return {name: into / name for name in sorted(names)}


def _names_in(folder: Path) -> list[str]:
    left_out = {*JUNK, *_FROM_TOOLS, *_LEFT_OUT}
    return [path.name for path in folder.iterdir() if path.name not in left_out]


def _unpack_zip(archive: zipfile.ZipFile, title: str, into: Path) -> dict[str, Path]:
    members = _members(archive, title)
    if foreign := sorted(set(members) - {*LIMITS, *_ADDED}):
        check_names(title, foreign)
    for name, member in members.items():
        _check_size(title, name, member.file_size)
        if member.file_size > MAX_RATIO * member.compress_size + _SLACK:
            _refuse(title, f"{name} is over {MAX_RATIO} times its size in the zip")
    if sum(member.file_size for member in members.values()) > MAX_BYTES:
        _refuse(title, f"it unpacks to over {MAX_BYTES // MB:,} MB; allowed is at most so much")
    wanted = {name: member for name, member in members.items() if name not in _LEFT_OUT}
    for name, member in wanted.items():
        # The name is one of a bundle's own, so it cannot lead anywhere; zipfile reads no more
        # than the size that was checked, and compares its checksum.
        with archive.open(member) as packed, (into / name).open("xb") as file:
            shutil.copyfileobj(packed, file)
    return {name: into / name for name in sorted(wanted)}


def _members(archive: zipfile.ZipFile, title: str) -> dict[str, zipfile.ZipInfo]:
    """Return the files of a zip by name, a folder around all of them left out."""
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        _refuse(title, f"it holds {len(infos):,} files; allowed are {MAX_MEMBERS}")
    found: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for info in infos:
        path = _safe_path(title, info.filename)
        if info.is_dir() or path.name in JUNK or path.parts[0] in _FROM_TOOLS:
            continue
        if info.flag_bits & 0x1:
            _refuse(title, "it is encrypted; allowed are zips without a password")
        if stat.S_ISLNK(info.external_attr >> 16):
            _refuse(title, f"it holds the link {info.filename!r}; allowed are files")
        if path in found:
            _refuse(title, f"it holds {info.filename!r} twice; allowed is once")
        found[path] = info
    around = {path.parts[0] for path in found if len(path.parts) == 2}
    one_folder = len(around) == 1 and all(len(path.parts) == 2 for path in found)
    return {(p.name if one_folder else p.as_posix()): info for p, info in found.items()}


def _safe_path(title: str, name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    drive = len(name) > 1 and name[1] == ":"
    outside = path.is_absolute() or ".." in path.parts or drive or "\\" in name
    if outside or not path.parts or not name.isprintable():
        _refuse(title, f"it holds the unsafe name {name!r}; allowed are plain names")
    return path


def _check_size(title: str, name: str, size: int) -> None:
    limit = LIMITS.get(name) or _ADDED[name]
    if size > limit:
        _refuse(title, f"{name} has {size:,} bytes; allowed are {limit // MB:,} MB")


def _refuse(title: str, reason: str) -> NoReturn:
    raise BundleError(f"{title}: {reason}.")


@contextmanager
def _explained(title: str) -> Iterator[None]:
    """Turn every error of zipfile into one sentence."""
    try:
        yield
    except DAMAGE as error:
        detail = (str(error).split("\n", 1)[0] or type(error).__name__).rstrip(".")
        raise BundleError(
            f"{title} cannot be read as a model ({detail}); allowed is a folder or an undamaged "
            ".zip as `models export` writes it."
        ) from error
