"""A bundle that comes in: looked at, and trusted only once a person has confirmed its hash."""

import re
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.bundle.import_archive import Source
from xray_core.bundle.import_bundle import Incoming, incoming
from xray_core.bundle.store import stores
from xray_core.errors import BundleError
from xray_core.file_lock import exclusive
from xray_core.promotion.trial import try_bundle
from xray_core.settings import settings
from xray_core.training.free_name import IMPORT
from xray_core.training.new_bundle import put_in_place


def inspect(source: Source, title: str) -> Incoming:
    """Check a bundle and return what it says it is; nothing of it stays.

    Args:
        source: a folder, a zip, or an open zip.
        title: what it is called in messages.

    Raises:
        BundleError: it may not be imported, with the reason.
    """
    with incoming(source, title) as found:
        _check_not_trained(found.name)
        try_bundle(found.folder, title)
        return replace(found, folder=Path())


def install(source: Source, title: str, confirmed: str) -> BundleInfo:
    """Check a bundle, put it into the user's own store and trust it; the champion stays.

    Args:
        source: a folder, a zip, or an open zip.
        title: what it is called in messages.
        confirmed: the SHA-256 of the bundle, 64 hexadecimal digits, as a person has it from whoever
            made the bundle.

    Raises:
        BundleError: it may not be imported, has another hash, or a model of its name is being
            trained.
    """
    stated = re.sub(r"\s", "", confirmed).lower()
    with incoming(source, title) as found:
        if stated != found.sha256:
            raise BundleError(
                f"{title}: its SHA-256 is {found.sha256}, not {stated[:70] or 'what is confirmed'}"
                ", so it is not trusted."
            )
        _check_not_trained(found.name)
        try_bundle(found.folder, title)
        folder = stores()[1] / found.name
        with (
            exclusive(settings().home / "index", BundleError, wait=True),
            _no_training(settings().home / "runs" / found.name),
        ):
            if folder.exists():
                raise BundleError(f"a model called {found.name!r} was installed meanwhile.")
            put_in_place(found.folder, folder, IMPORT)
    return find_bundle(found.name, found.kind)


def _check_not_trained(name: str) -> None:
    """Refuse the name of a training that goes on, which could not put its model in place then."""
    folder = settings().home / "runs" / name
    if folder.is_dir():
        with _no_training(folder):
            return


def _no_training(folder: Path) -> AbstractContextManager[None]:
    """Hold the folder of a run, as a training does from its beginning to its end."""
    words = "is the name of a model that is being trained here; allowed is a name that is free"
    return exclusive(folder, BundleError, held=words)
