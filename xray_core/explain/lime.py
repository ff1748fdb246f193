"""LIME for films: Ribeiro, Singh and Guestrin 2016, "Why should I trust you?" (arXiv:1602.04938).

The `lime` package fits the local model. Its image explainer perturbs pixel by pixel in Python and
scores ten RGB films at a time; here both are batches of grey films. With the same superpixels, seed
and samples the weights are those of `LimeImageExplainer(random_state=seed).explain_instance(…)`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from time import perf_counter
from typing import Any, Literal, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from xray_core.errors import ExplanationError
from xray_core.explain.explanation import Explanation
from xray_core.explain.local import plan, shared_features
from xray_core.explain.perturbation import (
    Hide,
    Progress,
    Score,
    draw_masks,
    hidden_film,
    perturbed_films,
    score_batches,
)
from xray_core.explain.segmentation import divide
from xray_core.explain.targets import Target, target_scores
from xray_core.inference.halves import Halves
from xray_core.labels import Task

LIMITS = {
    "segments": (2, 400),
    "samples": (10, 100_000),
    "features": (1, 400),
    "seed": (0, 2**32 - 1),
    "batch_size": (1, 1024),
}
MOST_SHOWN = 10_000_000
"""Samples times superpixels: what each sample shows of each, held several times over as numbers."""


@dataclass(frozen=True)
class LimeSettings:
    """All that decides an explanation, the film and the network aside.

    Attributes:
        segmentation: how the film is divided into superpixels (`segmentation.SEGMENTERS`).
        segments: about how many superpixels.
        samples: films scored, the intact one included.
        features: the most superpixels that the local model may use; None for all. Up to 6 are
            chosen by forward selection, more by their weight, as in the `lime` package.
        hide: what stands in a hidden superpixel's place: its mean, black, or a strong blur.
        seed: of the samples, and of ties in the segmentation.
        batch_size: films scored at once; it does not change the result.
    """

    segmentation: Literal["grid", "slic", "quickshift", "felzenszwalb"] = "grid"
    segments: int = 60
    samples: int = 1000
    features: int | None = None
    hide: Hide = "mean"
    seed: int = 0
    batch_size: int = 50

    def __post_init__(self) -> None:
        """Refuse a value that is not allowed, with one sentence."""
        hints = get_type_hints(type(self))
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if name in LIMITS:
                _check_number(name, value, *LIMITS[name], optional=name == "features")
            elif value not in get_args(hints[name]):
                allowed = ", ".join(get_args(hints[name]))
                raise ExplanationError(f"{name} {value!r} is not one of {allowed}.")
        if self.samples * self.segments > MOST_SHOWN:
            raise ExplanationError(
                f"{self.samples:,} samples of {self.segments} segments need too much memory; with "
                f"so many segments {MOST_SHOWN // self.segments:,} samples are allowed."
            )


def _check_number(name: str, value: Any, low: int, high: int, *, optional: bool) -> None:
    if value is None and optional:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ExplanationError(
            f"{name.replace('_', ' ')} {value!r} is not a whole number from {low} to {high}."
        )


def explain_lime(
    score: Score,
    image: NDArray[np.float32],
    target: Target,
    settings: LimeSettings,
    *,
    task: Task,
    halves: tuple[Halves, ...] = (),
    progress: Progress | None = None,
) -> Explanation:
    """Explain one answer of a network by hiding superpixels of the film.

    Args:
        score: films float32 (N, S, S) in [0, 1] → calibrated probabilities (N, K). The array is
            written again for the next batch, so it must not be kept.
        image: what the network sees, float32 (S, S) in [0, 1].
        target: an output of the task, or `PNEUMONIA`.
        settings: superpixels, samples, seed and so on.
        task: what the network's outputs mean.
        halves: the same network as `score` in two steps, the first of them local, where it can be
            cut so; explained through the best of them, the same in less time.
        progress: told (films scored, films in all) after each batch.

    Returns:
        Signed weights of the superpixels; the same for the same arguments.

    Raises:
        ExplanationError: the film is not a finite grey image, the task has no such target, or the
            model's answer is not a probability for each film.
    """
    from xray_core.explain.lime_fit import fit_lime  # brings scikit-learn, which takes a second

    started = perf_counter()
    film = _checked(image)
    target_scores(np.zeros((1, len(task.outputs))), target, task)
    random_state = np.random.RandomState(settings.seed)
    # LimeImageExplainer draws the seed of its segmentation first: the samples follow it.
    segments = divide(
        film, settings.segmentation, settings.segments, int(random_state.randint(1000))
    )
    shown = draw_masks(random_state, settings.samples, int(segments.max()) + 1)
    hidden = hidden_film(film, segments, settings.hide)
    perturbed = film, hidden, segments, shown, settings.batch_size
    answer: Score = score
    batches: Iterator[NDArray[np.float32] | None] = perturbed_films(*perturbed)
    if way := plan(halves, segments, settings.samples):
        answer, batches = way.halves.late, shared_features(way, *perturbed)
    probabilities = score_batches(answer, batches, settings.samples, progress)
    labels = target_scores(probabilities, target, task)
    fit = fit_lime(shown, labels, settings.features)
    return Explanation(
        method="LIME",
        target=target,
        segments=segments,
        weights=fit.weights,
        intercept=fit.intercept,
        prediction=float(labels[0]),
        r2=fit.r2,
        r2_in_sample=fit.r2_in_sample,
        samples=settings.samples,
        seconds=perf_counter() - started,
        settings=settings,
        note=fit.note,
    )


def _checked(image: NDArray[np.float32]) -> NDArray[np.float32]:
    film = np.ascontiguousarray(image, dtype=np.float32)
    if film.ndim != 2 or 0 in film.shape:
        raise ExplanationError(f"the film is an array {film.shape}, not one grey image (S, S).")
    if not (np.isfinite(film).all() and film.min() >= 0 and film.max() <= 1):
        raise ExplanationError("the film has values that are not in [0, 1].")
    return film
