"""From the bytes of a file to an opinion, or the reason why there is none."""

import hashlib
import time
from dataclasses import dataclass, replace
from pathlib import Path

from xray_core.errors import FilmError, UnreadableFilm, UnsuitableFilm
from xray_core.imaging.guard import read_guarded
from xray_core.imaging.naming import display_name
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference.classifier import Classifier
from xray_core.inference.prediction import ModelRef, Prediction, Status
from xray_core.settings import settings


@dataclass(frozen=True)
class Reading:
    """A file's film, if it could be decoded, and the prediction, which always is.

    Attributes:
        film: None if the file is unreadable.
        prediction: the opinion, or why there is none.
    """

    film: Radiograph | None
    prediction: Prediction


def read_film(classifier: Classifier, data: bytes, source: str) -> Reading:
    """Decode a file in the watched process and give an opinion on it.

    Args:
        classifier: the loaded bundle.
        data: bytes of the file.
        source: its name, for messages.

    Raises:
        BundleError: the model says what is no probability.
        ConfigError: a setting is wrong, or the model sees nothing of so small a film.
    """
    started = time.perf_counter()
    film: Radiograph | None = None
    try:
        film = read_guarded(data, source)
        prediction = classifier.predict(film)
    except FilmError as error:
        prediction = _without_opinion(classifier, hashlib.sha256(data).hexdigest(), error)
    except MemoryError:
        name = display_name(source)
        film, short = None, UnreadableFilm(name, "there is too little memory left to read it.")
        prediction = _without_opinion(classifier, hashlib.sha256(data).hexdigest(), short)
    return Reading(film, replace(prediction, seconds=time.perf_counter() - started))


def read_path(classifier: Classifier, path: Path) -> Reading:
    """Read a file and give an opinion on it; the prediction's source is the path as given.

    A file that cannot be opened, or has more bytes than `XRAY_MAX_FILE_BYTES`, is an error whose
    prediction has no hash (`""`): it was not read to its end.

    Args:
        classifier: the loaded bundle.
        path: of the file.

    Raises:
        BundleError: see `read_film`.
        ConfigError: likewise.
    """
    started = time.perf_counter()
    try:
        reading = read_film(classifier, _bytes_of(path), str(path))
    except FilmError as error:
        reading = Reading(None, _without_opinion(classifier, "", error))
    seconds = time.perf_counter() - started
    return replace(
        reading, prediction=replace(reading.prediction, source=str(path), seconds=seconds)
    )


def _bytes_of(path: Path) -> bytes:
    name, limit = display_name(str(path)), settings().max_file_bytes
    try:
        if not path.is_dir() and path.exists() and not path.is_file():
            raise UnreadableFilm(name, "this is a pipe or a device; allowed is a film's file.")
        with path.open("rb") as file:
            # One byte more than is allowed is enough to refuse an endless one.
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise UnreadableFilm(name, "there is no such file.") from None
    except IsADirectoryError:
        raise UnreadableFilm(name, "this is a folder; allowed is a film's file.") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        why = getattr(error, "strerror", None) or "its name is not valid"
        raise UnreadableFilm(name, f"this file cannot be opened: {why}.") from None
    if len(data) > limit:
        raise UnreadableFilm(
            name, f"this file has more than the {limit / 2**20:,.0f} MB that are allowed."
        )
    return data


def _without_opinion(classifier: Classifier, sha256: str, error: FilmError) -> Prediction:
    refused = isinstance(error, UnsuitableFilm)
    return Prediction(
        source=error.source,
        sha256=sha256,
        status=Status.REFUSED if refused else Status.ERROR,
        probabilities=None,
        p_pneumonia=None,
        decision=None,
        threshold=None,
        reasons=(error.reason,),
        model=ModelRef(classifier.name, classifier.sha256),
        seconds=0.0,
    )
