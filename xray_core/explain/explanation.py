"""What an explanation of one film is, and how far to trust it."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from xray_core.explain.lime import LimeSettings

CLOSE_FIT, ROUGH_FIT = 0.7, 0.4
"""R² from which the local fit is called close, and below which it is called poor.

Above 0.7 the map leaves less than a third of what the model did unexplained; below 0.4 it leaves
more than half, so that single superpixels should not be read. They are a convention of this
project, not a measured property of LIME.
"""

SAMPLES_PER_SUPERPIXEL = 5
"""With fewer, there are hardly more samples than weights, and each weight is left to chance."""


@dataclass(frozen=True)
class Explanation:
    """Signed weights of the parts of a film, for one target.

    Attributes:
        method: name of the method, `LIME`.
        target: the class explained, or `PNEUMONIA`.
        segments: int32 (S, S), superpixel numbers 0…n−1, in the geometry of the network's input.
        weights: float64 (n,); positive supports the target, in probability: what the local model
            adds to P(target) where the superpixel is seen instead of hidden.
        intercept: P(target) of the local model with every superpixel hidden.
        prediction: P(target) of the network on the whole film.
        r2: left-one-out R² of the local fit, weighted, at most 1 and below 0 where the mean says
            more: each sample is foretold by the fit to the others. None where it says nothing (see
            `note`).
        samples: films scored, the intact one included.
        seconds: wall time of the whole explanation.
        settings: all that decides the result, the film and the network aside.
        note: one sentence where the result is a special case, otherwise empty.
        r2_in_sample: R² on the samples that were fitted, as the `lime` package gives it. It is
            higher, the more so the fewer the samples, and judges nothing.
    """

    method: str
    target: str
    segments: NDArray[np.int32]
    weights: NDArray[np.float64]
    intercept: float
    prediction: float
    r2: float | None
    samples: int
    seconds: float
    settings: "LimeSettings"
    note: str = ""
    r2_in_sample: float | None = None

    @property
    def too_few_samples(self) -> bool:
        """Whether R² says too little, however high: the fit follows chance."""
        return self.samples < SAMPLES_PER_SUPERPIXEL * len(self.weights)

    def heat(self) -> NDArray[np.float64]:
        """Return the weight of each pixel's superpixel, (S, S)."""
        return self.weights[self.segments]

    def strongest(self, count: int) -> NDArray[np.intp]:
        """Return the numbers of the superpixels of greatest |weight|, zeros left out."""
        order = np.argsort(-np.abs(self.weights), kind="stable")
        return np.asarray(order[self.weights[order] != 0][: max(0, count)])

    def to_json(self) -> dict[str, Any]:
        """Return the record: the class, the fit, every weight by number, and the settings."""
        return {
            "method": self.method,
            "class": self.target,
            "seconds": round(self.seconds, 3),
            "samples": self.samples,
            "segments": len(self.weights),
            "r2": self.r2,
            "r2_in_sample": self.r2_in_sample,
            "prediction": self.prediction,
            "intercept": self.intercept,
            "weights": self.weights.tolist(),
            "settings": asdict(self.settings),
            "note": self.note,
        }


def trust_in_words(explanation: Explanation) -> str:
    """Return one sentence on how far to trust the map, by the left-one-out R² of its local fit.

    From `CLOSE_FIT` on it may be read superpixel by superpixel, down to `ROUGH_FIT` with caution,
    and below that not at all. A close fit says that the map is true to the network near this film,
    not that the network is right.
    """
    if explanation.r2 is None:
        return explanation.note or "The local fit has no R²: this map cannot be judged."
    if explanation.too_few_samples:
        superpixels = len(explanation.weights)
        return (
            f"{explanation.samples} samples are too few for {superpixels} superpixels: the fit "
            f"(R² {explanation.r2:.2f}) follows chance, so do not rely on this map."
        )
    share = f"{max(0.0, explanation.r2):.0%}"
    part = f"Of samples left out, the local fit explains {share} of the variation"
    if explanation.r2 >= CLOSE_FIT:
        return f"{part} (R² {explanation.r2:.2f}): this map is close to what the network does."
    if explanation.r2 >= ROUGH_FIT:
        return f"{part} (R² {explanation.r2:.2f}): read this map with caution."
    return f"{part} (R² {explanation.r2:.2f}): do not rely on this map."


def effect_in_words(explanation: Explanation) -> str:
    """Return one sentence on how large the greatest effect is: colours are scaled to it."""
    largest = 100 * float(np.abs(explanation.weights).max(initial=0.0))
    if not largest:
        return ""
    points = f"{largest:.1f}" if largest >= 0.05 else "under 0.1"
    return f"The strongest superpixel changes the probability by {points} percentage points."
