"""Films that show no upright pair of whole lungs any more, films that still do, and pictures."""

from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.training.segmenter.films import MaskedFilm
from xray_core.training.segmenter.no_chest import coloured_noise, page_of_text

Pixels = NDArray[np.float32]
Change = Callable[[MaskedFilm], MaskedFilm]
Move = Callable[[NDArray[Any]], NDArray[Any]]

PHOTOGRAPHS = (
    *("astronaut", "brick", "camera", "cat", "cell", "coffee", "coins", "colorwheel", "grass"),
    *("gravel", "horse", "hubble_deep_field", "immunohistochemistry", "moon", "page", "retina"),
    *("rocket", "text"),
)
"""Pictures that come with scikit-image."""
DRAWN = 100
OPACIFIED = ("one lung opacified", "both lungs opacified")
"""The harmless changes that need a mask."""


def _moved(move: Move) -> Change:
    def change(film: MaskedFilm) -> MaskedFilm:
        parts = (film.pixels, film.lungs, film.ignored)
        return MaskedFilm(*(np.ascontiguousarray(move(part)) for part in parts))

    return change


def _halved(axis: int, keep: int) -> Change:
    """Keep what lies on one side of the middle of the lungs: 0 above or left, 1 below or right."""

    def change(film: MaskedFilm) -> MaskedFilm:
        first, last = np.flatnonzero(film.lungs.any(axis=1 - axis))[[0, -1]]
        middle = int(first + last) // 2
        some = slice(0, middle) if keep == 0 else slice(middle, None)
        index = (some, slice(None)) if axis == 0 else (slice(None), some)
        return _moved(lambda part: part[index])(film)

    return change


def _inverted(film: MaskedFilm) -> MaskedFilm:
    return MaskedFilm(1 - film.pixels, film.lungs, film.ignored)


def _opacified(*, both: bool) -> Change:
    """Make the lung on the left of the picture, or both, as dense as the film's denser parts."""

    def change(film: MaskedFilm) -> MaskedFilm:
        middle = int(np.median(np.nonzero(film.lungs)[1]))
        white = film.lungs & (both | (np.arange(film.lungs.shape[1]) < middle))
        level = np.float32(np.percentile(film.pixels, 85))
        pixels = np.where(white, np.maximum(film.pixels, level), film.pixels).astype(np.float32)
        return MaskedFilm(pixels, film.lungs, film.ignored)

    return change


def _tilted(degrees: float) -> Change:
    """Turn about the middle, against the clock; the corners are black."""

    def turn(part: NDArray[Any]) -> NDArray[Any]:
        height, width = part.shape
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
        mask = part.dtype == np.bool_
        how = cv2.INTER_NEAREST if mask else cv2.INTER_LINEAR
        levels = part.astype(np.uint8) if mask else part
        return cv2.warpAffine(levels, matrix, (width, height), flags=how).astype(part.dtype)

    return _moved(turn)


WRONG: dict[str, Change] = {
    "turned left": _moved(lambda part: np.rot90(part, 1)),
    "upside down": _moved(lambda part: np.rot90(part, 2)),
    "turned right": _moved(lambda part: np.rot90(part, 3)),
    "cut at the middle, left kept": _halved(1, 0),
    "cut at the middle, right kept": _halved(1, 1),
    "cut at half the lungs' height, upper kept": _halved(0, 0),
    "cut at half the lungs' height, lower kept": _halved(0, 1),
}
"""After these a pair of lungs must not be called plausible."""

HARMLESS: dict[str, Change] = {
    "unchanged": lambda film: film,
    "inverted": _inverted,
    "mirrored": _moved(lambda part: part[:, ::-1]),
    "half size": _moved(lambda part: part[::2, ::2]),
    "black border of a tenth": _moved(
        lambda part: np.pad(part, [(side // 10,) * 2 for side in part.shape])
    ),
    "tilted by 10 degrees": _tilted(10),
    "tilted by 20 degrees": _tilted(20),
    OPACIFIED[0]: _opacified(both=False),
    OPACIFIED[1]: _opacified(both=True),
}
"""After these it must still be."""


def pictures_without_a_chest(seed: int) -> Iterator[tuple[str, Pixels]]:
    """Yield (kind, float32 picture in [0, 1]): noise, writing and photographs.

    The photographs are never trained on; noise and writing are of the kinds that are.
    """
    import skimage.color
    import skimage.data

    rng = np.random.default_rng(seed)
    for _ in range(DRAWN):
        yield "noise", _grey(coloured_noise(224, rng))
        yield "writing", _grey(page_of_text(224, rng))
    for name in PHOTOGRAPHS:
        picture = np.asarray(getattr(skimage.data, name)())
        if picture.ndim == 3:
            picture = skimage.color.rgb2gray(picture[..., :3])
        yield "photograph", _grey(picture)


def _grey(picture: NDArray[Any]) -> Pixels:
    return np.ascontiguousarray(picture / max(1.0, float(picture.max())), np.float32)
