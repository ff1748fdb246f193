"""Which models can be compared: the bundles of the stores, and those that runs have written."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from pages.components.frame import sentence
from pages.components.models import indexes
from xray_core.bundle import BundleInfo, BundleManifest, list_bundles
from xray_core.bundle.index import INDEX
from xray_core.errors import BundleError, ConfigError, TrackingError
from xray_core.tracking.last_ended import last_ended
from xray_core.tracking.run_bundles import RunBundle, find_run_bundle, is_run, run_bundles
from xray_core.tracking.store import tracking_uri

FRESH_SECONDS = 5
"""For so long nobody asks whether a run has ended: the page runs at every click."""
LISTED_SECONDS = 60
"""For so long the list of runs is kept while none ends: it is read with every figure of all."""


def installed() -> dict[str, BundleInfo]:
    """Return the classifiers of the stores by name, the champion first."""
    found: dict[str, BundleInfo] = _installed(indexes())
    return found


@st.cache_resource(show_spinner=False, max_entries=2)
def _installed(indexes: object) -> dict[str, BundleInfo]:
    """Look for them again only when an index has changed."""
    return {info.name: info for info in list_bundles() if info.kind == "classifier"}


def runs() -> dict[str, RunBundle]:
    """Return what runs have written by name, the newest first; nothing where none can be read.

    Why they cannot be is said on the page: the bundles of the stores can be compared all the same.
    """
    try:
        return _classifiers()
    except TrackingError as error:
        st.caption(f":material/error: {sentence(error)}")
        return {}


def _classifiers() -> dict[str, RunBundle]:
    where = tracking_uri()
    listed: dict[str, RunBundle] = _named(where, _last_ended(where))
    return listed


def found() -> list[RunBundle]:
    """Return what runs have written, the newest first.

    Raises:
        TrackingError: the store of runs cannot be read.
    """
    where = tracking_uri()
    listed: list[RunBundle] = _runs(where, _last_ended(where))
    return listed


@st.cache_data(show_spinner=False, ttl=FRESH_SECONDS, max_entries=2)
def _last_ended(where: str) -> tuple[str, int]:
    return last_ended()


@st.cache_data(show_spinner="Looking for runs …", ttl=LISTED_SECONDS, max_entries=2)
def _runs(where: str, last: tuple[str, int]) -> list[RunBundle]:
    return list(run_bundles())


@st.cache_data(show_spinner=False, ttl=LISTED_SECONDS, max_entries=2)
def _named(where: str, last: tuple[str, int]) -> dict[str, RunBundle]:
    return {run.name: run for run in _runs(where, last) if not _segmenter(run)}


def _segmenter(run: RunBundle) -> bool:
    """Tell a run that trained the lung finder: such a run says so in its bundle."""
    try:
        return run.there and BundleManifest.read(run.folder).kind != "classifier"
    except BundleError:
        return False


def title(name: str, found: dict[str, RunBundle]) -> str:
    """Return a model as the list of choices shows it."""
    run = found.get(name)
    if run is None:
        return name
    made = datetime.fromtimestamp(run.created, UTC)
    return f"{name} · run of {made:%d %B, %H:%M} UTC" + ("" if run.there else " · files gone")


def bundles(names: tuple[str, ...]) -> list[BundleInfo]:
    """Return the bundles of these names, each once.

    Raises:
        BundleError: a run is not known, or its files are gone.
        ConfigError: one is not installed.
        TrackingError: the store of runs cannot be read.
    """
    found, out = installed(), []
    for name in dict.fromkeys(names):
        if is_run(name):
            out.append(_of_run(name))
        elif name in found:
            out.append(found[name])
        else:
            raise ConfigError(
                f"model {name!r} is not installed; allowed is {', '.join(found) or 'none yet'}."
            )
    return out


def _of_run(name: str) -> BundleInfo:
    """Return the bundle of a run; its files are hashed again only when one of them has changed."""
    run = _classifiers().get(name)
    if run is None:
        return find_run_bundle(name)  # which says what is wrong with it
    found: BundleInfo = _checked(run.name, run.sha256, _files(run.folder))
    return found


def _files(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return the files of a run's bundle and its index, each with its size and time."""
    found = []
    with suppress(OSError):  # what is gone meanwhile is left out, and checked without it
        for path in [folder.parent / INDEX, *sorted(folder.glob("*"))]:
            status = path.stat()
            found.append((str(path), status.st_size, status.st_mtime_ns))
    return tuple(found)


@st.cache_resource(show_spinner=False, max_entries=16)
def _checked(name: str, sha256: str, files: object) -> BundleInfo:
    return find_run_bundle(name)
