"""The phantom itself: patient, finding, film, and what is known of it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from xray_core.errors import ConfigError
from xray_core.imaging.phantom import findings
from xray_core.imaging.phantom.anatomy import Anatomy, draw_anatomy
from xray_core.imaging.phantom.canvas import Canvas, Map, ramp
from xray_core.imaging.phantom.detector import (
    BONE,
    SOFT,
    burn_in,
    draw_exposure,
    expose,
    lay_down,
)
from xray_core.imaging.phantom.skeleton import draw_skeleton
from xray_core.imaging.phantom.tissue import Tissue, draw_tissue
from xray_core.imaging.phantom.tree import draw_airways, draw_tree
from xray_core.imaging.radiograph import FilmHeader, Radiograph
from xray_core.labels import BACTERIAL, COVID, NORMAL, VIRAL, Label

WARNING = "Synthetic phantom, not a patient."
MIN_SIZE, MAX_SIZE = 64, 2048
MAX_BOARD = 640
"""Larger films are drawn at this size and enlarged before noise: anatomy has no finer detail."""
VISIBLE = 0.02
"""Added attenuation exponent from which a finding counts as visible."""


class PhantomKind(StrEnum):
    """What a phantom shows."""

    NORMAL = "normal"
    LOBAR = "lobar"
    INTERSTITIAL = "interstitial"
    PERIPHERAL = "peripheral"


PHANTOM_LABELS: dict[PhantomKind, Label] = {
    PhantomKind.NORMAL: frozenset({NORMAL}),
    PhantomKind.LOBAR: frozenset({BACTERIAL}),
    PhantomKind.INTERSTITIAL: frozenset({VIRAL}),
    PhantomKind.PERIPHERAL: frozenset({COVID}),
}
"""The class that each kind imitates."""

FINDINGS = {
    PhantomKind.LOBAR: findings.lobar,
    PhantomKind.INTERSTITIAL: findings.interstitial,
    PhantomKind.PERIPHERAL: findings.peripheral,
}


@dataclass(frozen=True)
class Phantom:
    """A synthetic frontal chest film with its ground truth.

    Attributes:
        pixels: float32 (H, W) in [0, 1], bright = dense, read-only, whole multiples of 1/255.
        mask: bool (H, W), read-only: where the finding adds visible density; all False for NORMAL.
        kind: what it shows.
        seed: what it was drawn from.
        adult: adult, or child of one to five years.
        label: the class that it imitates.
    """

    pixels: NDArray[np.float32]
    mask: NDArray[np.bool_]
    kind: PhantomKind
    seed: int
    adult: bool
    label: Label


def draw_phantom(seed: int, kind: PhantomKind, *, adult: bool = False, size: int = 512) -> Phantom:
    """Draw a synthetic frontal chest film.

    The same arguments give the same pixels. The same seed, age group and size with another kind
    give the same patient, exposure and noise: film minus its normal twin is what was added.
    (So a viral phantom is not overinflated, as many children with a viral pneumonia are.)

    Args:
        seed: 0 or more.
        kind: what it shows.
        adult: adult proportions instead of those of a child of one to five years.
        size: side in pixels, 64 to 2048.

    Raises:
        ConfigError: the seed is negative or the size is out of range.
    """
    if seed < 0 or not MIN_SIZE <= size <= MAX_SIZE:
        raise ConfigError(
            f"phantom seed {seed} and size {size} are not a seed of 0 or more and a size of "
            f"{MIN_SIZE} to {MAX_SIZE} px."
        )
    rngs = [np.random.default_rng([seed, int(adult), stream]) for stream in range(6)]
    anatomy = draw_anatomy(rngs[0], adult)
    board = min(size, MAX_BOARD)
    canvas = Canvas(board, round(0.06 * board), board / anatomy.field, anatomy.turn)
    tissue = draw_tissue(canvas, anatomy, rngs[1])
    healthy = _attenuation(canvas, anatomy, tissue, rngs[1])
    added = np.zeros_like(healthy)
    if kind in FINDINGS:
        added = SOFT * FINDINGS[kind](canvas, anatomy, tissue.lung, rngs[2])
    healthy, added, lung = lay_down(
        canvas, size, anatomy.tilt, rngs[3], [healthy, added, tissue.lung]
    )
    film = expose(healthy, added, lung, draw_exposure(rngs[4], adult), rngs[5])
    film = burn_in(
        film, "R" if rngs[4].random() < 0.7 else "L", 1 if rngs[4].random() < 0.5 else -1
    )
    pixels = (np.round(film * 255) / 255).astype(np.float32)
    mask = added > VISIBLE
    pixels.flags.writeable = mask.flags.writeable = False
    return Phantom(pixels, mask, kind, seed, adult, PHANTOM_LABELS[kind])


def _attenuation(canvas: Canvas, a: Anatomy, tissue: Tissue, rng: np.random.Generator) -> Map:
    """Attenuation exponent of the healthy patient."""
    bone = draw_skeleton(canvas, a, rng)
    vessels = np.zeros_like(bone)
    for side in (-1, 1):
        vessels += draw_tree(canvas, a, rng, side=side, radius=0.048 * a.width, roots=11)
    inside = ramp(tissue.lung, 0.0, 0.2 * a.depth)
    grain = 1 + 0.03 * canvas.noise(rng, 28, 4, 0.8)
    airy = (1 - a.lung_density) * (tissue.lung * grain - np.minimum(vessels, tissue.lung) * inside)
    texture = 1 + 0.02 * canvas.noise(rng, 6, 5, 0.6)
    soft = tissue.body * texture - airy - tissue.gas - draw_airways(canvas, a)
    return np.asarray(SOFT * np.maximum(soft, 0) + BONE * bone * ramp(soft, 0, 0.5), np.float32)


def phantom_png(phantom: Phantom) -> bytes:
    """Return the phantom as an 8-bit grey PNG whose text chunk `Synthetic` says what it is."""
    info = PngInfo()
    age = "adult" if phantom.adult else "child"
    info.add_text("Synthetic", f"{WARNING} Kerley {phantom.kind} {age}, seed {phantom.seed}.")
    stream = BytesIO()
    grey = np.round(phantom.pixels * 255).astype(np.uint8)
    Image.fromarray(grey).save(stream, format="PNG", pnginfo=info)
    return stream.getvalue()


def phantom_radiograph(phantom: Phantom) -> Radiograph:
    """Return the phantom as if its PNG had been read."""
    return Radiograph(
        pixels=phantom.pixels,
        source=f"phantom-{phantom.kind}-{phantom.seed}.png",
        sha256=hashlib.sha256(phantom_png(phantom)).hexdigest(),
        header=FilmHeader(format="PNG", bits=8),
        warnings=(WARNING,),
        synthetic=True,
    )
