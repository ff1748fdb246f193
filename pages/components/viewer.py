"""The film: large, with window, level, inversion, zoom and pan, and the lungs outlined."""

import streamlit as st
from plotly.graph_objects import Figure

from pages.components import chart, desk, films, lungs
from pages.components.films import FilmFile
from pages.components.fragment import fragment
from pages.components.frame import capitalised, sentence
from pages.components.lungs import Outlines
from xray_core.errors import BundleError
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier
from xray_core.labels import TITLES
from xray_core.plots.film import GreyWindow, film_figure
from xray_core.plots.lungs import add_lungs

HEIGHT = 610
NARROW = 0.3
RECORD = "Record"
"""The tab whose content states the grey window, and therefore follows it."""
STEPS = (
    "The screen shows 256 of this film's grey levels, so a window as narrow as this one shows "
    "steps. The film as shown, under Record, is drawn from all of them."
)
DEFAULTS = {"width": 100, "level": 50, "invert": False}
QUIET = chart.OF_FILM | {"displayModeBar": "hover"}
"""For figures with a title, which the buttons would cover."""


def grey_window(sha256: str) -> GreyWindow:
    """Return the grey window that the viewer of a film is set to."""
    state = st.session_state
    return GreyWindow(
        state.get(f"level-{sha256}", 50) / 100,
        state.get(f"width-{sha256}", 100) / 100,
        state.get(f"invert-{sha256}", False),
    )


def show(file: FilmFile, film: Radiograph, classifier: Classifier | None) -> None:
    """Show a film with its controls."""
    _title(file, film)
    st.session_state["window-of-page"] = grey_window(film.sha256)
    _viewer(film, classifier)


def _title(file: FilmFile, film: Radiograph) -> None:
    height, width = film.shape
    header = film.header
    facts = [f"{header.format}, {width:,} × {height:,} px, {header.bits} bit"]
    facts += [str(value) for value in (header.view, header.body_part, header.sex) if value]
    facts += [f"{header.age_years:g} years"] if header.age_years is not None else []
    if file.origin == "phantom":
        facts.append(f"drawn as {TITLES.get(file.label, file.label).lower()}")
    elif file.label:
        facts.append(f"labelled {TITLES.get(file.label, file.label)} in {file.origin}")
    name = desk.label_of(file)
    st.markdown(f"**{sentence(name)}** :gray[{sentence(' · '.join(facts))}]")


@fragment
def _viewer(film: Radiograph, classifier: Classifier | None) -> None:
    """Show the film; a change of the grey window, or of the outlines, reruns this alone."""
    key, state = film.sha256, st.session_state
    for name, value in DEFAULTS.items():
        state.setdefault(f"{name}-{key}", value)
    width, level, invert, outlined, reset = st.columns(
        [2.1, 2.1, 1.5, 1.9, 1.4], vertical_alignment="bottom"
    )
    width.slider("Window (width, %)", 5, 100, key=f"width-{key}")
    level.slider("Level (centre, %)", 0, 100, key=f"level-{key}")
    invert.toggle("Invert", key=f"invert-{key}")
    shown = outlined.toggle(
        "Lungs", key="lungs-shown", help="Outline the lungs, and the part that the network sees."
    )
    reset.button("Reset", key=f"reset-{key}", on_click=_reset, args=(key,), width="stretch")
    found, words = _outlines(film, classifier, shown)
    _style(grey_window(key), shown)
    with st.container(key="film"):
        resets = state.get(f"resets-{key}", 0)
        figure = _figure(key, resets, found.key if found else "", film, found)
        st.plotly_chart(
            figure,
            theme=None,
            config=chart.OF_FILM,
            key=f"film-{key}",
            alt=f"The film {film.source}",
        )
    unit = "mm on the patient" if films.screen(key, film).spacing_mm else "px (not calibrated)"
    hint = f"Drag to zoom, shift-drag to pan, double-click for the whole film. Axes: {unit}."
    st.caption(sentence(words) if shown else hint)
    if film.header.bits > 8 and grey_window(key).width <= NARROW:
        st.caption(STEPS)
    if state.get("reasons") == RECORD and grey_window(key) != state["window-of-page"]:
        st.rerun()  # the record, and the film as shown, are of the window that is set now


def _outlines(
    film: Radiograph, classifier: Classifier | None, shown: bool
) -> tuple[Outlines | None, str]:
    """Return what the film's figure has besides the film, and what that is in one line.

    Where the network crops to the lungs they are known, and the figure has them from the first,
    hidden: then it stays the same, and with it zoom and pan, when they are shown.
    """
    asked: set[str] = st.session_state.setdefault("lungs-asked", set())
    if shown:
        asked.add(film.sha256)
    crops = classifier is not None and classifier.finder is not None
    if not crops and film.sha256 not in asked:
        return None, ""
    try:
        found = lungs.outlines(film, classifier)
    except BundleError as error:
        return None, capitalised(str(error))
    return found, found.words


def _style(window: GreyWindow, outlined: bool) -> None:
    """Let the browser apply the grey window to the picture, and show or hide the outlines.

    Streamlit mounts a chart anew when its figure changes, and zoom and pan are lost then; so the
    figure stays the same and only its style changes.
    """
    rules = f".st-key-film .imagelayer image {{ filter: {window.css_filter()} }}"
    if not outlined:
        rules += " .st-key-film .scatterlayer { display: none }"
    st.html(f"<style>{rules}</style>")


@st.cache_resource(show_spinner=False, max_entries=8)
def _figure(
    sha256: str, resets: int, lines: str, _film: Radiograph, _found: Outlines | None
) -> Figure:
    """Draw the film; another number of resets makes the browser forget its zoom."""
    screen = films.screen(sha256, _film)
    figure = film_figure(screen, GreyWindow(), height=HEIGHT)
    if _found:
        add_lungs(figure, screen, _found.lungs, _found.seen)
    figure.layout.uirevision = f"{sha256}-{resets}"
    return figure


def _reset(key: str) -> None:
    for name, value in DEFAULTS.items():
        st.session_state[f"{name}-{key}"] = value
    st.session_state[f"resets-{key}"] = st.session_state.get(f"resets-{key}", 0) + 1


def show_refused(file: FilmFile, reason: str) -> None:
    """Say why a file is not shown; the other films stay as they are."""
    st.markdown(f"**{sentence(desk.label_of(file))}**")
    with st.container(key="no-film", border=True, height=HEIGHT, vertical_alignment="center"):
        st.markdown("### :material/broken_image: This file cannot be shown")
        st.markdown(sentence(capitalised(reason)))
        st.caption("The other films are not affected. Choose one of them, or drop another file.")
