"""Ways to divide a grey film into superpixels, in one explicit list."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import felzenszwalb, quickshift, slic, watershed

from xray_core.errors import ExplanationError

Grey = NDArray[np.float32]
Segments = NDArray[np.int32]
MOST_KERNEL = 8.0
"""Pixels of quick shift's kernel: a window of 49 × 49 about each pixel is looked at."""


@dataclass(frozen=True)
class SegmenterSpec:
    """One way to divide a film.

    Attributes:
        name: key used in settings and on the command line.
        title: what a person reads.
        description: one sentence on what its superpixels are like.
        divide: (film float32 (H, W) in [0, 1], number wanted, seed) → integer labels (H, W); the
            number that comes out is near the one wanted.
    """

    name: str
    title: str
    description: str
    divide: Callable[[Grey, int, int], NDArray[np.integer]]


def _seeds(shape: tuple[int, int], wanted: int) -> Segments:
    """Return markers 1…n (H, W) on a staggered lattice, so that free cells are hexagons."""
    height, width = shape
    rows = max(1, round(np.sqrt(wanted * height / width * 2 / np.sqrt(3))))
    columns = max(1, round(wanted / rows))
    row, column = np.mgrid[:rows, :columns]
    stagger = np.where(row % 2, 0.25, -0.25) if columns > 1 and rows > 1 else 0.0
    y = ((row + 0.5) * height / rows).astype(int)
    x = ((column + 0.5 + stagger) * width / columns).astype(int)
    markers = np.zeros(shape, np.int32)
    markers[y, x] = 1 + np.arange(rows * columns).reshape(rows, columns)
    return markers


def grid(film: Grey, wanted: int, seed: int) -> NDArray[np.integer]:
    """Grow equal cells from a hexagonal lattice until they meet, along edges where there are any.

    A compact watershed (Neubert and Protzel 2014, doi 10.1109/ICPR.2014.181) of the gradient, which
    is first divided by its own local mean: a rib seen through an opaque lung counts as much as the
    border of the heart. Cells differ little in area, so their weights can be compared.
    """
    side = float(np.sqrt(film.size / wanted))
    smooth = cv2.GaussianBlur(film, (0, 0), max(0.5, side / 14))
    gradient = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    local = cv2.GaussianBlur(gradient, (0, 0), side) + np.float32(0.02)
    return np.asarray(watershed(gradient / local, _seeds(film.shape, wanted), compactness=0.1))


def _slic(film: Grey, wanted: int, seed: int) -> NDArray[np.integer]:
    """SLIC (Achanta et al. 2012, doi 10.1109/TPAMI.2012.120) on one channel."""
    return np.asarray(
        slic(film, n_segments=wanted, compactness=0.2, sigma=1.0, channel_axis=None, start_label=0)
    )


def _equalised(film: Grey) -> Grey:
    """Return the film with its local contrast evened out, so that opaque regions divide too."""
    equaliser = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(4, 4))
    even = equaliser.apply((film * 255).astype(np.uint8))
    return np.asarray(even.astype(np.float32) / np.float32(255))


def _quickshift(film: Grey, wanted: int, seed: int) -> NDArray[np.integer]:
    """Quick shift (Vedaldi and Soatto 2008), its kernel scaled to the size of a superpixel.

    Its time grows with the square of the kernel and it cannot be stopped, so that a film of few
    and large superpixels is shrunk first: as many come out, their borders a pixel or two coarser.
    """
    kernel = max(1.0, 0.13 * float(np.sqrt(film.size / wanted)))
    even, shrink = _equalised(film), max(1.0, kernel / MOST_KERNEL)
    if shrink > 1:
        even = cv2.resize(even, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
        kernel = MOST_KERNEL
    labels = quickshift(
        even[..., None],
        ratio=25,
        kernel_size=kernel,
        max_dist=4 * kernel,
        convert2lab=False,
        rng=seed,
    )
    across = film.shape[::-1]
    return cv2.resize(labels.astype(np.int32), across, interpolation=cv2.INTER_NEAREST)


def _felzenszwalb(film: Grey, wanted: int, seed: int) -> NDArray[np.integer]:
    """Felzenszwalb and Huttenlocher 2004, its scale bisected until the number is as wanted."""
    even, low, high = _equalised(film), 0.1, 1000.0
    smallest = max(2, film.size // (3 * wanted))
    found: list[NDArray[np.integer]] = []
    for _ in range(6):
        scale = float(np.sqrt(low * high))
        labels = felzenszwalb(even, scale=scale, sigma=1.2, min_size=smallest, channel_axis=None)
        found.append(np.asarray(labels))
        low, high = (scale, high) if labels.max() + 1 > wanted else (low, scale)
    return min(found, key=lambda labels: abs(int(labels.max()) + 1 - wanted))


SEGMENTERS: tuple[SegmenterSpec, ...] = (
    SegmenterSpec(
        "grid",
        "Superpixel grid",
        "Nearly equal cells on a hexagonal lattice whose borders follow ribs, heart and diaphragm: "
        "made for grey films.",
        grid,
    ),
    SegmenterSpec(
        "slic",
        "SLIC",
        "Compact superpixels of similar brightness and moderately different size.",
        _slic,
    ),
    SegmenterSpec(
        "quickshift",
        "Quick shift",
        "Irregular superpixels around modes of brightness and place: what LIME uses by default.",
        _quickshift,
    ),
    SegmenterSpec(
        "felzenszwalb",
        "Felzenszwalb",
        "Regions of even brightness, of very different size; they can be long and thin.",
        _felzenszwalb,
    ),
)


def segmenter(name: str) -> SegmenterSpec:
    """Return the segmenter of that name.

    Raises:
        ExplanationError: there is none.
    """
    for spec in SEGMENTERS:
        if spec.name == name:
            return spec
    raise ExplanationError(
        f"segmentation {name!r} is not one of {', '.join(spec.name for spec in SEGMENTERS)}."
    )


def divide(film: Grey, method: str, wanted: int, seed: int) -> Segments:
    """Divide a film into superpixels numbered 0…n−1 without gaps.

    Args:
        film: float32 (H, W) in [0, 1].
        method: a name in `SEGMENTERS`.
        wanted: about how many superpixels.
        seed: breaks ties, where the method has any.

    Returns:
        int32 (H, W).

    Raises:
        ExplanationError: no such method.
    """
    labels = segmenter(method).divide(film, wanted, seed)
    _, numbered = np.unique(labels, return_inverse=True)
    return np.asarray(numbered.reshape(film.shape), dtype=np.int32)
