"""What the LIME pictures share: colours, views, and which superpixels are drawn."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from xray_core.explain.explanation import CLOSE_FIT, ROUGH_FIT, Explanation
from xray_core.imaging.geometry import InputGeometry
from xray_core.labels import TITLES
from xray_core.plots.colours import TEXT
from xray_core.plots.film import GreyWindow
from xray_core.plots.outlines import Outline, outlines

View = Literal["boundaries", "heat"]
VIEWS: tuple[View, ...] = ("boundaries", "heat")

RGB = tuple[int, int, int]
GREEN, RED = (46, 204, 138), (255, 92, 72)
"""For and against, as the field shows them; solid and + against dashed and − say the same."""
BLUE, HEAT_RED = (64, 140, 255), (238, 60, 52)
"""The ends of the heat map; blue supports."""
SIDES: dict[View, tuple[RGB, RGB]] = {"boundaries": (GREEN, RED), "heat": (BLUE, HEAT_RED)}
"""Colours of what supports and of what speaks against, in each view."""
FAINT = (215, 221, 227)
PLUS, MINUS = "+", "−"


@dataclass(frozen=True)
class Look:
    """How an explanation is drawn, as a figure and as a PNG file.

    Attributes:
        view: `boundaries` fills the strongest superpixels green (for) and red (against); `heat`
            colours every superpixel by its weight, blue supports.
        opacity: of the colours, 0 to 1.
        top: how many superpixels are outlined, strongest first.
        window: grey values of the film.
    """

    view: View = "boundaries"
    opacity: float = 0.5
    top: int = 10
    window: GreyWindow = field(default_factory=GreyWindow)


USUAL = Look()
"""How it is drawn where nobody says otherwise."""


@dataclass(frozen=True)
class Drawing:
    """An explanation made ready to be drawn.

    Attributes:
        all: every superpixel.
        supporting: the strongest that support the target, strongest first.
        opposing: the strongest that speak against it, strongest first.
        limit: the largest |weight|, the end of the colour scale; 1 where all are 0.
    """

    all: tuple[Outline, ...]
    supporting: tuple[Outline, ...]
    opposing: tuple[Outline, ...]
    limit: float


def prepare(explanation: Explanation, geometry: InputGeometry, top: int) -> Drawing:
    """Find the outlines, and the `top` superpixels of greatest |weight|."""
    every = outlines(explanation, geometry)
    strongest = [every[int(number)] for number in explanation.strongest(top)]
    limit = float(np.abs(explanation.weights).max(initial=0.0))
    return Drawing(
        every,
        tuple(outline for outline in strongest if outline.weight > 0),
        tuple(outline for outline in strongest if outline.weight < 0),
        limit or 1.0,
    )


def legend_below(size: int) -> dict[str, Any]:
    """Return the settings of a legend in one row below the film, in letters of that size."""
    return {
        "orientation": "h",
        "x": 0.5,
        "xanchor": "center",
        "y": -0.005,
        "yanchor": "top",
        "font": {"color": TEXT, "size": size},
        "bgcolor": "rgba(0,0,0,0)",
    }


def heat_colour(part: float, opacity: float = 1.0) -> tuple[RGB, float]:
    """Return colour and cover of a weight as a part of the limit, −1 to 1.

    The sign chooses the colour, blue for support, and the size how much of it covers the film: next
    to nothing at 0, so that the film stays to be seen where the explanation says nothing.
    """
    cover = min(1.0, abs(part)) ** 0.8 * min(1.0, 1.4 * opacity)
    return (BLUE if part >= 0 else HEAT_RED), cover


def heat_over(ground: RGB, part: float) -> RGB:
    """Return the heat colour at full opacity over a ground, as the colour bar shows it."""
    colour, cover = heat_colour(part)
    red, green, blue = (
        round(cover * c + (1 - cover) * g) for c, g in zip(colour, ground, strict=True)
    )
    return red, green, blue


def signed(weight: float) -> str:
    """Return a weight with its sign, two digits."""
    return f"{weight:+.2g}".replace("-", MINUS) if weight else "0"


def fit_in_words(explanation: Explanation) -> str:
    """Return the R² of the local fit with a word for it."""
    if explanation.r2 is None:
        return "no local fit"
    words = (
        "too few samples"
        if explanation.too_few_samples
        else "close"
        if explanation.r2 >= CLOSE_FIT
        else "with caution"
        if explanation.r2 >= ROUGH_FIT
        else "poor"
    )
    return f"local fit R² {explanation.r2:.2f} ({words})"


def target_title(explanation: Explanation) -> str:
    """Return what a clinician reads for the target."""
    return TITLES.get(explanation.target, explanation.target)
