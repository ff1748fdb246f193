"""The films that a session has on its desk, and which of them is looked at."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import streamlit as st

from pages.components import films
from pages.components.films import FilmFile
from pages.components.frame import boundary, sentence
from pages.components.models import Reader
from xray_core.imaging.quality import SYNTHETIC
from xray_core.inference import Prediction, Status
from xray_core.plots.opinion import in_words, notes, short_words

MOST_FILMS = 40
MOST_BYTES = 600 * 2**20

ICONS = {
    "pneumonia": ":red[:material/pulmonology:]",
    "possible": ":orange[:material/help:]",
    "normal": ":green[:material/arrow_circle_down:]",  # below a line: no tick, which would clear it
    "abstain": ":violet[:material/do_not_disturb_on:]",
    "refused": ":gray[:material/block:]",
    "error": ":gray[:material/broken_image:]",
}


class Upload(Protocol):
    """What Streamlit gives for a dropped file."""

    name: str

    def getvalue(self) -> bytes:
        """Return its bytes."""


def on_desk() -> dict[str, FilmFile]:
    """Return the films by key, in the order in which they came."""
    held: dict[str, FilmFile] = st.session_state.setdefault("desk", {})
    return held


def current() -> FilmFile | None:
    """Return the film that is looked at."""
    return on_desk().get(st.session_state.get("current", ""))


def label_of(file: FilmFile) -> str:
    """Return a film's name, with the beginning of its hash where another film has the same name.

    Streamlit tells the entries of a list apart by what they read: of two that read alike only the
    last could be chosen.
    """
    alike = sum(other.name == file.name for other in on_desk().values())
    return f"{file.name} · {file.sha256[:8]}" if alike > 1 else file.name


def put(files: Iterable[FilmFile]) -> None:
    """Lay films on the desk and look at the first of them; say so if there are too many."""
    limits: list[str] = []
    first = None
    for file in files:
        if limit := _limit(file):
            limits.append(limit)
            continue
        _lay(file)
        first = first or file.key
    st.session_state.current = first or st.session_state.get("current", "")
    left_out = "1 file was" if len(limits) == 1 else f"{len(limits)} files were"
    most = " and ".join(dict.fromkeys(limits))
    _warn(f"{left_out} left out: the desk holds at most {most}." if limits else "")


def look_at(file: FilmFile) -> None:
    """Lay one film on the desk and look at it, whatever is there: the oldest others make room."""
    held = on_desk()
    limits: list[str] = []
    while (limit := _limit(file)) and (others := [key for key in held if key != file.key]):
        limits.append(limit)
        held.pop(others[0])
    _lay(file)
    st.session_state.current = file.key
    gone = "The oldest film was" if len(limits) == 1 else f"The {len(limits)} oldest films were"
    most = " and ".join(dict.fromkeys(limits))
    _warn(f"{gone} taken off: the desk holds at most {most}." if limits else "")


def _lay(file: FilmFile) -> None:
    on_desk()[file.key] = file
    try_again(file)


def try_again(file: FilmFile | None = None) -> None:
    """Read a file that could not be read, or all of them, anew when it is next looked at."""
    films.try_again(file)
    _broken().difference_update([file.key] if file else list(_broken()))
    store: dict[str, dict[str, Prediction]] = st.session_state.setdefault("opinions", {})
    for known in store.values():
        for key, opinion in list(known.items()):
            if opinion.status is Status.ERROR and (file is None or key == file.key):
                del known[key]


def _limit(file: FilmFile) -> str:
    """Return the limit that the desk would be over with this film, or nothing."""
    others = [other for key, other in on_desk().items() if key != file.key]
    if len(others) >= MOST_FILMS:
        return f"{MOST_FILMS} films"
    if sum(len(other.data) for other in others) + len(file.data) > MOST_BYTES:
        return f"{MOST_BYTES / 2**20:,.0f} MB of films"
    return ""


def _warn(words: str) -> None:
    st.session_state["desk-full"] = words


def take_uploads(uploads: Sequence[Upload]) -> None:
    """Lay dropped files on the desk."""
    put(FilmFile.of(upload.name, upload.getvalue()) for upload in uploads)


def clear() -> None:
    """Take all films off the desk."""
    st.session_state.desk = {}
    st.session_state.opinions = {}


def _remove_current() -> None:
    held = on_desk()
    held.pop(st.session_state.get("current", ""), None)
    st.session_state.current = next(iter(held), "")


def _choose() -> None:
    st.session_state.current = st.session_state["film-choice"]


def show_list(reader: Reader) -> None:
    """List the films with what is known of each, to choose one from."""
    held, known = on_desk(), _known(reader)
    if full := st.session_state.get("desk-full"):
        st.warning(f"{full} Browse opens whole folders.", icon=":material/inventory_2:")
    keys, labels = list(held), {key: sentence(label_of(file)) for key, file in held.items()}
    st.session_state["film-choice"] = st.session_state.current
    with st.container(key="films"):
        st.radio(
            f"Films ({len(keys)})",
            keys,
            key="film-choice",
            format_func=lambda key: labels.get(key, key),
            captions=[_caption(known.get(key), reader, broken=key in _broken()) for key in keys],
            on_change=_choose,
            width="stretch",
        )
    remove, everything = st.columns(2)
    remove.button(
        "Remove",
        on_click=_remove_current,
        icon=":material/close:",
        width="stretch",
        help="Take the film that is shown off the desk.",
    )
    everything.button(
        "Clear all",
        on_click=clear,
        icon=":material/clear_all:",
        width="stretch",
        help="Take all films off the desk.",
    )


def _caption(opinion: Prediction | None, reader: Reader, *, broken: bool) -> str:
    if reader.classifier is None:
        return "No model, no opinion"
    if opinion is None and broken:
        return f"{ICONS['error']} Not read: something went wrong"
    if opinion is None:
        return ":gray[:material/hourglass_empty:] Waiting"
    return f"{ICONS[in_words(opinion).kind]} {short_words(opinion)}{warned(opinion)}"


def warned(opinion: Prediction) -> str:
    """Return the mark of an opinion that comes with a warning, or nothing."""
    return " :orange[:material/warning:]" if set(notes(opinion)) - {SYNTHETIC} else ""


def _known(reader: Reader) -> dict[str, Prediction]:
    """Return the opinions of this session's films under the present model."""
    store: dict[str, dict[str, Prediction]] = st.session_state.setdefault("opinions", {})
    return store.setdefault(reader.sha256, {})


def _broken() -> set[str]:
    """Return the keys of films whose reading broke the page: read again only when looked at."""
    found: set[str] = st.session_state.setdefault("broken", set())
    return found


def note(file: FilmFile, opinion: Prediction | None, reader: Reader) -> None:
    """Remember an opinion for the list."""
    if opinion is not None:
        _known(reader)[file.key] = opinion
    _broken().discard(file.key)


def read_the_rest(reader: Reader) -> None:
    """Read the films that are still waiting, after the page is drawn, and then list them all."""
    if reader.classifier is None:
        return
    known, broken = _known(reader), _broken()
    waiting = [file for key, file in on_desk().items() if key not in known and key not in broken]
    if not waiting:
        return
    with st.sidebar:
        bar = st.progress(0.0, "Reading the other films …")
    for done, file in enumerate(waiting, start=1):
        with boundary():  # one film that breaks the page does not keep the others from being read
            note(file, films.opinion_of(file, reader), reader)
        if file.key not in known:
            broken.add(file.key)
        bar.progress(done / len(waiting), f"Read {done} of {len(waiting)} other films")
    bar.empty()
    st.rerun()
