"""The lungs on a film, found once for all that shows or counts them."""

from dataclasses import dataclass

import streamlit as st

from pages.components import films, models
from pages.components.frame import capitalised
from xray_core.bundle import BundleInfo, find_bundle
from xray_core.errors import BundleError
from xray_core.explain.explanation import Explanation
from xray_core.explain.lung_share import LungShare, lung_share
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier
from xray_core.lungs import LungFinder, Lungs
from xray_core.plots.lungs import lungs_in_words


@dataclass(frozen=True)
class Outlines:
    """What can be drawn over a film.

    Attributes:
        lungs: that the network crops to, or else that the default segmenter finds.
        seen: what the network sees of the film; None without one.
        key: the same for the same lines.
    """

    lungs: Lungs
    seen: InputGeometry | None
    key: str

    @property
    def words(self) -> str:
        """What they are, or why there are none, in one line."""
        return lungs_in_words(self.lungs, self.seen)


def outlines(film: Radiograph, classifier: Classifier | None) -> Outlines:
    """Return what can be drawn over a film.

    Raises:
        BundleError: there is no segmenter, or it cannot be loaded.
    """
    if classifier is None:
        info = _default()
        return Outlines(_find(film, info), None, info.sha256)
    view = films.network_view(film, classifier)
    if view.lungs is not None:
        return Outlines(view.lungs, view.geometry, classifier.sha256)
    info = _default()
    return Outlines(_find(film, info), view.geometry, classifier.sha256 + info.sha256)


def share(explanation: Explanation, film: Radiograph, classifier: Classifier) -> LungShare:
    """Return how much of an explanation's evidence lies in the lungs, or why that is not known.

    The lungs are those of the default segmenter, so that models can be compared.
    """
    view = films.network_view(film, classifier)
    try:
        info = _default()
        same = classifier.finder is not None and classifier.finder.sha256 == info.sha256
        found = view.lungs if same and view.lungs else _find(film, info)
    except BundleError as error:
        return LungShare(None, None, capitalised(str(error)), None)
    return lung_share(explanation, view.geometry, found, (info.name, info.sha256))


def _default() -> BundleInfo:
    """Return the default segmenter; its files are hashed again only when an index has changed."""
    info: BundleInfo = _default_by(models.indexes())
    return info


@st.cache_resource(show_spinner=False, max_entries=2)
def _default_by(indexes: models.Indexes) -> BundleInfo:
    return find_bundle(kind="segmenter")


@st.cache_resource(show_spinner="Loading the lung finder …", max_entries=2)
def _finder(sha256: str, _info: BundleInfo) -> LungFinder:
    return LungFinder(_info)


def _find(film: Radiograph, info: BundleInfo) -> Lungs:
    lungs: Lungs = _found(film.sha256, film.source, info.sha256, film, info)
    return lungs


@st.cache_resource(show_spinner=False, max_entries=12)
def _found(sha256: str, source: str, finder: str, _film: Radiograph, _info: BundleInfo) -> Lungs:
    return _finder(_info.sha256, _info).find(_film.pixels)
