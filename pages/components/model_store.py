"""What is installed, hashed again only when a file of a store has changed."""

from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from pages.components.models import indexes
from xray_core.bundle import BundleInfo, list_bundles
from xray_core.bundle.store import find_any, installed, stores
from xray_core.errors import BundleError


@dataclass(frozen=True)
class Installed:
    """The bundles of both stores.

    Attributes:
        usable: by name, the champion first.
        damaged: name → the sentence that says why it is not used.
    """

    usable: dict[str, BundleInfo]
    damaged: dict[str, str]

    @property
    def champion(self) -> BundleInfo | None:
        """The champion, where there is one and it can be used."""
        return next((info for info in self.usable.values() if info.champion), None)


def now() -> Installed:
    """Return what is installed now.

    Raises:
        BundleError: an index is damaged.
    """
    found: Installed = _listed(indexes(), _files())
    return found


def _files() -> tuple[tuple[str, int, int], ...]:
    """Return every file of the stores with its size and time.

    A training may put a bundle in place of another just now: what is gone meanwhile is left out,
    and the next look finds the new one.
    """
    found = []
    for store in stores():
        with suppress(OSError):
            for path in sorted(store.glob("[!.]*/*")):
                with suppress(OSError):
                    status = path.stat()
                    found.append((str(path), status.st_size, status.st_mtime_ns))
    return tuple(found)


@st.cache_resource(show_spinner=False, max_entries=2)
def _listed(indexes: object, files: object) -> Installed:
    usable = {info.name: info for info in list_bundles()}
    damaged = {}
    for name in sorted(set(installed()) - set(usable)):
        try:
            find_any(name)
        except BundleError as error:
            damaged[name] = str(error)
    return Installed(usable, damaged)
