"""What a decoder hands to the reader."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xray_core.imaging.radiograph import FilmHeader


@dataclass(frozen=True)
class Decoded:
    """A film without its name and hash.

    Attributes:
        pixels: float32 (H, W) in [0, 1], bright = dense.
        header: what the file said, de-identified.
        warnings: sentences that stand beside every opinion on this film.
        synthetic: True where the file says that it is a drawn phantom.
    """

    pixels: NDArray[np.float32]
    header: FilmHeader
    warnings: tuple[str, ...] = field(default=())
    synthetic: bool = False
