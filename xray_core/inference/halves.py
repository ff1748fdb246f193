"""A classifier in two steps, the first of which sees only a small window of the film at a time."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle.lite import LiteHalves

Floats = NDArray[np.float32]


class Halves:
    """The two steps; together they give the classifier's calibrated probabilities.

    Attributes:
        rows: first and last row of the input that each row of the features depends on, (h, 2).
        columns: likewise, (w, 2).
        channels: C, of the features.
        early_work: multiplications of the first step, for one film.
        late_work: of the second.
    """

    def __init__(self, network: LiteHalves, to_probabilities: Callable[[Floats], Floats]) -> None:
        """Take the network in two steps, and what its answers become probabilities by."""
        self._network, self._to_probabilities = network, to_probabilities
        cut = network.cut
        self.rows, self.columns, self.channels = cut.rows, cut.columns, cut.channels
        self.early_work, self.late_work = cut.early, cut.late

    def early(self, films: Floats) -> Floats:
        """Return features (N, h, w, C) of inputs (N, S, S) in [0, 1]."""
        return self._network.early(films[..., None])

    def late(self, features: Floats) -> Floats:
        """Return calibrated probabilities (N, K) of features (N, h, w, C)."""
        return self._to_probabilities(self._network.late(features))
