"""From the pixels of a film to what a network is trained on and scored with."""

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Preprocessing
from xray_core.errors import BundleError
from xray_core.evaluation.shortcuts import blanked_inputs
from xray_core.imaging.clahe import equalise
from xray_core.imaging.geometry import InputGeometry, normalise
from xray_core.lungs import frame_film, in_known_detail, load_lung_finder, network_input
from xray_core.training.canvas import Canvas, draw_canvas

Grey = NDArray[np.float32]


class FilmPreparation:
    """Films are cropped, resized and normalised as inference does it.

    Args:
        how: the network's preprocessing.
        size: side of its input in pixels.

    Raises:
        BundleError: the lungs are to be cropped to, and there is no segmenter, or another than is
            stated: films cropped otherwise would be kept under its name.
    """

    def __init__(self, how: Preprocessing, size: int) -> None:
        self._how, self._size = how, size
        named = how.lungs.name if how.lungs else None
        self._finder = load_lung_finder(named) if how.crop == "lungs" else None
        if self._finder and how.lungs and self._finder.sha256 != how.lungs.sha256:
            raise BundleError(
                f"the lungs are to be found by {how.lungs.name!r} with SHA-256 "
                f"{how.lungs.sha256[:12]}…; installed is {self._finder.sha256[:12]}…."
            )

    def canvas(self, pixels: Grey) -> Canvas:
        """Return what a training film (H, W) is augmented from, uint8 (M, M)."""
        how = self._how
        pixels, geometry = in_known_detail(pixels, self._frame(pixels), how)
        pixels = equalise(pixels, how.clahe)
        field, seen = draw_canvas(pixels, geometry), geometry.to_input(pixels)
        film = normalise(field, how.normalisation, how.low, how.high, measured=seen)
        return np.rint(film * 255).astype(np.uint8)

    def view(self, pixels: Grey) -> Grey:
        """Return exactly what inference sees of a film (H, W), float32 (S, S)."""
        return self._input(pixels, self._frame(pixels))

    def views(self, pixels: Grey) -> Grey:
        """Return the view of a film (H, W), then those of it blanked, float32 (3, S, S)."""
        geometry = self._frame(pixels)
        blanked = blanked_inputs(pixels, lambda film: self._input(film, geometry))
        return np.concatenate([self._input(pixels, geometry)[None], blanked])

    def _frame(self, pixels: Grey) -> InputGeometry:
        lungs = self._finder.find(pixels) if self._finder else None
        return frame_film((pixels.shape[0], pixels.shape[1]), lungs, self._how, self._size)

    def _input(self, pixels: Grey, geometry: InputGeometry) -> Grey:
        return network_input(pixels, geometry, self._how)
