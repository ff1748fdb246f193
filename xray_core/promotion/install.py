"""A bundle that comes in: looked at, and trusted only once a person has confirmed its hash."""

import re
from dataclasses import replace
from pathlib import Path

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.bundle.import_archive import Source
from xray_core.bundle.import_bundle import Incoming, incoming
from xray_core.bundle.store import stores, trust
from xray_core.errors import BundleError
from xray_core.file_lock import exclusive
from xray_core.promotion.trial import try_bundle
from xray_core.settings import settings


def inspect(source: Source, title: str) -> Incoming:
    """Check a bundle and return what it says it is; nothing of it stays.

    Args:
        source: a folder, a zip, or an open zip.
        title: what it is called in messages.

    Raises:
        BundleError: it may not be imported, with the reason.
    """
    with incoming(source, title) as found:
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
        BundleError: it may not be imported, or has another hash.
    """
    stated = re.sub(r"\s", "", confirmed).lower()
    with incoming(source, title) as found:
        if stated != found.sha256:
            raise BundleError(
                f"{title}: its SHA-256 is {found.sha256}, not {stated[:70] or 'what is confirmed'}"
                ", so it is not trusted."
            )
        try_bundle(found.folder, title)
        folder = stores()[1] / found.name
        with exclusive(settings().home / "index", BundleError, wait=True):
            if folder.exists():
                raise BundleError(f"a model called {found.name!r} was installed meanwhile.")
            found.folder.rename(folder)
            trust(folder)
    return find_bundle(found.name, found.kind)
