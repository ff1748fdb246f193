"""Films with superpixels hidden, made and scored in batches."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.errors import ExplanationError

Grey = NDArray[np.float32]
Score = Callable[[Grey], NDArray[np.floating]]
"""Films float32 (N, S, S) → probabilities (N, K). It must not keep the array: it is used again."""
Progress = Callable[[int, int], None]
"""(films scored, films in all), after each batch."""
Hide = Literal["mean", "black", "blur"]
BLUR = 0.1
"""Standard deviation of the blur that hides, as a part of the film's longer side."""


def hidden_film(film: Grey, segments: NDArray[np.int32], hide: Hide) -> Grey:
    """Return the film (S, S) as it looks with every superpixel hidden.

    Args:
        film: float32 (S, S) in [0, 1].
        segments: superpixel numbers 0…n−1.
        hide: `mean` gives each superpixel its own mean, `black` 0, `blur` the film without detail.
    """
    if hide == "black":
        return np.zeros_like(film)
    if hide == "blur":
        return np.asarray(cv2.GaussianBlur(film, (0, 0), BLUR * max(film.shape)))
    labels = segments.ravel()
    means = np.bincount(labels, film.ravel()) / np.bincount(labels)
    return means.astype(np.float32)[segments]


def draw_masks(random_state: np.random.RandomState, samples: int, count: int) -> NDArray[np.bool_]:
    """Return which superpixels each film shows, bool (samples, count); the first shows them all.

    The draw is that of `lime_image.LimeImageExplainer.data_labels`, so a seed means the same.
    """
    shown = random_state.randint(0, 2, samples * count).reshape(samples, count).astype(bool)
    shown[0] = True
    return shown


def cosine_distances(shown: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return 1 − cos between each row and the first, which is all ones: 1 − √(shown / all)."""
    return 1.0 - np.sqrt(shown.sum(axis=1) / shown.shape[1])


def score_batches(
    score: Callable[[NDArray[np.float32]], NDArray[np.floating]],
    batches: Iterable[NDArray[np.float32] | None],
    samples: int,
    progress: Progress | None = None,
) -> NDArray[np.floating]:
    """Score what comes in batches, and return probabilities (samples, K).

    Args:
        score: what a batch holds (N, …) → probabilities (N, K).
        batches: one after the other; None where there is nothing to score yet.
        samples: how many there are in all.
        progress: told after each batch. It may raise, to cancel: what is raised keeps the arrays
            of all that it passes through, but not those of a generator of batches.

    Raises:
        ExplanationError: `score` returns anything but finite numbers (N, K).
    """
    rows: list[NDArray[np.floating]] = []
    done = 0
    for batch in batches:
        if batch is not None:
            rows.append(_checked(np.asarray(score(batch)), len(batch)))
            done += len(batch)
        if progress is not None:
            progress(done, samples)
    return np.concatenate(rows)


def perturbed_films(
    film: Grey,
    hidden: Grey,
    segments: NDArray[np.int32],
    shown: NDArray[np.bool_],
    batch_size: int,
) -> Iterator[Grey]:
    """Yield the film for each row of `shown` in batches (N, S, S), always in the same array.

    Args:
        film: the intact film, float32 (S, S).
        hidden: the film with everything hidden, float32 (S, S).
        segments: superpixel numbers 0…n−1, (S, S).
        shown: bool (samples, n).
        batch_size: films at once.
    """
    batch = np.empty((min(batch_size, len(shown)), *film.shape), np.float32)
    for start in range(0, len(shown), batch_size):
        part = shown[start : start + batch_size]
        films = batch[: len(part)]
        films[:] = hidden
        np.copyto(films, film, where=part.take(segments, axis=1))
        yield films


def _checked(scores: NDArray[np.floating], films: int) -> NDArray[np.floating]:
    if scores.ndim != 2 or len(scores) != films:
        raise ExplanationError(
            f"the model returned an array {scores.shape} for {films} films, not ({films}, classes)."
        )
    if not np.isfinite(scores).all():
        raise ExplanationError(
            "the model returned a probability that is not a number for this film."
        )
    return scores.copy()
