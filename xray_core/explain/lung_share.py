"""How much of an explanation's evidence lies in the lungs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from xray_core.errors import BundleError
from xray_core.explain.explanation import Explanation
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.radiograph import Radiograph
from xray_core.lungs import Lungs, load_lung_finder


@dataclass(frozen=True)
class LungShare:
    """The lungs' part in an explanation.

    Attributes:
        evidence: share of the total |weight| that lies in the lungs, each superpixel's spread
            evenly over its pixels: what speaks for the target and what speaks against it count
            alike. None where there are no plausible lungs, or every weight is 0.
        area: share of what the network sees that the lungs cover. None where there are no
            plausible lungs.
        reason: a sentence on why a share is None, else empty.
        finder: name and SHA-256 of the bundle that found the lungs; None where there is none.
        chance: the evidence's share if every superpixel had the same weight: the mean of their
            parts in the lungs. It is not the area's where superpixels differ in size. None where
            there are no plausible lungs.
    """

    evidence: float | None
    area: float | None
    reason: str
    finder: tuple[str, str] | None
    chance: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keys that a record of an explanation has on the lungs."""
        name, sha256 = self.finder or (None, None)
        return {
            "lung_share": self.evidence,
            "lung_area": self.area,
            "lung_chance": self.chance,
            "lungs": {"finder": name, "finder_sha256": sha256, "reason": self.reason},
        }


def lung_share(
    explanation: Explanation,
    geometry: InputGeometry,
    lungs: Lungs,
    finder: tuple[str, str] | None = None,
) -> LungShare:
    """Return how much of an explanation's evidence lies in the lungs.

    Args:
        explanation: its superpixels are in the geometry of the network's input.
        geometry: from the film to that input.
        lungs: found on the intact film.
        finder: name and SHA-256 of the bundle that found them.
    """
    if not lungs.plausible:
        return LungShare(None, None, lungs.reason, finder)
    # Of each pixel of the input, the part that is lung: where the input is smaller than the film,
    # as it usually is, the mean of what lies under it.
    inside = geometry.to_input(lungs.mask.astype(np.float32)).astype(np.float64)
    area = float(inside.mean())
    numbers = explanation.segments.ravel()
    lung = np.bincount(numbers, inside.ravel()) / np.bincount(numbers)
    chance, weights = float(lung.mean()), np.abs(explanation.weights)
    if not weights.any():
        return LungShare(None, area, "No superpixel has a weight.", finder, chance)
    return LungShare(float(np.average(lung, weights=weights)), area, "", finder, chance)


def find_lung_share(
    explanation: Explanation, geometry: InputGeometry, film: Radiograph
) -> LungShare:
    """Return the share in the lungs that the default segmenter finds; without one, say so."""
    try:
        finder = load_lung_finder()
    except BundleError as error:
        sentence = str(error)
        return LungShare(None, None, sentence[:1].upper() + sentence[1:], None)
    lungs = finder.find(film.pixels)
    return lung_share(explanation, geometry, lungs, (finder.name, finder.sha256))


def lung_share_in_words(share: LungShare) -> str:
    """Return the share of the evidence beside what chance and the area give, as one sentence."""
    if share.area is None:
        return f"How much of the evidence lies in the lungs is not known. {share.reason}"
    cover = f"the lungs cover {share.area:.0%} of what the model sees"
    if share.evidence is None:
        return f"There is no evidence to find in the lungs; {cover}."
    inside = round(100 * share.evidence)
    found = f"{inside}% of the evidence lies in the lungs, {100 - inside}% outside; {cover}"
    if share.chance is None:
        return f"{found}."
    return f"{found}, and chance alone would put {share.chance:.0%} in them."
