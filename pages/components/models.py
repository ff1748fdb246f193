"""The model that gives opinions, loaded once for all sessions."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import streamlit as st

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.errors import XrayError
from xray_core.inference import Classifier


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
        info = find_bundle()
    except XrayError:
        return
    _loading(info.sha256, info)


def reader() -> Reader:
    """Return the champion, waiting until it is loaded; never raises."""
    try:
        info = find_bundle()
        loading = _loading(info.sha256, info)
        if not loading.done():
            with st.spinner("Loading the model: once for each start of the app …"):
                loading.result()
        return Reader(loading.result())
    except XrayError as error:
        _loading.clear()
        return Reader(None, str(error))


@st.cache_resource(show_spinner=False, max_entries=2)
def _loading(sha256: str, _info: BundleInfo) -> Future[Classifier]:
    """Load in a thread; keyed by the trusted hash, so that a new champion is taken at once."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="model")
    loading = pool.submit(Classifier, _info)
    pool.shutdown(wait=False)
    return loading
