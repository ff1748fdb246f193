"""The LIME explanation over the film: two views, their settings, how far to trust it, files."""

from collections.abc import Callable

import streamlit as st
from plotly.graph_objects import Figure
from streamlit.delta_generator import DeltaGenerator

from pages.components import films, lungs, viewer
from pages.components.frame import sentence
from xray_core.explain.explanation import Explanation, effect_in_words, trust_in_words
from xray_core.explain.lime import LimeSettings
from xray_core.explain.lung_share import LungShare, lung_share_in_words
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier, ModelRef, Prediction
from xray_core.plots.explanation import lime_figure
from xray_core.plots.explanation_png import about_lines, lime_mask_png, lime_png
from xray_core.plots.film import Screen, film_figure
from xray_core.plots.lime_look import Look, View

HEIGHT = 600
VIEWS = {"boundaries": "Edges", "heat": "Heat", "film": "Film"}


def show(
    classifier: Classifier,
    film: Radiograph,
    prediction: Prediction | None,
    explanation: Explanation,
    words: DeltaGenerator,
) -> None:
    """Draw the explanation here, and what belongs to it into the column `words`."""
    with words:
        look, bare = _look(film)
    screen = films.screen(film.sha256, film)
    geometry = films.network_view(film, classifier).geometry
    figure = _figure(
        film.sha256,
        classifier.sha256,
        explanation.target,
        explanation.settings,
        look,
        bare,
        screen,
        geometry,
        explanation,
    )
    st.plotly_chart(figure, theme=None, config=viewer.QUIET, key=f"lime-{film.sha256}")
    with words:
        _trust(explanation, lungs.share(explanation, film, classifier))
        about = about_lines(film, prediction, ModelRef(classifier.name, classifier.sha256))
        _files(screen, geometry, explanation, look, about)


def _look(film: Radiograph) -> tuple[Look, bool]:
    """Ask how to draw; the film alone has the boundaries when it is downloaded."""
    view = st.segmented_control(
        "Show",
        list(VIEWS),
        default="boundaries",
        required=True,
        key="lime-view",
        format_func=VIEWS.__getitem__,
        width="stretch",
    )
    opacity = st.slider("Opacity (%)", 0, 100, 50, 5, key="lime-opacity") / 100
    top = st.slider("Superpixels outlined", 1, 40, 10, key="lime-top")
    drawn: View = "heat" if view == "heat" else "boundaries"
    return Look(drawn, opacity, top, viewer.grey_window(film.sha256)), view == "film"


@st.cache_resource(show_spinner=False, max_entries=16)
def _figure(
    film: str,
    model: str,
    target: str,
    settings: LimeSettings,
    look: Look,
    bare: bool,
    _screen: Screen,
    _geometry: InputGeometry,
    _explanation: Explanation,
) -> Figure:
    if bare:
        return film_figure(_screen, look.window, height=HEIGHT)
    return lime_figure(_screen, _geometry, _explanation, look, height=HEIGHT)


def _trust(explanation: Explanation, share: LungShare) -> None:
    st.markdown(f"**How far to trust it**\n\n{sentence(trust_in_words(explanation))}")
    if effect := effect_in_words(explanation):
        st.markdown(effect)
    st.markdown(sentence(lung_share_in_words(share)))
    st.caption(
        f"{len(explanation.weights)} superpixels, {explanation.samples:,} samples, "
        f"{explanation.seconds:.1f} s. It shows what the network used, not what is ill."
    )


def _files(
    screen: Screen,
    geometry: InputGeometry,
    explanation: Explanation,
    look: Look,
    about: tuple[str, ...],
) -> None:
    stem = f"{screen.key[:12]}-{explanation.target}"
    _download(
        "Picture (PNG)",
        lambda: lime_png(screen, geometry, explanation, look, about=about),
        f"{stem}-lime.png",
    )
    _download(
        "Mask (PNG)",
        lambda: lime_mask_png(geometry, explanation, top=look.top),
        f"{stem}-mask.png",
    )


def _download(label: str, make: Callable[[], bytes], name: str) -> None:
    st.download_button(
        label,
        make,
        name,
        "image/png",
        on_click="ignore",
        width="stretch",
        icon=":material/download:",
    )
