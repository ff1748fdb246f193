"""The model that gives opinions, loaded once for all sessions."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import streamlit as st

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.bundle.index import INDEX
from xray_core.bundle.store import stores
from xray_core.errors import XrayError
from xray_core.inference import Classifier
from xray_core.inference.residence import settle_in


@dataclass(frozen=True)
class Reader:
    """The champion, or the sentence that says why there is none.

    Attributes:
        classifier: None where no model can be used: then films are shown without an opinion.
        missing: why not.
    """

    classifier: Classifier | None
    missing: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the bundle, or nothing."""
        return self.classifier.sha256 if self.classifier else ""


def prepare() -> None:
    """Begin to load the champion, so that it is there when the first film comes."""
    try:
        info = _champion()
    except XrayError:
        return
    _loading(info.sha256, info)


def reader() -> Reader:
    """Return the champion, waiting until it is loaded; never raises."""
    try:
        info = _champion()
        loading = _loading(info.sha256, info)
        if not loading.done():
            with st.spinner("Loading the model: once for each start of the app …"):
                loading.result()
        return Reader(loading.result())
    except XrayError as error:
        _loading.clear()
        return Reader(None, str(error))


def _champion() -> BundleInfo:
    """Return the champion; its files are hashed again only when an index has changed."""
    return _found(indexes())


def indexes() -> tuple[tuple[str, int], ...]:
    """Return what changes when another bundle is there: each store's index and its time."""
    paths = [store / INDEX for store in stores()]
    return tuple((str(p), p.stat().st_mtime_ns if p.exists() else 0) for p in paths)


@st.cache_resource(show_spinner=False, max_entries=2)
def _found(indexes: tuple[tuple[str, int], ...]) -> BundleInfo:
    return find_bundle()


@st.cache_resource(show_spinner=False, max_entries=2)
def _loading(sha256: str, _info: BundleInfo) -> Future[Classifier]:
    """Load in a thread; keyed by the trusted hash, so that a new champion is taken at once."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="model")
    loading = pool.submit(_load, _info)
    pool.shutdown(wait=False)
    return loading


def _load(info: BundleInfo) -> Classifier:
    classifier = Classifier(info)
    settle_in()
    return classifier
