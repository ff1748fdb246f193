"""Films without lungs, of which a network is to say what it would say of any film."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

MARGIN = 0.16
"""Largest share of the side that is left beyond each edge of what is hidden."""


def hide_lungs(films: Array, targets: Array, share: float, rng: np.random.Generator) -> Array:
    """Hide the middle of some films of a batch, in place, and return the targets of all.

    A film whose middle is hidden gets the target of a film drawn from the batch. The loss is then
    least where the network answers with the batch's own shares of the classes: with what is left,
    frame, markers and collimation, it cannot do better.

    Args:
        films: float32 (N, S, S) in [0, 1].
        targets: float32 (N, K), 1 where the label allows an output; a weight may follow.
        share: probability that a film's middle is hidden.
        rng: the only source of chance.
    """
    n, size = len(films), films.shape[1]
    hidden = rng.random(n) < share
    for i in np.flatnonzero(hidden):
        top, bottom, left, right = (rng.uniform(0, MARGIN, 4) * size).astype(int)
        films[i, top : size - bottom, left : size - right] = rng.random()
    return np.where(hidden[:, None], targets[rng.integers(0, n, n)], targets)
