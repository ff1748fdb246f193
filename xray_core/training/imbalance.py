"""What evens out classes of unequal size: which films an epoch draws, and what each weighs."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xray_core.training.config import TrainingConfig
from xray_core.training.films import FilmSet, sampling_weights
from xray_core.training.phantom_films import PHANTOM

Indices = NDArray[np.intp]


def draw_order(films: FilmSet, config: TrainingConfig, rng: np.random.Generator) -> Indices:
    """Return which films an epoch is made of, (films_per_epoch,), in their order.

    With `sampling`, films are drawn with replacement by `sampling_weights`. Otherwise every film
    comes once before any comes again, with `oversampling` as often as its class needs; the share of
    phantoms is drawn apart.
    """
    count = config.films_per_epoch
    if config.imbalance == "sampling":
        return rng.choice(len(films), count, p=sampling_weights(films, config))
    drawn = (films.table["source"] == PHANTOM).to_numpy()
    phantoms = round(count * config.phantoms.share) if drawn.any() else 0
    pool = np.flatnonzero(~drawn)
    if config.imbalance == "oversampling":
        pool = _evened(pool, films.table["label"].to_numpy()[pool], rng)
    passes = -(-(count - phantoms) // len(pool))
    order = np.concatenate([rng.permutation(pool) for _ in range(passes)])[: count - phantoms]
    if not phantoms:
        return order
    return rng.permutation(np.concatenate([order, rng.choice(np.flatnonzero(drawn), phantoms)]))


def _evened(pool: Indices, labels: NDArray[np.object_], rng: np.random.Generator) -> Indices:
    """Return the pool with the films of smaller classes repeated up to the size of the largest."""
    of_label = [pool[labels == label] for label in sorted(set(labels))]
    largest = max(len(rows) for rows in of_label)
    return np.concatenate([np.resize(rng.permutation(rows), largest) for rows in of_label])


def class_weights(films: FilmSet, config: TrainingConfig) -> NDArray[np.float32] | None:
    """Return what each film weighs in the loss (N,), 1 on average; None where all weigh alike.

    With `class-weights` it is in inverse proportion to the films of its label; partial labels count
    as labels of their own.
    """
    if config.imbalance != "class-weights":
        return None
    labels: pd.Series = films.table["label"]
    counts = labels.map(labels.value_counts()).to_numpy(np.float64)
    return (len(labels) / (labels.nunique() * counts)).astype(np.float32)
