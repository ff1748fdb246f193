"""Activation channels as pictures: a grid of them, one over the film, one through all layers."""

from typing import Literal

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from xray_core.explain.activations import LayerChannel, LayerInfo, Order, channel_order
from xray_core.imaging.geometry import InputGeometry
from xray_core.notice import NOTICE
from xray_core.plots.colours import PANEL, TEXT
from xray_core.plots.film import SYNTHETIC, GreyWindow, Screen, data_uri, film_figure, png, stamp
from xray_core.plots.mosaic import (
    Tile,
    add_value_bar,
    coloured,
    labelled,
    mosaic,
    mosaic_figure,
    unit,
)

Maps = NDArray[np.float32]
Scale = Literal["shared", "per channel"]
HEAD, TALL_HEAD = 14, 28
"""Space above a tile for a label of one line, and of two."""
LETTERS = 20
"""The end of a layer's name that fits above a tile."""
SHORTEST_SIDE = 900


def _range(maps: Maps) -> tuple[float, float]:
    return float(maps.min()), float(maps.max())


def grid_tiles(
    maps: Maps, order: Order = "strongest", scale: Scale = "per channel", limit: int = 64
) -> tuple[Tile, ...]:
    """Return the channels (h, w, C) to be drawn, at most `limit`, in the order asked for."""
    chosen = channel_order(maps, order)[:limit]
    tiles = []
    for number in chosen.tolist():
        one = maps[..., number]
        low, high = _range(one)
        bounds = _range(maps) if scale == "shared" else (low, high)
        hover = (
            f"channel {number}<br>from {low:.3g} to {high:.3g}<br>mean {one.mean():.3g}, "
            f"standard deviation {one.std():.3g}"
        )
        tiles.append(Tile(one, *bounds, str(number), hover))
    return tuple(tiles)


def channel_grid(
    maps: Maps,
    layer: LayerInfo,
    *,
    order: Order = "strongest",
    scale: Scale = "per channel",
    columns: int = 8,
    limit: int = 64,
    synthetic: bool = False,
) -> go.Figure:
    """Draw the channels of a layer as a grid.

    Args:
        maps: float32 (h, w, C), from `explain.activations.channels`.
        layer: what they are of.
        order: strongest first, or in order.
        scale: one scale of values for all (`shared`), or each channel its own.
        columns: tiles in a row.
        limit: the most channels drawn.
        synthetic: says that the film is a phantom.
    """
    tiles = grid_tiles(maps, order, scale, limit)
    title = f"<b>{layer.name}</b>  ·  {_counted(layer, tiles)}{_of_phantom(synthetic)}"
    figure = mosaic_figure(tiles, columns, HEAD, title)
    low, high = _range(maps)
    shared = scale == "shared"
    add_value_bar(figure, low, high, (f"{low:.2g}", f"{high:.2g}") if shared else ("low", "high"))
    return figure


def channel_grid_png(
    maps: Maps,
    layer: LayerInfo,
    *,
    order: Order = "strongest",
    scale: Scale = "per channel",
    columns: int = 8,
    limit: int = 64,
    synthetic: bool = False,
) -> bytes:
    """Draw what `channel_grid` draws as a PNG; `synthetic` says that the film is a phantom."""
    tiles = grid_tiles(maps, order, scale, limit)
    picture = labelled(mosaic(tiles, columns, HEAD), tiles, columns, HEAD)
    low, high = _range(maps)
    values = f"values {low:.3g} to {high:.3g}, one scale" if scale == "shared" else "scaled each"
    says = f"{layer.name}, {_counted(layer, tiles)}, {order}, {values}"
    return _stamped(picture, (says,), synthetic=synthetic)


def _of_phantom(synthetic: bool) -> str:
    return f"  ·  {SYNTHETIC}" if synthetic else ""


def _counted(layer: LayerInfo, tiles: tuple[Tile, ...]) -> str:
    height, width, count = layer.shape
    shown = f"{len(tiles)} of {count}" if len(tiles) < count else f"all {count}"
    return f"{shown} channels of {height}×{width}"


def channel_over_film(
    screen: Screen,
    geometry: InputGeometry,
    channel: LayerChannel,
    *,
    opacity: float = 0.6,
    window: GreyWindow | None = None,
    height: int = 640,
) -> go.Figure:
    """Draw one channel large over the intact film; where it is silent the film shows.

    Args:
        screen: the film (`plots.film.screen_of`).
        geometry: takes the map from the network's input to the film.
        channel: the map and what it is of.
        opacity: of the strongest answer, 0 to 1.
        window: grey values of the film.
        height: of the figure in screen pixels.
    """
    figure = film_figure(screen, window or GreyWindow(), height=height)
    picture = _overlaid(screen, geometry, channel.map, opacity, window)
    figure.data[0].update(source=data_uri(picture), hoverinfo="skip", hovertemplate=None)
    _add_pointer(figure, screen, geometry, channel.map)
    low, high = _range(channel.map)
    add_value_bar(figure, low, high, (f"{low:.2g}", f"{high:.2g}"), "Plasma")
    rows, columns, _ = channel.layer.shape
    title = f"<b>{channel.layer.name}</b>  ·  channel {channel.index}  ·  {rows}×{columns}"
    figure.update_layout(
        title={"text": title, "font": {"color": TEXT, "size": 15}, "x": 0.01, "y": 0.985},
        margin={"l": 0, "r": 0, "t": 36, "b": 4},
        paper_bgcolor=PANEL,
        plot_bgcolor=PANEL,
    )
    return figure


