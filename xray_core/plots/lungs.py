"""The outline of the lungs, and the part that a network sees, over the film."""

from collections.abc import Sequence

import plotly.graph_objects as go

from xray_core.imaging.geometry import InputGeometry
from xray_core.lungs import Lungs
from xray_core.plots.film import Screen
from xray_core.plots.outlines import mask_rings

LUNGS, SEEN = "#56b4e9", "#f0e442"
"""Sky blue and yellow, told apart by people of every colour vision (Okabe and Ito 2008)."""


def add_lungs(
    figure: go.Figure, screen: Screen, lungs: Lungs, geometry: InputGeometry | None
) -> None:
    """Draw plausible lungs dashed, and the box that a network sees dotted, on a film's figure.

    Args:
        figure: of `plots.film.film_figure`.
        screen: the film that it shows.
        lungs: found on that film.
        geometry: of the network, or None; where it sees the whole film there is no box.
    """
    if lungs.plausible:
        rings = mask_rings(lungs.mask)
        x, y = ([v for ring in rings for v in (*ring[:, i].tolist(), None)] for i in (0, 1))
        _add(figure, screen, (x, y), "The lungs as found", {"color": LUNGS, "dash": "7px,4px"})
    if geometry is not None and _is_cropped(geometry):
        top, left, bottom, right = geometry.box
        x, y = [left, right, right, left, left], [top, top, bottom, bottom, top]
        _add(figure, screen, (x, y), "What the network sees", {"color": SEEN, "dash": "2px,4px"})


def lungs_in_words(lungs: Lungs, geometry: InputGeometry | None) -> str:
    """Return what is drawn, or why nothing is, in one line."""
    words = "Blue, dashed: the lungs as found." if lungs.plausible else lungs.reason
    if geometry is None:
        return words
    if _is_cropped(geometry):
        return f"{words} Yellow, dotted: what the network sees."
    return f"{words} The network sees the whole film."


def _is_cropped(geometry: InputGeometry) -> bool:
    return geometry.box != (0, 0, *geometry.film_shape)


def _add(
    figure: go.Figure,
    screen: Screen,
    path: tuple[Sequence[float | None], Sequence[float | None]],
    name: str,
    line: dict[str, str],
) -> None:
    """Add a line given by x and y in film pixels, with None between its parts."""
    down, across = screen.spacing_mm or (1.0, 1.0)
    x, y = (
        [None if value is None else round(value * unit, 2) for value in values]
        for values, unit in zip(path, (across, down), strict=True)
    )
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=name,
        line={"width": 1.8, **line},
        hoverinfo="skip",
        showlegend=False,
    )
