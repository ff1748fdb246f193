"""The film: large, with window, level, inversion, zoom and pan."""

import streamlit as st
from plotly.graph_objects import Figure

from pages.components import films
from pages.components.films import FilmFile
from pages.components.frame import boundary, sentence
from xray_core.imaging.radiograph import Radiograph
from xray_core.labels import TITLES
from xray_core.plots.film import GreyWindow, film_figure

HEIGHT = 610
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
    """Draw again only the film when its grey window changes; zoom and pan stay."""
    key = film.sha256
    width, level, invert, reset = st.columns([3, 3, 1.6, 1.5], vertical_alignment="bottom")
    width.slider("Window (width, %)", 5, 100, 100, 1, key=f"width-{key}")
    level.slider("Level (centre, %)", 0, 100, 50, 1, key=f"level-{key}")
    invert.toggle("Invert", key=f"invert-{key}", help="Show dense as dark.")
    reset.button("Reset", key=f"reset-{key}", on_click=_reset, args=(key,), width="stretch")
    resets = st.session_state.get(f"resets-{key}", 0)
    figure = _figure(key, grey_window(key), resets, film)
    with st.container(key="film"):
        st.plotly_chart(figure, theme=None, config=CONFIG, key=f"film-{key}")
    unit = "mm on the patient" if films.screen(key, film).spacing_mm else "px (not calibrated)"
    st.caption(f"Drag to zoom, shift-drag to pan, double-click for the whole film. Axes: {unit}.")


@st.cache_resource(show_spinner=False, max_entries=16)
def _figure(sha256: str, window: GreyWindow, resets: int, _film: Radiograph) -> Figure:
    """Draw the film; another number of resets makes the browser forget its zoom."""
    figure = film_figure(films.screen(sha256, _film), window, height=HEIGHT)
    figure.layout.uirevision = f"{sha256}-{resets}"
    return figure


def _reset(key: str) -> None:
    st.session_state[f"width-{key}"] = 100
    st.session_state[f"level-{key}"] = 50
    st.session_state[f"invert-{key}"] = False
    st.session_state[f"resets-{key}"] = st.session_state.get(f"resets-{key}", 0) + 1


def show_refused(file: FilmFile, reason: str) -> None:
    """Say why a file is not shown; the other films stay as they are."""
    st.markdown(f"**{sentence(file.name)}**")
    with st.container(key="no-film", border=True, height=HEIGHT, vertical_alignment="center"):
        st.markdown("### :material/broken_image: This file cannot be shown")
        st.markdown(sentence(reason))
        st.caption("Other films on the desk are not affected. Choose one, or drop another file.")