def channel_over_film_png(
    screen: Screen,
    geometry: InputGeometry,
    channel: LayerChannel,
    *,
    opacity: float = 0.6,
    window: GreyWindow | None = None,
) -> bytes:
    """Draw what `channel_over_film` draws as a PNG with a strip that explains it."""
    picture = _overlaid(screen, geometry, channel.map, opacity, window)
    factor = max(1.0, SHORTEST_SIDE / max(picture.shape[:2]))
    if factor > 1:
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    low, high = _range(channel.map)
    says = f"{channel.layer.name}, channel {channel.index}, {low:.3g} (film) to {high:.3g} (bright)"
    return _stamped(picture, (says,), synthetic=screen.synthetic)


def _overlaid(
    screen: Screen,
    geometry: InputGeometry,
    values: Maps,
    opacity: float,
    window: GreyWindow | None,
) -> NDArray[np.uint8]:
    """Return the film on the screen, RGB, with a map (h, w) blended in as far as it answers."""
    film = cv2.cvtColor((window or GreyWindow()).apply(screen.pixels), cv2.COLOR_GRAY2RGB)
    sy, sx = (s / f for s, f in zip(film.shape[:2], screen.film_shape, strict=True))
    top, left, bottom, right = geometry.box
    rows, columns = (
        slice(round(top * sy), round(bottom * sy)),
        slice(round(left * sx), round(right * sx)),
    )
    part = film[rows, columns]
    smooth = cv2.resize(values, part.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    low, high = _range(values)
    cover = unit(smooth, low, high)[..., None] / np.float32(255) * np.float32(opacity)
    film[rows, columns] = (
        part * (1 - cover) + coloured(smooth, low, high, "Plasma") * cover
    ).round()
    return np.asarray(film)


def _add_pointer(figure: go.Figure, screen: Screen, geometry: InputGeometry, values: Maps) -> None:
    """Lay the map's own cells over the film, invisible, to tell the pointer their values."""
    down, across = screen.spacing_mm or (1.0, 1.0)
    top, left, bottom, right = geometry.box
    dy, dx = (bottom - top) / values.shape[0] * down, (right - left) / values.shape[1] * across
    figure.add_heatmap(
        z=values,
        x0=left * across + dx / 2,
        dx=dx,
        y0=top * down + dy / 2,
        dy=dy,
        colorscale=[[0.0, "rgba(0,0,0,0)"], [1.0, "rgba(0,0,0,0)"]],
        showscale=False,
        hovertemplate="answer %{z:.3g}<extra></extra>",
    )


def layer_tiles(picked: tuple[LayerChannel, ...]) -> tuple[Tile, ...]:
    """Return one tile for each layer, each on its own scale."""
    tiles = []
    for channel in picked:
        low, high = _range(channel.map)
        rows, columns, count = channel.layer.shape
        name = channel.layer.name
        short = name if len(name) <= LETTERS else "…" + name[1 - LETTERS :]
        hover = (
            f"<b>{name}</b><br>{channel.layer.kind}, {rows}×{columns}×{count}<br>"
            f"channel {channel.index}, from {low:.3g} to {high:.3g}"
        )
        label = f"{short}\n{channel.index} of {count}, {rows}×{columns}"
        tiles.append(Tile(channel.map, low, high, label, hover))
    return tuple(tiles)


def channel_through_layers(
    picked: tuple[LayerChannel, ...], *, columns: int = 8, synthetic: bool = False
) -> go.Figure:
    """Draw one channel of every layer side by side, from the first layer to the last.

    Args:
        picked: from `explain.activations.all_layers_channel`.
        columns: tiles in a row.
        synthetic: says that the film is a phantom.
    """
    tiles = layer_tiles(picked)
    title = f"<b>From the film to the decision</b>{_of_phantom(synthetic)}"
    figure = mosaic_figure(tiles, columns, TALL_HEAD, title)
    add_value_bar(figure, 0.0, 1.0, ("low", "high"))
    return figure


def channel_through_layers_png(
    picked: tuple[LayerChannel, ...], *, columns: int = 8, synthetic: bool = False
) -> bytes:
    """Draw what `channel_through_layers` draws as a PNG."""
    tiles = layer_tiles(picked)
    picture = labelled(mosaic(tiles, columns, TALL_HEAD), tiles, columns, TALL_HEAD)
    says = f"{len(tiles)} layers, each scaled by its own lowest and highest value"
    return _stamped(picture, (says,), synthetic=synthetic)


def _stamped(picture: NDArray[np.uint8], lines: tuple[str, ...], *, synthetic: bool) -> bytes:
    lines = tuple(line.replace("×", "x") for line in lines)
    marks = (SYNTHETIC,) if synthetic else ()
    return png(stamp(picture, (*marks, *lines, NOTICE)), synthetic=synthetic)
