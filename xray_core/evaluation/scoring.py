"""A model's answers to films, read and refused exactly as one film is."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.hashing import perceptual_hash
from xray_core.errors import DatasetError, FilmError, UnsuitableFilm
from xray_core.evaluation.shortcuts import BLANKINGS, blanked_inputs
from xray_core.imaging.guard import PROCESSES, read_guarded
from xray_core.inference import Classifier, Status

BATCH = 16
"""Films at a time: each is scored three times, and a cancelled comparison waits for one batch."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class FilmScore:
    """What a model says of one film, or why it says nothing.

    Attributes:
        status: ok, refused or error.
        reason: why there is no opinion, else empty.
        probabilities: (K,) calibrated; None without an opinion.
        blanked: the same with the lungs, and with the frame, blanked; None without an opinion.
        abstain: whether the model would abstain; it is scored all the same.
        synthetic: whether the film is a phantom.
        phash: perceptual hash of the film; empty where it could not be decoded.
        age_years: as the file says, else None.
        sex: as the file says, else None.
        view: as the file says, else None.
        mean_grey: of the film's pixels, 0 (black) to 1; None where it was not read.
    """

    status: Status
    reason: str = ""
    probabilities: tuple[float, ...] | None = None
    blanked: tuple[tuple[float, ...], ...] | None = None
    abstain: bool = False
    synthetic: bool = False
    phash: str = ""
    age_years: float | None = None
    sex: str | None = None
    view: str | None = None
    mean_grey: float | None = None


def score_films(
    classifier: Classifier, dataset: Dataset, rows: Sequence[int]
) -> Iterator[list[FilmScore]]:
    """Yield what a model says of these films of a data set, a batch at a time.

    Args:
        classifier: the model.
        dataset: the films.
        rows: which of them, in the order in which they are scored.
    """
    with ThreadPoolExecutor(PROCESSES) as pool:
        for first in range(0, len(rows), BATCH):
            batch = rows[first : first + BATCH]
            looks = list(pool.map(lambda row: _look(classifier, dataset, row), batch))
            yield _scored(classifier, looks)


@dataclass(frozen=True)
class _Look:
    """A film read: its score without numbers, and the inputs (3, S, S) intact and blanked."""

    score: FilmScore
    inputs: NDArray[np.float32] | None = None


def _look(classifier: Classifier, dataset: Dataset, row: int) -> _Look:
    path, phash = str(dataset.table["path"].iloc[row]), ""
    try:
        film = read_guarded(dataset.film_bytes(row), path)
        phash = perceptual_hash(film.pixels)
        examination = classifier.examine(film)
    except FilmError as error:
        refused = isinstance(error, UnsuitableFilm)
        status = Status.REFUSED if refused else Status.ERROR
        return _Look(FilmScore(status, error.reason, phash=phash))
    except DatasetError as error:
        return _Look(FilmScore(Status.ERROR, str(error)))
    view = examination.view
    blanked = blanked_inputs(film.pixels, lambda pixels: classifier.to_input(pixels, view.geometry))
    score = FilmScore(
        Status.OK,
        abstain=examination.abstain,
        synthetic=film.synthetic,
        phash=phash,
        age_years=film.header.age_years,
        sex=film.header.sex,
        view=film.header.view,
        mean_grey=float(film.pixels.mean(dtype=np.float64)),
    )
    return _Look(score, np.concatenate([view.pixels[None], blanked]))


def _scored(classifier: Classifier, looks: list[_Look]) -> list[FilmScore]:
    inputs = [look.inputs for look in looks if look.inputs is not None]
    if not inputs:
        return [look.score for look in looks]
    ways = 1 + len(BLANKINGS)
    p = classifier.probabilities(np.concatenate(inputs)).reshape(len(inputs), ways, -1)
    answers = iter(p)
    return [
        look.score if look.inputs is None else _answered(look.score, next(answers).tolist())
        for look in looks
    ]


def _answered(score: FilmScore, p: list[list[float]]) -> FilmScore:
    intact, *blanked = map(tuple, p)
    return replace(score, probabilities=intact, blanked=tuple(blanked))
