"""From film to network input and back: a crop and a scale, computed once on the intact film."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.errors import ConfigError


@dataclass(frozen=True)
class InputGeometry:
    """An axis-aligned crop of the film stretched to a square.

    Films are stretched, not padded: the largest training set has its aspect ratio removed already.

    Attributes:
        film_shape: (height, width) of the film in pixels.
        box: (top, left, bottom, right) of the crop in film pixels, bottom and right exclusive.
        size: side of the network input in pixels.
    """

    film_shape: tuple[int, int]
    box: tuple[int, int, int, int]
    size: int

    def __post_init__(self) -> None:
        top, left, bottom, right = self.box
        height, width = self.film_shape
        if not (0 <= top < bottom <= height and 0 <= left < right <= width and self.size > 0):
            raise ConfigError(f"crop {self.box} does not lie within a film of {height}×{width} px.")

    @classmethod
    def whole(cls, film_shape: tuple[int, int], size: int) -> "InputGeometry":
        """Return the geometry that keeps the whole film."""
        return cls(film_shape, (0, 0, *film_shape), size)

    @classmethod
    def around(
        cls, film_shape: tuple[int, int], box: tuple[int, int, int, int], margin: float, size: int
    ) -> "InputGeometry":
        """Return the geometry of a box and a margin about it, as far as the film reaches.

        Args:
            film_shape: (height, width) of the film in pixels.
            box: (top, left, bottom, right) in film pixels.
            margin: on each side, as a share of the box's height or width.
            size: side of the network input in pixels.
        """
        (height, width), (top, left, bottom, right) = film_shape, box
        dy, dx = round((bottom - top) * margin), round((right - left) * margin)
        inside = (max(0, top - dy), max(0, left - dx), min(height, bottom + dy))
        return cls(film_shape, (*inside, min(width, right + dx)), size)

    def at(self, film_shape: tuple[int, int]) -> "InputGeometry":
        """Return the geometry of the same part of the same film, enlarged or made smaller.

        Args:
            film_shape: (height, width) that the film has then, in pixels.
        """
        (top, left, bottom, right), (height, width) = self.box, film_shape
        down, across = height / self.film_shape[0], width / self.film_shape[1]
        top, left = min(round(top * down), height - 1), min(round(left * across), width - 1)
        bottom, right = max(round(bottom * down), top + 1), max(round(right * across), left + 1)
        return InputGeometry(film_shape, (top, left, bottom, right), self.size)

    def to_input(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Crop and resize film pixels (H, W) to (size, size); averaged where both sides shrink."""
        top, left, bottom, right = self.box
        crop = np.ascontiguousarray(pixels[top:bottom, left:right])
        shrinks = min(crop.shape) >= self.size
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return cv2.resize(crop, (self.size, self.size), interpolation=method).astype(
            np.float32, copy=False
        )

    def to_film(
        self, values: NDArray[np.generic], *, smooth: bool = False, fill: float = 0.0
    ) -> NDArray[np.generic]:
        """Lay values (size, size) back on the film, (H, W), `fill` outside the crop.

        Args:
            values: any map in the input's geometry, square or not (a coarse feature map too).
            smooth: linear interpolation, for heat maps; otherwise nearest, for masks and segments.
            fill: value where the network saw nothing.
        """
        top, left, bottom, right = self.box
        method = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
        work = values.astype(np.float32 if smooth else np.float64)
        film = np.full(self.film_shape, fill, dtype=work.dtype)
        film[top:bottom, left:right] = cv2.resize(
            work, (right - left, bottom - top), interpolation=method
        )
        return film if smooth else film.astype(values.dtype)


Normalisation = Literal["percentile", "none"]


def normalise(
    pixels: NDArray[np.float32],
    method: Normalisation,
    low: float = 0.5,
    high: float = 99.5,
    *,
    measured: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return pixels in [0, 1] whatever the exposure.

    Args:
        pixels: float32 (size, size) in [0, 1].
        method: `percentile` stretches the values between two percentiles to [0, 1] and clips;
            `none` returns the pixels as they are.
        low: lower percentile, 0 to 100.
        high: upper percentile, 0 to 100.
        measured: where the percentiles are taken instead, for pixels that show more than it.
    """
    if method == "none":
        return pixels
    floor, ceiling = np.percentile(pixels if measured is None else measured, (low, high))
    span = float(ceiling - floor)
    if span < 1e-6:
        return np.full_like(pixels, 0.5)
    return np.clip((pixels - np.float32(floor)) / np.float32(span), 0.0, 1.0).astype(np.float32)
