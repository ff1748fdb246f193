"""LIME over the film as PNG files that say of themselves what they are."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.explain.explanation import Explanation
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference.prediction import Decision, ModelRef, Prediction
from xray_core.notice import NOTICE
from xray_core.plots.film import SYNTHETIC, Screen, png, stamp
from xray_core.plots.lime_look import (
    FAINT,
    MINUS,
    PLUS,
    RGB,
    SIDES,
    USUAL,
    Drawing,
    Look,
    View,
    heat_colour,
    heat_over,
    prepare,
)
from xray_core.plots.opinion import percent
from xray_core.plots.outlines import Outline

SHORTEST_SIDE = 900
"""A small film is enlarged until its longer side is at least this, so that lines are thin."""
SHIFT = 4
"""Bits of sub-pixel precision in OpenCV's drawing."""
MASK_SUPPORTS, MASK_AGAINST = 255, 128
ABSTAINS = "THE MODEL ABSTAINS ON THIS FILM: THIS IS NO READING OF IT"
BLACK: RGB = (0, 0, 0)


def lime_png(
    screen: Screen,
    geometry: InputGeometry,
    explanation: Explanation,
    look: Look = USUAL,
    *,
    about: Sequence[str] = (),
) -> bytes:
    """Draw what `plots.explanation.lime_figure` draws, as a PNG with a strip that explains it.

    Args:
        screen: the film (`plots.film.screen_of`).
        geometry: takes the superpixels from the network's input to the film.
        explanation: what to draw.
        look: how.
        about: lines on whose picture it is, ASCII; see `about_lines`.

    Returns:
        The bytes of an RGB PNG.
    """
    picture, scale = _enlarged(look.window.apply(screen.pixels), screen.film_shape)
    drawing = prepare(explanation, geometry, look.top)
    picture = _filled(picture, drawing, scale, look)
    faint = _polylines(picture.copy(), drawing.all, scale, FAINT, 1)
    picture = cv2.addWeighted(faint, 0.35, picture, 0.65, 0)
    for_colour, against_colour = SIDES[look.view]
    _dashed(picture, drawing.opposing, scale, against_colour)
    _polylines(picture, drawing.supporting, scale, for_colour, 2)
    for drawn, sign, colour in (
        (drawing.opposing, MINUS, against_colour),
        (drawing.supporting, PLUS, for_colour),
    ):
        for outline in drawn:
            _sign(picture, outline, scale, sign, colour)
    if look.view == "heat":
        picture = _with_colour_bar(picture, drawing.limit)
    lines = _lines(explanation, look.view, about, synthetic=screen.synthetic)
    return png(stamp(picture, lines), synthetic=screen.synthetic)


def about_lines(
    film: Radiograph, prediction: Prediction | None, model: ModelRef
) -> tuple[str, ...]:
    """Return what tells whose an explanation is, once its picture has left the page.

    Args:
        film: the film explained.
        prediction: the opinion on it, where it is at hand: an abstention is not left out.
        model: that was explained.
    """
    whose = f"film {film.sha256[:16]}; model {model.name} ({model.sha256[:12]})"
    abstains = prediction is not None and prediction.decision is Decision.ABSTAIN
    return (whose, ABSTAINS) if abstains else (whose,)


def lime_mask_png(geometry: InputGeometry, explanation: Explanation, *, top: int = 10) -> bytes:
    """Return the strongest superpixels as an 8-bit grey PNG of the film's own size.

    255 supports the target, 128 speaks against it, 0 is neither: the mask that
    `lime_image.ImageExplanation.get_image_and_mask` gives, laid back on the film.
    """
    values = np.zeros(len(explanation.weights), np.uint8)
    for number in explanation.strongest(top):
        values[number] = MASK_SUPPORTS if explanation.weights[number] > 0 else MASK_AGAINST
    return png(np.asarray(geometry.to_film(values[explanation.segments]), np.uint8))


def _enlarged(
    grey: NDArray[np.uint8], film_shape: tuple[int, int]
) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """Return the film as RGB, and (x, y) picture pixels per film pixel."""
    factor = max(1.0, SHORTEST_SIDE / max(grey.shape))
    size = round(grey.shape[1] * factor), round(grey.shape[0] * factor)
    if factor > 1:
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC)
    scale = size[0] / film_shape[1], size[1] / film_shape[0]
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), scale


def _points(ring: NDArray[np.float64], scale: tuple[float, float]) -> NDArray[np.int32]:
    """Return a ring in OpenCV's fixed-point pixel centres, (n, 1, 2)."""
    return np.round((ring * scale - 0.5) * 2**SHIFT).astype(np.int32)[:, None]


