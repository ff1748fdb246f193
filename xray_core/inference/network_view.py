"""What a network sees of a film, and what is known of the film before it is scored."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.geometry import InputGeometry
from xray_core.lungs import Lungs


@dataclass(frozen=True)
class NetworkView:
    """What the network sees of a film.

    Attributes:
        geometry: from film to input.
        pixels: float32 (S, S) in [0, 1], normalised: the very array that is scored.
        lungs: what was found on the film, for a network that sees only them; else None.
    """

    geometry: InputGeometry
    pixels: NDArray[np.float32]
    lungs: Lungs | None = None


@dataclass(frozen=True)
class Examination:
    """What is known of a film before the network has scored it.

    Attributes:
        view: what the network sees.
        reasons: sentences that stand beside the opinion, why the model abstains first.
        abstain: whether the model must not decide, whatever the score.
    """

    view: NetworkView
    reasons: tuple[str, ...]
    abstain: bool
