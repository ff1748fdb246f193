"""From the bytes of a file to an opinion or the reason why there is none; nothing is raised."""

import hashlib
import time
from dataclasses import dataclass, replace

from xray_core.errors import FilmError, UnsuitableFilm
from xray_core.imaging.guard import read_guarded
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference.classifier import Classifier
from xray_core.inference.prediction import ModelRef, Prediction, Status


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
    """
    started = time.perf_counter()
    film: Radiograph | None = None
    try:
        film = read_guarded(data, source)
        prediction = classifier.predict(film)
    except FilmError as error:
        prediction = _without_opinion(classifier, data, error)
    return Reading(film, replace(prediction, seconds=time.perf_counter() - started))


def _without_opinion(classifier: Classifier, data: bytes, error: FilmError) -> Prediction:
    refused = isinstance(error, UnsuitableFilm)
    return Prediction(
        source=error.source,
        sha256=hashlib.sha256(data).hexdigest(),
        status=Status.REFUSED if refused else Status.ERROR,
        probabilities=None,
        p_pneumonia=None,
        decision=None,
        threshold=None,
        reasons=(error.reason,),
        model=ModelRef(classifier.name, classifier.sha256),
        seconds=0.0,
    )