def _filled(
    picture: NDArray[np.uint8],
    drawing: Drawing,
    scale: tuple[float, float],
    look: Look,
) -> NDArray[np.uint8]:
    """Blend the colour of each superpixel into the film, as much as it covers."""
    colour = np.zeros_like(picture)
    cover = np.zeros(picture.shape[:2], np.uint8)
    for outline, (shade, part) in _shades(drawing, look):
        rings = [_points(ring, scale) for ring in outline.rings]
        cv2.fillPoly(colour, rings, shade, shift=SHIFT)
        cv2.fillPoly(cover, rings, round(255 * part), shift=SHIFT)
    alpha = (cover / np.float32(255))[..., None]
    return np.asarray(picture * (1 - alpha) + colour * alpha).round().astype(np.uint8)


def _shades(drawing: Drawing, look: Look) -> list[tuple[Outline, tuple[RGB, float]]]:
    if look.view == "heat":
        return [(o, heat_colour(o.weight / drawing.limit, look.opacity)) for o in drawing.all]
    for_colour, against_colour = SIDES[look.view]
    return [(o, (for_colour, 0.8 * look.opacity)) for o in drawing.supporting] + [
        (o, (against_colour, 0.8 * look.opacity)) for o in drawing.opposing
    ]


def _polylines(
    picture: NDArray[np.uint8],
    drawn: tuple[Outline, ...],
    scale: tuple[float, float],
    colour: RGB,
    width: int,
) -> NDArray[np.uint8]:
    rings = [_points(ring, scale) for outline in drawn for ring in outline.rings]
    cv2.polylines(picture, rings, True, colour, width, cv2.LINE_AA, SHIFT)
    return picture


def _dashed(
    picture: NDArray[np.uint8],
    drawn: tuple[Outline, ...],
    scale: tuple[float, float],
    colour: RGB,
    dash: float = 9.0,
) -> None:
    """Draw rings as dashes of equal length along them, `dash` pixels on and off."""
    for ring in (ring for outline in drawn for ring in outline.rings):
        points = ring * scale
        along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
        for start in np.arange(0.0, along[-1], 2 * dash):
            at = np.linspace(start, min(start + dash, along[-1]), 6)
            piece = np.stack([np.interp(at, along, points[:, k]) for k in (0, 1)], axis=1)
            cv2.polylines(
                picture, [_points(piece, (1.0, 1.0))], False, colour, 2, cv2.LINE_AA, SHIFT
            )


def _sign(
    picture: NDArray[np.uint8],
    outline: Outline,
    scale: tuple[float, float],
    sign: str,
    colour: RGB,
) -> None:
    """Draw + or − in a dark disc, deep inside the superpixel."""
    x, y = (round(a * s) for a, s in zip(outline.anchor, scale, strict=True))
    cv2.circle(picture, (x, y), 11, (8, 10, 13), -1, cv2.LINE_AA)
    cv2.circle(picture, (x, y), 11, colour, 1, cv2.LINE_AA)
    cv2.line(picture, (x - 5, y), (x + 5, y), colour, 2, cv2.LINE_AA)
    if sign == PLUS:
        cv2.line(picture, (x, y - 5), (x, y + 5), colour, 2, cv2.LINE_AA)


def _with_colour_bar(picture: NDArray[np.uint8], limit: float) -> NDArray[np.uint8]:
    """Return the picture with a colour bar and its ends on the right."""
    height = len(picture)
    strip = np.zeros((height, 110, 3), np.uint8)
    top, bottom = round(height * 0.1), round(height * 0.9)
    for row in range(top, bottom):
        part = 1 - 2 * (row - top) / (bottom - 1 - top)
        strip[row, 14:32] = heat_over(BLACK, part)
    for part in (-1.0, -0.5, 0.0, 0.5, 1.0):
        row = round(top + (1 - part) / 2 * (bottom - 1 - top))
        _text(strip, f"{part * limit:+.2g}" if part else "0", (38, row + 4))
    _text(strip, "supports", (10, top - 14))
    _text(strip, "against", (10, bottom + 24))
    return np.hstack([picture, strip])


def _text(picture: NDArray[np.uint8], text: str, at: tuple[int, int]) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, FAINT, 1, cv2.LINE_AA)


def _lines(
    explanation: Explanation, view: View, about: Sequence[str], *, synthetic: bool
) -> tuple[str, ...]:
    """Return what the picture says of itself: how it was made, how far to trust it, its use."""
    settings = explanation.settings
    colours = "blue" if view == "heat" else "green"
    fit = "none" if explanation.r2 is None else f"{explanation.r2:.2f}"
    lines = (
        f"LIME, {explanation.target} {percent(explanation.prediction, 1)}; {colours}, solid, "
        "+ supports; red, dashed, - against",
        f"local fit R2 {fit}; {settings.segmentation}, {len(explanation.weights)} superpixels, "
        f"{explanation.samples} samples, hidden by {settings.hide}, seed {settings.seed}",
        *about,
        NOTICE,
    )
    return (SYNTHETIC, *lines) if synthetic else lines
