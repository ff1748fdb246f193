"""The film: large, with window, level, inversion, zoom and pan."""

import streamlit as st
from plotly.graph_objects import Figure

from pages.components import films
from pages.components.films import FilmFile
from pages.components.frame import boundary, capitalised, sentence
from xray_core.imaging.radiograph import Radiograph
from xray_core.labels import TITLES
from xray_core.plots.film import GreyWindow, film_figure

HEIGHT = 610
DEFAULTS = {"width": 100, "level": 50, "invert": False}
CONFIG: dict[str, object] = {
    "displaylogo": False,
    "displayModeBar": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "toImage"],
    "doubleClick": "reset",
}
QUIET = {**CONFIG, "displayModeBar": "hover"}
"""For figures with a title, which the buttons would cover."""


def grey_window(sha256: str) -> GreyWindow:
    """Return the grey window that the viewer of a film is set to."""
    state = st.session_state
    return GreyWindow(
        state.get(f"level-{sha256}", 50) / 100,
        state.get(f"width-{sha256}", 100) / 100,
        state.get(f"invert-{sha256}", False),
    )


def show(file: FilmFile, film: Radiograph) -> None:
    """Show a film with its controls."""
    _title(file, film)
    _viewer(film)


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
    st.markdown(f"**{sentence(film.source)}** :gray[{sentence(' · '.join(facts))}]")


@st.fragment
@boundary()
def _viewer(film: Radiograph) -> None:
    """Show the film; a change of the grey window reruns this alone."""
    key, state = film.sha256, st.session_state
    for name, value in DEFAULTS.items():
        state.setdefault(f"{name}-{key}", value)
    width, level, invert, reset = st.columns([3, 3, 1.6, 1.5], vertical_alignment="bottom")
    width.slider("Window (width, %)", 5, 100, key=f"width-{key}")
    level.slider("Level (centre, %)", 0, 100, key=f"level-{key}")
    invert.toggle("Invert", key=f"invert-{key}", help="Show dense as dark.")
    reset.button("Reset", key=f"reset-{key}", on_click=_reset, args=(key,), width="stretch")
    _set_grey_window(grey_window(key))
    with st.container(key="film"):
        figure = _figure(key, state.get(f"resets-{key}", 0), film)
        st.plotly_chart(
            figure, theme=None, config=CONFIG, key=f"film-{key}", alt=f"The film {film.source}"
        )
    unit = "mm on the patient" if films.screen(key, film).spacing_mm else "px (not calibrated)"
    st.caption(f"Drag to zoom, shift-drag to pan, double-click for the whole film. Axes: {unit}.")


def _set_grey_window(window: GreyWindow) -> None:
    """Let the browser apply the grey window to the picture.

    Streamlit mounts a chart anew when its figure changes, and zoom and pan are lost then; so the
    figure stays the same and only its style changes.
    """
    st.html(f"<style>.st-key-film .imagelayer image {{ filter: {window.css_filter()} }}</style>")


@st.cache_resource(show_spinner=False, max_entries=8)
def _figure(sha256: str, resets: int, _film: Radiograph) -> Figure:
    """Draw the film; another number of resets makes the browser forget its zoom."""
    figure = film_figure(films.screen(sha256, _film), GreyWindow(), height=HEIGHT)
    figure.layout.uirevision = f"{sha256}-{resets}"
    return figure


def _reset(key: str) -> None:
    for name, value in DEFAULTS.items():
        st.session_state[f"{name}-{key}"] = value
    st.session_state[f"resets-{key}"] = st.session_state.get(f"resets-{key}", 0) + 1


def show_refused(file: FilmFile, reason: str) -> None:
    """Say why a file is not shown; the other films stay as they are."""
    st.markdown(f"**{sentence(file.name)}**")
    with st.container(key="no-film", border=True, height=HEIGHT, vertical_alignment="center"):
        st.markdown("### :material/broken_image: This file cannot be shown")
        st.markdown(sentence(capitalised(reason)))
        st.caption("The other films are not affected. Choose one of them, or drop another file.")
