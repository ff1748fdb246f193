"""Films without lungs, of which a network is to say neither that they are normal nor ill."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

MARGIN = 0.16
"""Largest share of the side that is left beyond each edge of what is hidden."""


def hide_lungs(
    films: Array, targets: Array, normal: int, share: float, rng: np.random.Generator
) -> tuple[Array, NDArray[np.bool_]]:
    """Hide the middle of some films of a batch, in place.

    A film whose middle is hidden counts half as NORMAL and half as an ill film drawn from the
    batch. The loss is then least where the network answers with even odds: with what is left,
    frame, markers and collimation, it cannot do better. (The label of any film of the batch would
    ask for the batch's own odds, on average.)

    Args:
        films: float32 (N, S, S) in [0, 1].
        targets: float32 (N, 2K + 1), as `augment.mix` packs them.
        normal: the output that stands for NORMAL.
        share: probability that a film's middle is hidden.
        rng: the only source of chance.

    Returns:
        The targets of all, and of each whether it was hidden.
    """
    n, size = len(films), films.shape[1]
    hidden = rng.random(n) < share
    for i in np.flatnonzero(hidden):
        top, bottom, left, right = (rng.uniform(0, MARGIN, 4) * size).astype(int)
        films[i, top : size - bottom, left : size - right] = rng.random()
    even = _even_odds(targets, normal, rng)
    return np.where(hidden[:, None], even, targets), hidden


def _even_odds(targets: Array, normal: int, rng: np.random.Generator) -> Array:
    """Return targets (N, 2K + 1): half NORMAL, half as an ill film of the batch is labelled."""
    n, k = len(targets), targets.shape[1] // 2
    healthy = np.eye(k, dtype=np.float32)[normal]
    ill = targets[targets[:, normal] == 0, :k]
    drawn = ill[rng.integers(0, len(ill), n)] if len(ill) else np.tile(1 - healthy, (n, 1))
    half = np.full((n, 1), 0.5, np.float32)
    return np.concatenate([np.tile(healthy, (n, 1)), drawn, half], axis=1)
