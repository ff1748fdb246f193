"""Films and opinions, held so that a rerun decodes and predicts nothing twice."""

import hashlib
from dataclasses import dataclass, field

import streamlit as st

from pages.components.models import Reader
from xray_core.errors import FilmError, UnreadableFilm
from xray_core.imaging.guard import read_guarded
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier, NetworkView, Prediction, Reading, Status, read_film
from xray_core.labels import label_name
from xray_core.plots.film import Screen, screen_of


@dataclass(frozen=True)
class FilmFile:
    """The bytes of one film and where they came from.

    Attributes:
        name: of the file.
        data: its bytes.
        sha256: of the bytes.
        origin: `file`, `phantom`, `public sample` or the name of a data set.
        label: what it is known to show, as `labels.label_name` writes it; empty if unknown.
    """

    name: str
    data: bytes = field(repr=False)
    sha256: str
    origin: str = "file"
    label: str = ""

    @classmethod
    def of(cls, name: str, data: bytes, origin: str = "file", label: str = "") -> "FilmFile":
        """Return the file with its hash."""
        return cls(name, data, hashlib.sha256(data).hexdigest(), origin, label)

    @property
    def key(self) -> str:
        """What tells it apart: the same bytes under two names are two files."""
        return f"{self.sha256[:16]}-{self.name}"


@dataclass(frozen=True)
class Seen:
    """A film that is looked at: all of one reading, so that nothing contradicts the rest.

    Attributes:
        film: None if it cannot be read.
        opinion: or why there is none; None without a model.
        refusal: the sentence on why the file was refused, or nothing.
    """

    film: Radiograph | None
    opinion: Prediction | None
    refusal: str


def look_at(file: FilmFile, reader: Reader) -> Seen:
    """Return a film with its opinion."""
    if reader.classifier is None:
        return Seen(film_of(file, reader), None, refusal_of(file, reader))
    reading = _reading(file.sha256, file.name, reader.sha256, file, reader.classifier)
    return Seen(reading.film, reading.prediction, _refusal(reading.prediction))


def film_of(file: FilmFile, reader: Reader) -> Radiograph | None:
    """Return the decoded film, or None if it cannot be read; see `opinion_of` and `refusal_of`."""
    if reader.classifier is not None:
        return _reading(file.sha256, file.name, reader.sha256, file, reader.classifier).film
    decoded = _decoded(file.sha256, file.name, file)
    return None if isinstance(decoded, FilmError) else decoded


def refusal_of(file: FilmFile, reader: Reader) -> str:
    """Return the sentence on why a file was refused, or nothing."""
    if reader.classifier is None:
        decoded = _decoded(file.sha256, file.name, file)
        return decoded.reason if isinstance(decoded, FilmError) else ""
    return _refusal(_prediction(file.sha256, file.name, reader.sha256, file, reader.classifier))


def _refusal(opinion: Prediction) -> str:
    return "" if opinion.decision else " ".join(opinion.reasons)


def opinion_of(file: FilmFile, reader: Reader) -> Prediction | None:
    """Return the opinion on a film, or why there is none; None without a model."""
    if reader.classifier is None:
        return None
    return _prediction(file.sha256, file.name, reader.sha256, file, reader.classifier)


@st.cache_resource(show_spinner=False, max_entries=6)
def _reading(
    sha256: str, name: str, model: str, _file: FilmFile, _classifier: Classifier
) -> Reading:
    reading = read_film(_classifier, _file.data, _file.name)
    if reading.prediction.status is Status.ERROR:
        _unreadable().add((sha256, name, model))
    return reading


@st.cache_resource(show_spinner=False, max_entries=20_000)
def _prediction(
    sha256: str, name: str, model: str, _file: FilmFile, _classifier: Classifier
) -> Prediction:
    return _reading(sha256, name, model, _file, _classifier).prediction


@st.cache_resource(show_spinner=False, max_entries=6)
def _decoded(sha256: str, name: str, _file: FilmFile) -> Radiograph | FilmError:
    try:
        return read_guarded(_file.data, _file.name)
    except FilmError as error:
        if isinstance(error, UnreadableFilm):
            _unreadable().add((sha256, name, ""))
        return error


@st.cache_resource(show_spinner=False)
def _unreadable() -> set[tuple[str, str, str]]:
    """Return hash, name and model of every file that could not be read."""
    return set()


def try_again(file: FilmFile | None = None) -> None:
    """Forget that a file, or any, could not be read: the decoder may only have lacked time."""
    for found in list(_unreadable()):
        sha256, name, model = found
        if file is None or (file.sha256, file.name) == (sha256, name):
            _reading.clear(sha256, name, model, None, None)
            _prediction.clear(sha256, name, model, None, None)
            _decoded.clear(sha256, name, None)
            _unreadable().discard(found)


@st.cache_resource(show_spinner=False, max_entries=12)
def screen(sha256: str, _film: Radiograph) -> Screen:
    """Return a film reduced to what a screen shows."""
    return screen_of(_film)


def network_view(film: Radiograph, classifier: Classifier) -> NetworkView:
    """Return what the network sees of a film."""
    view: NetworkView = _view(film.sha256, film.source, classifier.sha256, film, classifier)
    return view


@st.cache_resource(show_spinner=False, max_entries=24)
def _view(
    sha256: str, source: str, model: str, _film: Radiograph, _classifier: Classifier
) -> NetworkView:
    return _classifier.see(_film)


@st.cache_resource(show_spinner=False, max_entries=64)
def phantom_file(kind: PhantomKind, seed: int, adult: bool) -> FilmFile:
    """Draw a phantom and return it as the PNG that the command line would write."""
    phantom = draw_phantom(seed, kind, adult=adult)
    who = "adult" if adult else "child"
    name = f"phantom-{kind.value}-{who}-{seed}.png"
    return FilmFile.of(name, phantom_png(phantom), "phantom", label_name(phantom.label))
