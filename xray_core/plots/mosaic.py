"""Many small maps as one picture: much faster to show than a figure for each."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from xray_core.plots.colours import MUTED, TEXT
from xray_core.plots.film import data_uri

TILE, GAP = 112, 6
"""Side of a tile and the space between tiles, in picture pixels."""
GROUND = (11, 14, 17)
Palette = Literal["Magma", "Plasma"]
"""Both are perceptually even and readable by colour-blind people. Magma, dark where low, for maps
alone; Plasma, yellow and not white where high, over bones."""
TABLES: dict[Palette, int] = {"Magma": cv2.COLORMAP_MAGMA, "Plasma": cv2.COLORMAP_PLASMA}


@dataclass(frozen=True)
class Tile:
    """One map of a mosaic.

    Attributes:
        map: float32 (h, w).
        low: value that is drawn darkest.
        high: value that is drawn brightest.
        label: short words above the tile.
        hover: what the pointer is told.
    """

    map: NDArray[np.float32]
    low: float
    high: float
    label: str
    hover: str


def coloured(
    values: NDArray[np.floating], low: float, high: float, palette: Palette = "Magma"
) -> NDArray[np.uint8]:
    """Return values (h, w) as colours uint8 (h, w, 3), `low` darkest and `high` brightest."""
    colours = cv2.applyColorMap(unit(values, low, high), TABLES[palette])
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2RGB))


def unit(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.uint8]:
    """Return values as uint8: 0 at `low` and below, 255 at `high` and above; 0 if they are one."""
    span = high - low
    if span <= 0:
        return np.zeros(values.shape, np.uint8)
    return np.asarray(np.clip((values - low) * (255.0 / span), 0, 255).round().astype(np.uint8))


def place(index: int, columns: int, head: int) -> tuple[int, int]:
    """Return (left, top) of a tile in the picture; `head` is the space for its label."""
    row, column = divmod(index, columns)
    return GAP + column * (TILE + GAP), GAP + head + row * (TILE + GAP + head)


def mosaic(tiles: tuple[Tile, ...], columns: int, head: int) -> NDArray[np.uint8]:
    """Draw all tiles, without their labels, as uint8 (H, W, 3).

    Small maps are enlarged without smoothing, so that what is seen is what the network has.
    """
    rows = -(-len(tiles) // columns)
    size = GAP + rows * (TILE + GAP + head), GAP + min(columns, len(tiles)) * (TILE + GAP)
    picture = np.full((*size, 3), GROUND, np.uint8)
    for index, tile in enumerate(tiles):
        left, top = place(index, columns, head)
        shrinks = min(tile.map.shape) > TILE
        method = cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST
        resized = cv2.resize(tile.map, (TILE, TILE), interpolation=method)
        picture[top : top + TILE, left : left + TILE] = coloured(resized, tile.low, tile.high)
    return picture


def labelled(
    picture: NDArray[np.uint8], tiles: tuple[Tile, ...], columns: int, head: int
) -> NDArray[np.uint8]:
    """Return the picture with every label written above its tile, in ASCII."""
    picture = picture.copy()
    for index, tile in enumerate(tiles):
        left, top = place(index, columns, head)
        for line, text in enumerate(reversed(tile.label.split("\n"))):
            at = (left, top - 4 - 12 * line)
            plain = text.replace("×", "x").encode("ascii", "replace").decode()
            cv2.putText(
                picture, plain, at, cv2.FONT_HERSHEY_SIMPLEX, 0.35, (215, 221, 227), 1, cv2.LINE_AA
            )
    return picture


def mosaic_figure(tiles: tuple[Tile, ...], columns: int, head: int, title: str) -> go.Figure:
    """Draw the mosaic as a figure: one picture, with words for the pointer over each tile."""
    picture = mosaic(tiles, columns, head)
    height, width = picture.shape[:2]
    figure = go.Figure(go.Image(source=data_uri(picture), hoverinfo="skip", hovertemplate=None))
    corners = [place(index, columns, head) for index in range(len(tiles))]
    figure.add_scatter(
        x=[left + TILE / 2 for left, _ in corners],
        y=[top + TILE / 2 for _, top in corners],
        mode="markers",
        marker={"size": TILE * 0.8, "symbol": "square", "opacity": 0},
        hovertext=[tile.hover for tile in tiles],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    figure.add_scatter(
        x=[left for left, _ in corners],
        y=[top for _, top in corners],
        mode="text",
        text=[tile.label.replace("\n", "<br>") for tile in tiles],
        textposition="top right",
        textfont={"size": 10, "color": MUTED},
        hoverinfo="skip",
        showlegend=False,
    )
    _lay_out(figure, width, height, title)
    return figure


def _lay_out(figure: go.Figure, width: int, height: int, title: str) -> None:
    ground = "rgb({},{},{})".format(*GROUND)
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "constrain": "domain"}
    figure.update_layout(
        title={"text": title, "font": {"color": TEXT, "size": 15}, "x": 0.01, "y": 0.99},
        height=min(4000, height + 48),
        margin={"l": 0, "r": 0, "t": 40, "b": 4},
        paper_bgcolor=ground,
        plot_bgcolor=ground,
        dragmode="pan",
        hovermode="closest",
        hoverlabel={"bgcolor": "#151a20", "font": {"color": TEXT, "size": 12}},
        modebar={"bgcolor": "rgba(11,14,17,0.7)", "color": MUTED, "activecolor": TEXT},
        xaxis={"range": [0, width], **bare},
        yaxis={"range": [height, 0], "scaleanchor": "x", **bare},
    )


def _colour_scale(palette: Palette) -> list[tuple[float, str]]:
    """Return the palette in `rgb()`: Streamlit takes Magma's #000004 for one of its own names."""
    steps = np.linspace(0, 1, 33)
    colours = coloured(steps[None], 0.0, 1.0, palette)[0].tolist()
    return [(float(at), f"rgb({r},{g},{b})") for at, (r, g, b) in zip(steps, colours, strict=True)]


def add_value_bar(
    figure: go.Figure,
    low: float,
    high: float,
    words: tuple[str, str],
    palette: Palette = "Magma",
) -> None:
    """Add the colour bar of the maps, with `words` at its ends."""
    high = high if high > low else low + 1
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="markers",
        showlegend=False,
        hoverinfo="skip",
        marker={
            "color": [low],
            "cmin": low,
            "cmax": high,
            "colorscale": _colour_scale(palette),
            "showscale": True,
            "colorbar": {
                "tickvals": [low, high],
                "ticktext": list(words),
                "tickfont": {"color": TEXT, "size": 11},
                "thickness": 12,
                "len": 1.0,
                "lenmode": "fraction",
                "outlinewidth": 0,
            },
        },
    )
