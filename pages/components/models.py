"""The model that gives opinions, loaded once for all sessions."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module

import streamlit as st

from pages.components.fragment import fragment
from xray_core.bundle import BundleInfo, find_bundle
from xray_core.bundle.index import INDEX
from xray_core.bundle.store import stores
from xray_core.errors import XrayError
from xray_core.inference import Classifier
from xray_core.residence import settle_in

FOLLOW_SECONDS = 3.0


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
        info = champion()
    except XrayError:
        return
    _loading(info.sha256, info)


def reader() -> Reader:
    """Return the champion, waiting until it is loaded; what an XrayError says, it says."""
    _follow()
    try:
        info = champion()
        loading = _loading(info.sha256, info)
        if not loading.done():
            with st.spinner("Loading the model: once for each start of the app …"):
                loading.result()
        return Reader(loading.result())
    except XrayError as error:
        _loading.clear()
        return Reader(None, str(error))
    except Exception:
        _loading.clear()  # too little memory, say: the next film may find more
        raise


def champion() -> BundleInfo:
    """Return the champion; its files are hashed again only when an index has changed.

    Raises:
        BundleError: there is none, or it cannot be used.
    """
    return _found(indexes())


Indexes = tuple[tuple[str, bytes], ...]


def indexes() -> Indexes:
    """Return what changes when another bundle, or champion, is there: each store's index.

    The content, not its time: two changes within one tick of the clock have the same time.
    """
    paths = [store / INDEX for store in stores()]
    return tuple((str(p), p.read_bytes() if p.exists() else b"") for p in paths)


def _follow() -> None:
    """Look every moment whether there is another champion, and run the page again if so.

    A session that is open on a film gets the new champion's opinion without a click.
    """
    known = _who()

    def look() -> None:
        if _who() != known:
            st.rerun()

    with st.container(key="follow"):  # draws nothing, and takes no room
        fragment(look, run_every=FOLLOW_SECONDS)()


def _who() -> str:
    """Return the hash of the champion; nothing where there is none that can be used."""
    try:
        return champion().sha256
    except XrayError:
        return ""


@st.cache_resource(show_spinner=False, max_entries=2)
def _found(indexes: Indexes) -> BundleInfo:
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
    import_module("xray_core.explain.lime_fit")  # or the first explanation would wait for it
    settle_in()
    return classifier
