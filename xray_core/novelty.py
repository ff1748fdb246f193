"""How unlike the training films a film is: the check before an opinion on something else.

Principal components of small thumbnails of the network's own input span what a frontal chest film
looks like as a whole. A film's distance has two parts (Jackson and Mudholkar 1979, Technometrics
21:341): what the components cannot draw (Q), and how far out it lies within them (Hotelling's T²).
Each is divided by its 99th percentile over the training films, and the larger counts: 1 is as far
out as one training film in a hundred.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.errors import BundleError

SIDE = 32
COMPONENTS = 60


@dataclass(frozen=True)
class NoveltyModel:
    """Principal components of the training thumbnails.

    Attributes:
        mean: float32 (1024,), the mean thumbnail.
        components: float32 (C, 1024), orthonormal rows.
        scales: float32 (C,), standard deviation along each component.
        q_unit: the 99th percentile of the residual norm over the training films.
        t_unit: the 99th percentile of the distance within the components.
    """

    mean: NDArray[np.float32]
    components: NDArray[np.float32]
    scales: NDArray[np.float32]
    q_unit: float
    t_unit: float

    @classmethod
    def fit(cls, inputs: NDArray[np.float32]) -> "NoveltyModel":
        """Fit to the inputs (N, S, S) in [0, 1] of the training films; N at least 100."""
        thumbs = _thumbnails(inputs)
        mean = thumbs.mean(axis=0)
        _, singular, rows = np.linalg.svd(thumbs - mean, full_matrices=False)
        components = rows[:COMPONENTS]
        scales = singular[: len(components)] / np.sqrt(len(thumbs) - 1)
        unscaled = cls(mean, components, np.maximum(scales, 1e-6), 1.0, 1.0)
        q, t = unscaled._parts(inputs)
        units = (float(np.percentile(part, 99)) for part in (q, t))
        return cls(unscaled.mean, unscaled.components, unscaled.scales, *units)

    def distance(self, inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the distance (N,) of inputs (N, S, S) in [0, 1]."""
        q, t = self._parts(inputs)
        return np.maximum(q / self.q_unit, t / self.t_unit)

    def _parts(
        self, inputs: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        centred = _thumbnails(inputs) - self.mean
        scores = centred @ self.components.T
        residual = centred - scores @ self.components
        q = np.linalg.norm(residual.astype(np.float64), axis=1)
        return q, np.linalg.norm((scores / self.scales).astype(np.float64), axis=1)

    def save(self, path: Path) -> None:
        """Write the arrays as `.npz`."""
        np.savez_compressed(
            path,
            mean=self.mean,
            components=self.components.astype(np.float16),
            scales=self.scales,
            units=np.array([self.q_unit, self.t_unit]),
        )

    @classmethod
    def load(cls, path: Path) -> "NoveltyModel":
        """Read what `save` wrote.

        Raises:
            BundleError: the file is missing or not of that form.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                q_unit, t_unit = (float(unit) for unit in arrays["units"])
                components = arrays["components"].astype(np.float32)
                return cls(arrays["mean"], components, arrays["scales"], q_unit, t_unit)
        except (OSError, KeyError, ValueError) as error:
            raise BundleError(f"{path.name}: the novelty check cannot be read.") from error


def _thumbnails(inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return standardised thumbnails (N, 1024), so that exposure and contrast do not count."""
    thumbs = np.stack(
        [cv2.resize(x, (SIDE, SIDE), interpolation=cv2.INTER_AREA).ravel() for x in inputs]
    )
    thumbs -= thumbs.mean(axis=1, keepdims=True)
    return (thumbs / np.maximum(thumbs.std(axis=1, keepdims=True), 1e-3)).astype(np.float32)
