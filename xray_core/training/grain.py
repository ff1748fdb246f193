"""Grain over training films: detectors differ in noise, and noise is no disease.

What a network makes of it that never saw any: docs/bundled-model.md, "Grain". Where a teacher tells
what it thinks of the film without it, the network learns to say the same of the film with it (Xie
et al. 2020, Self-training with Noisy Student, arXiv:1911.04252).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

RANGE = 30
"""How much stronger the strongest grain is than the weakest."""
COARSE = 0.4
"""Share of the grain that has a size, of `SIZES`; the other is new in each pixel."""
SIZES = (0.4, 1.2)
"""Standard deviation in pixels of the Gaussian that makes grain coarser."""


def lay_grain(
    films: NDArray[np.float32], share: float, strongest: float, rng: np.random.Generator
) -> None:
    """Lay grain of random strength and size over some films, in place.

    Args:
        films: float32 (N, S, S) in [0, 1].
        share: probability that a film gets it.
        strongest: largest standard deviation of the grain, of grey values in [0, 1].
        rng: the only source of chance.
    """
    for i in np.flatnonzero(rng.random(len(films)) < share):
        grain = rng.standard_normal(films[i].shape, dtype=np.float32)
        if rng.random() < COARSE:
            grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(*SIZES))
            grain /= grain.std()
        strength = strongest * RANGE ** -rng.random()
        films[i] = np.clip(films[i] + np.float32(strength) * grain, 0, 1)
