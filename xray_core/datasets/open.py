"""A path to a `Dataset`, whatever its layout."""

import hashlib
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from xray_core.datasets.dataset import COLUMNS, Dataset
from xray_core.datasets.label_maps import merge_label_maps, parse_label_map
from xray_core.datasets.layout import (
    SPLITS,
    Entry,
    film_addresses,
    find_layout,
    label_map_addresses,
)
from xray_core.datasets.medmnist import NpzStore
from xray_core.datasets.stores import FilmStore, FolderStore
from xray_core.datasets.tars import TarStore
from xray_core.datasets.zips import ZipStore
from xray_core.errors import DatasetError

_ALLOWED = "a folder, .zip, .tar, .tar.gz, .tgz or MedMNIST .npz"
_FILMS = "PNG, JPEG, TIFF, BMP, WebP and DICOM"


def open_dataset(
    path: Path | str, *, source: str | None = None, labelled: bool = True, hashed: bool = True
) -> Dataset:
    """Open a folder or archive of films in any known layout.

    Known are folders by class, or numbered with a label map beside them, with or without a level
    train, val, test above them and with or without one folder around it all; an archive of any of
    these; and MedMNIST arrays.

    Args:
        path: the folder or file.
        source: name of the data set; by default that of the folder (of the one above it where the
            folder is a split).
        labelled: False lets films be without a label, as in a plain folder of them.
        hashed: False leaves `sha256` empty, so that no film is read: for looking through them.

    Returns:
        The films, sorted by path; none of them has been decoded. A file of a folder that cannot be
        read has an empty `sha256`, and says why when it is read.

    Raises:
        DatasetError: there is no film, or one whose class cannot be known.
    """
    path = Path(path)
    source = source or source_name(path)
    store = store_of(path)
    return _dataset(_entries(store, source, labelled), source, store, hashed)


def open_typed(text: str, *, labelled: bool = True, hashed: bool = True) -> Dataset:
    """Open a path as a user has typed it, `~` for the home folder; see `open_dataset`.

    Raises:
        DatasetError: as `open_dataset`; or it is no path, or one that may not be read.
    """
    try:
        return open_dataset(Path(text.strip()).expanduser(), labelled=labelled, hashed=hashed)
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: `~nobody`
        raise DatasetError(
            f"this path cannot be opened ({error}); allowed is {_ALLOWED}."
        ) from None


def source_name(path: Path) -> str:
    """Return the name of a data set by its path, without the ending of an archive."""
    path = path.resolve()
    if path.is_dir():
        return path.parent.name if path.name.lower() in SPLITS else path.name
    name = path.name
    for suffix in (".npz", ".zip", ".tgz", ".gz", ".tar"):
        name = name.removesuffix(suffix)
    return name


def store_of(path: Path) -> FilmStore:
    """Choose by the first bytes: a download's extension is not always true."""
    if path.is_dir():
        return FolderStore(path)
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise DatasetError(f"{path.name} is no folder or archive; allowed is {_ALLOWED}.")
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise DatasetError(
            f"{path} cannot be opened ({error.strerror}); allowed is {_ALLOWED}."
        ) from None
    if start == b"PK\x03\x04":
        return NpzStore(path) if path.suffix.lower() == ".npz" else ZipStore(path)
    if start[:2] == b"\x1f\x8b" or tarfile.is_tarfile(path):
        return TarStore(path)
    raise DatasetError(f"{path.name} is no folder or archive; allowed is {_ALLOWED}.")


def _entries(store: FilmStore, source: str, labelled: bool) -> list[Entry]:
    if isinstance(store, NpzStore):
        return store.entries(source)
    addresses = store.addresses()
    films = film_addresses(addresses)
    if not films:
        raise DatasetError(f"{store.path.name} holds no films; allowed are {_FILMS}.")
    return find_layout(films, _numbers(store, addresses, films), source, labelled=labelled)


def _numbers(store: FilmStore, addresses: list[str], films: list[str]) -> dict[int, str]:
    """Read the label maps where there are numbered folders; elsewhere such names mean nothing."""
    folders = {part for path in films for part in path.split("/")[:-1]}
    if not any(folder.isdecimal() for folder in folders):
        return {}
    maps = (parse_label_map(a, store.read(a)) for a in label_map_addresses(addresses))
    return merge_label_maps(maps)


def _dataset(entries: list[Entry], source: str, store: FilmStore, hashed: bool) -> Dataset:
    def digest(entry: Entry) -> str:
        try:
            return sha256_of(store, entry.path) if hashed else ""
        except DatasetError:
            # One file of a folder must not close it; a damaged archive cannot be relied on at all.
            if isinstance(store, FolderStore):
                return ""
            raise

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        digests = list(pool.map(digest, entries))
    rows = [
        (e.path, e.label, e.patient, e.split, source, sha256, "")
        for e, sha256 in zip(entries, digests, strict=True)
    ]
    return Dataset(pd.DataFrame(rows, columns=list(COLUMNS)), store)


def sha256_of(store: FilmStore, address: str) -> str:
    """Hash a film; in a folder one that is too large to be read does not close all the others.

    Raises:
        DatasetError: it cannot be read.
    """
    if isinstance(store, FolderStore):
        return store.sha256(address)
    return hashlib.sha256(store.read(address)).hexdigest()
