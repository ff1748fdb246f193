"""A bundle as a folder or zip that the Hugging Face Hub takes as a model repository.

The Hub wants the card with its YAML head at the top level (`README.md`, which every bundle has) and
files over 10 MB marked in `.gitattributes`. `SHA256SUMS` lets whoever gets it check the rest.
`PROMOTIONS.md` is added for a model whose gate was overridden: what it says is known to
`promotion`, so whoever exports hands it over.
"""

import io
import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from xray_core.bundle.files import (
    ATTRIBUTES,
    LARGE_FILES,
    PROMOTIONS,
    SUMS,
    bundle_files,
    write_sums,
)
from xray_core.bundle.store import BundleInfo
from xray_core.errors import BundleError

_NEW_YEAR_1980 = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip knows: the same bundle always gives the same zip."""


def export_name(info: BundleInfo) -> str:
    """Return what the zip of a bundle is called: its name and the beginning of its hash."""
    return f"{info.name}-{info.sha256[:12]}.zip"


def export_bundle(info: BundleInfo, target: Path, promotions: str = "") -> Path:
    """Write a bundle as a zip, where the target ends in `.zip`, or else as a folder.

    Args:
        info: an installed bundle; it is not changed.
        target: must not exist yet, or be an empty folder.
        promotions: text of `PROMOTIONS.md`, see `promotion.override_words`; empty: none is added.

    Returns:
        The target.

    Raises:
        BundleError: the bundle was changed, or the target is there already or cannot be written.
    """
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise BundleError(f"{target} is there already; an export writes over nothing.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside it first: what is there under its name is whole.
        with TemporaryDirectory(prefix=".export-", dir=target.parent) as folder:
            new = Path(folder) / target.name
            if target.suffix.lower() == ".zip":
                with new.open("xb") as file:
                    write_zip(info, file, promotions)
            else:
                _write_folder(info, new, promotions)
            new.replace(target)
    except OSError as error:
        raise BundleError(f"{target} cannot be written: {error.strerror}.") from error
    return target


def zip_bytes(info: BundleInfo, promotions: str = "") -> bytes:
    """Return the zip of a bundle, as `export_bundle` writes it.

    Raises:
        BundleError: the bundle was changed.
    """
    buffer = io.BytesIO()
    write_zip(info, buffer, promotions)
    return buffer.getvalue()


def write_zip(info: BundleInfo, file: IO[bytes], promotions: str = "") -> None:
    """Write the zip of a bundle; the files lie at its top level, as in a repository.

    Raises:
        BundleError: the bundle was changed.
    """
    info.verify()
    files = bundle_files(info.path)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _added(files, promotions).items():
            _add(archive, name, text.encode())
        for name, path in files.items():
            _add(archive, name, path.read_bytes())


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _NEW_YEAR_1980)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    archive.writestr(member, content)


def _write_folder(info: BundleInfo, target: Path, promotions: str) -> None:
    info.verify()
    files = bundle_files(info.path)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in _added(files, promotions).items():
        (target / name).write_bytes(text.encode())
    for name, path in files.items():
        shutil.copyfile(path, target / name)


def _added(files: dict[str, Path], promotions: str) -> dict[str, str]:
    added = {ATTRIBUTES: LARGE_FILES, SUMS: write_sums(files)}
    return added | {PROMOTIONS: promotions} if promotions else added
