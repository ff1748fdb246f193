"""What is not a film of a whole, upright chest, made of films that are, and of pictures."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.training.segmenter.films import MaskedFilm
from xray_core.training.segmenter.no_chest import coloured_noise, page_of_text

Pixels = NDArray[np.float32]

PHOTOGRAPHS = (
    *("astronaut", "brick", "camera", "cat", "cell", "coffee", "coins", "colorwheel", "grass"),
    *("gravel", "horse", "hubble_deep_field", "immunohistochemistry", "moon", "page", "retina"),
    *("rocket", "text"),
)
"""Pictures that come with scikit-image."""
DRAWN = 100

CHANGED: dict[str, Callable[[Pixels], Pixels]] = {
    "turned left": lambda film: np.rot90(film, 1),
    "upside down": lambda film: np.rot90(film, 2),
    "turned right": lambda film: np.rot90(film, 3),
    "left half": lambda film: film[:, : film.shape[1] // 2],
    "right half": lambda film: film[:, film.shape[1] // 2 :],
    "upper half": lambda film: film[: film.shape[0] // 2],
    "lower half": lambda film: film[film.shape[0] // 2 :],
}
"""Films on which a pair of lungs must not be called plausible."""

HARMLESS: dict[str, Callable[[Pixels], Pixels]] = {
    "inverted": lambda film: 1 - film,
    "mirrored": lambda film: film[:, ::-1],
    "half size": lambda film: film[::2, ::2],
    "black border of a tenth": lambda film: np.pad(
        film, [(side // 10,) * 2 for side in film.shape]
    ),
    "one lung opacified": lambda film: film,
}


def opacify(film: MaskedFilm) -> Pixels:
    """Return a film whose lung on the left of the picture is as dense as its brightest parts."""
    middle = int(np.median(np.nonzero(film.lungs)[1]))
    white = film.lungs & (np.arange(film.lungs.shape[1]) < middle)
    level = np.float32(np.percentile(film.pixels, 85))
    return np.where(white, np.maximum(film.pixels, level), film.pixels).astype(np.float32)


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
