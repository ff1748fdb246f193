"""Whether an outline is that of an upright pair of lungs, and if not, why, in a sentence."""

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import LungLimits
from xray_core.lungs.outline import Outline
from xray_core.networks.poses import POSES

NO_PAIR = "No pair of lungs was found on this film."
TURNED = "The film seems to be upside down or turned."
CUT = "A lung seems to be cut off at the film's edge."


def why_not(found: Outline, pose: NDArray[np.floating], limits: LungLimits) -> str:
    """Return why these are not an upright pair of lungs; empty if they are.

    Args:
        found: the outline.
        pose: probabilities (3,) of `POSES`.
        limits: of the bundle.
    """
    upright, turned, _ = (float(p) for p in pose)
    if POSES[int(np.argmax(pose))] == "turned" and upright < limits.upright:
        return TURNED
    if found.area and found.edge > limits.edge:
        return CUT
    shaped = (
        limits.area[0] <= found.area <= limits.area[1]
        and limits.aspect[0] <= found.aspect <= limits.aspect[1]
        and found.balance >= limits.balance
        and found.certainty >= limits.certainty
    )
    if shaped and upright >= limits.upright:
        return ""
    return TURNED if shaped and turned >= 1 - limits.upright else NO_PAIR
