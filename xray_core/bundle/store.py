"""Where bundles lie, which of them are trusted, and which is the one that gives opinions.

A store is a folder of bundle folders with an `index.json` beside them, outside every bundle, that
holds the trusted SHA-256 of each. A bundle whose files do not have that hash is never loaded.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xray_core.bundle.index import read_index, write_index
from xray_core.bundle.manifest import BundleManifest, Kind
from xray_core.errors import BundleError
from xray_core.file_hash import file_sha256
from xray_core.settings import settings

JUNK = {".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class BundleInfo:
    """A bundle that a store lists.

    Attributes:
        name: name of its folder and in its manifest.
        kind: `classifier` or `segmenter`.
        path: its folder.
        sha256: the trusted hash, from the index.
        manifest: its `bundle.json`.
        champion: whether it is the one that Diagnose uses.
    """

    name: str
    kind: Kind
    path: Path
    sha256: str
    manifest: BundleManifest
    champion: bool

    def verify(self) -> None:
        """Check every file of the bundle against the trusted hash.

        Raises:
            BundleError: they differ, or cannot be read.
        """
        found = bundle_sha256(self.path)
        if found != self.sha256:
            raise BundleError(
                f"model {self.name!r} has SHA-256 {found[:12]}…, but {self.sha256[:12]}… is "
                "trusted: its files were changed, so it is not used."
            )


def bundle_sha256(folder: Path) -> str:
    """Return the SHA-256 over the names and contents of every file below a folder, sorted.

    What a file manager leaves behind when somebody looks into the folder does not count.

    Raises:
        BundleError: a file cannot be read, or is gone while it is read: another bundle is just
            being put in its place.
    """
    digest = hashlib.sha256()
    try:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in JUNK):
            content = file_sha256(path)
            digest.update(f"{content}  {path.relative_to(folder).as_posix()}\n".encode())
    except OSError as error:
        raise BundleError(
            f"the files of model {folder.name!r} cannot be read: {error.strerror}."
        ) from error
    return digest.hexdigest()


def stores() -> tuple[Path, Path]:
    """Return the folders that hold bundles: the bundled one, then the user's own."""
    return settings().models_dir, settings().home / "bundles"


def list_bundles() -> list[BundleInfo]:
    """Return every bundle that is as it was when it was trusted, the champion first, then by name.

    A bundle that was changed or whose manifest is damaged is passed over, so that it takes no other
    down with it; `find_bundle` says what is wrong with it.

    Raises:
        BundleError: an index is damaged.
    """
    folders = _folders()
    found = []
    for name in folders:
        with suppress(BundleError):
            found.append(_describe(name, folders))
    return sorted(found, key=lambda info: (not info.champion, info.name))


def find_bundle(name: str | None = None, kind: Kind = "classifier") -> BundleInfo:
    """Return the bundle of that name, or the default of its kind: of classifiers, the champion.

    Raises:
        BundleError: there is none, it was changed, or its manifest or an index is damaged.
    """
    folders = _folders()
    chosen = name or _default(folders, kind) or ""
    if chosen in folders and (info := _describe(chosen, folders)).kind == kind:
        return info
    if name is None:
        raise BundleError(_NONE_INSTALLED[kind])
    known = ", ".join(info.name for info in list_bundles() if info.kind == kind)
    raise BundleError(f"model {name!r} is not known; known are: {known or 'none is installed'}.")


def find_any(name: str) -> BundleInfo:
    """Return the bundle of that name, of whatever kind.

    Raises:
        BundleError: there is none, it was changed, or its manifest or an index is damaged.
    """
    folders = _folders()
    if name in folders:
        return _describe(name, folders)
    known = ", ".join(info.name for info in list_bundles())
    raise BundleError(f"model {name!r} is not known; known are: {known or 'none is installed'}.")


_NONE_INSTALLED = {
    "classifier": "no model is installed, so there is no opinion; train or import one.",
    "segmenter": "no model that finds lungs is installed; train or import one.",
}
_Folders = dict[str, tuple[Path, str]]
"""Folder and trusted hash by name."""


def _folders() -> _Folders:
    """Return every bundle that an index names and that is there, the user's own before ours."""
    return {
        name: (store / name, sha256)
        for store in stores()
        for name, sha256 in read_index(store).bundles.items()
        if (store / name).is_dir()
    }


def _default(folders: _Folders, kind: Kind) -> str | None:
    """Return the default of the user's own store, or else that of the bundled models."""
    defaults = [read_index(store).default_of(kind) for store in reversed(stores())]
    return next((name for name in defaults if name in folders), None)


def _describe(name: str, folders: _Folders) -> BundleInfo:
    folder, sha256 = folders[name]
    manifest = BundleManifest.read(folder)
    champion = manifest.kind == "classifier" and name == _default(folders, "classifier")
    info = BundleInfo(name, manifest.kind, folder, sha256, manifest, champion)
    info.verify()
    return info


def name_champion(name: str, promotion: str) -> None:
    """Make a bundle of either store the champion, in the index of the user's own store.

    The bundled models are not touched. Only `promotion` calls this: it has checked the bundle,
    holds the lock of the index, and writes down who did it and why.

    Args:
        name: of the bundle.
        promotion: SHA-256 of the line that says who did it and why.

    Raises:
        BundleError: the index is damaged.
    """
    store = stores()[1]
    changes = {"default": name, "promotion": promotion}
    write_index(store, read_index(store).model_copy(update=changes))


def champion_name() -> str | None:
    """Return the name of the classifier that gives the opinions, or None where there is none.

    Raises:
        BundleError: an index is damaged.
    """
    return _default(_folders(), "classifier")


def installed() -> dict[str, str]:
    """Return the trusted hash of every bundle by its name, whether its files are as they were.

    Raises:
        BundleError: an index is damaged.
    """
    return {name: sha256 for name, (_, sha256) in _folders().items()}
