"""Channel pictures show the network's own values, in the order and on the scale asked for."""

import cv2
import numpy as np
import pytest

from xray_core.explain.activations import LayerChannel, LayerInfo
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.radiograph import FilmHeader, Radiograph
from xray_core.plots.channels import (
    channel_grid,
    channel_grid_png,
    channel_over_film,
    channel_over_film_png,
    channel_through_layers,
    channel_through_layers_png,
    grid_tiles,
    layer_tiles,
)
from xray_core.plots.film import screen_of
from xray_core.plots.mosaic import TILE, coloured, mosaic, place

LAYER = LayerInfo("backbone/conv1", "convolution", (4, 4, 3), 108)


@pytest.fixture
def maps():
    """Three channels: one of little contrast, one of none, one of much."""
    ramp = np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4)
    return np.stack([ramp, np.full((4, 4), 0.5, np.float32), 10 * ramp], axis=-1)


def screen(*, synthetic=False):
    pixels = np.full((200, 400), 0.5, np.float32)
    film = Radiograph(pixels, "a.png", "0" * 64, FilmHeader("PNG", 8), synthetic=synthetic)
    return screen_of(film)


def decode(data):
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), 1), cv2.COLOR_BGR2RGB)


def test_strongest_first_or_in_order(maps):
    assert [tile.label for tile in grid_tiles(maps)] == ["2", "0", "1"]
    assert [tile.label for tile in grid_tiles(maps, "in order")] == ["0", "1", "2"]
    assert [tile.label for tile in grid_tiles(maps, limit=1)] == ["2"]


def test_the_scale_is_shared_or_each_its_own(maps):
    shared = grid_tiles(maps, "in order", "shared")
    own = grid_tiles(maps, "in order", "per channel")
    assert {(tile.low, tile.high) for tile in shared} == {(0.0, 10.0)}
    assert [(tile.low, tile.high) for tile in own] == [(0.0, 1.0), (0.5, 0.5), (0.0, 10.0)]


def test_tiles_show_the_values_of_the_network_unsmoothed(maps):
    tiles = grid_tiles(maps, "in order")
    picture = mosaic(tiles, 2, 14)
    left, top = place(2, 2, 14)
    step = TILE // 4
    seen = picture[top + step // 2 : top + TILE : step, left + step // 2 : left + TILE : step]
    assert np.array_equal(seen, coloured(maps[..., 2], 0, 10))


def test_brighter_is_more():
    light = coloured(np.linspace(0, 1, 9)[None], 0, 1)[0].astype(int).sum(axis=1)
    assert (np.diff(light) > 0).all()


def test_the_pointer_is_told_the_channel_and_its_range(maps):
    figure = channel_grid(maps, LAYER)
    words = next(trace.hovertext for trace in figure.data if trace.hovertext)
    assert words[0].startswith("channel 2<br>from 0 to 10")
    assert "backbone/conv1" in figure.layout.title.text
    assert "all 3 channels of 4×4" in figure.layout.title.text
    assert "2 of 3 channels" in channel_grid(maps, LAYER, limit=2).layout.title.text


def test_a_shared_scale_has_its_values_on_the_bar(maps):
    traces = channel_grid(maps, LAYER, scale="shared").data
    bar = next(t.marker for t in traces if t.type == "scatter" and t.marker.showscale)
    assert bar.colorbar.ticktext == ("0", "10")


def test_a_layer_without_extent_is_drawn():
    vector = np.arange(5, dtype=np.float32).reshape(1, 1, 5)
    layer = LayerInfo("pool", "pooling", (1, 1, 5), 0)
    assert [tile.label for tile in grid_tiles(vector)] == ["4", "3", "2", "1", "0"]
    assert decode(channel_grid_png(vector, layer)).ndim == 3


def test_one_channel_over_the_film_colours_where_it_answers():
    values = np.zeros((8, 8), np.float32)
    values[:, 6:] = 2
    channel = LayerChannel(LAYER, 1, values)
    geometry = InputGeometry((200, 400), (0, 200, 200, 400), 32)
    picture = decode(channel_over_film_png(screen(), geometry, channel, opacity=0.6)).astype(int)
    scale = picture.shape[1] / 400
    grey, silent, loud = (picture[round(100 * scale), round(x * scale)] for x in (100, 240, 390))
    assert np.ptp(grey) == 0
    assert np.abs(silent - grey).max() <= 3
    assert np.ptp(loud) > 40
    figure = channel_over_film(screen(), geometry, channel)
    pointer = next(trace for trace in figure.data if trace.type == "heatmap")
    assert np.array_equal(pointer.z, values)
    assert (pointer.x0, pointer.dx, pointer.y0, pointer.dy) == (212.5, 25, 12.5, 25)
    assert "channel 1" in figure.layout.title.text


def test_one_channel_through_all_layers_names_each(maps):
    long = LayerInfo("backbone/a_block_with_a_long_name/conv", "convolution", (4, 4, 3), 0)
    picked = (LayerChannel(LAYER, 0, maps[..., 0]), LayerChannel(long, 2, maps[..., 2]))
    tiles = layer_tiles(picked)
    assert tiles[0].label == "backbone/conv1\n0 of 3, 4×4"
    assert tiles[1].label.startswith("…")
    assert "backbone/a_block_with_a_long_name/conv" in tiles[1].hover
    figure = channel_through_layers(picked)
    assert len(next(t.hovertext for t in figure.data if t.hovertext)) == 2
    assert decode(channel_through_layers_png(picked)).ndim == 3


def test_pictures_of_a_phantom_say_so(maps):
    picked = (LayerChannel(LAYER, 0, maps[..., 0]),)
    assert "SYNTHETIC" in channel_grid(maps, LAYER, synthetic=True).layout.title.text
    assert "SYNTHETIC" in channel_through_layers(picked, synthetic=True).layout.title.text
    plain, marked = (
        decode(channel_grid_png(maps, LAYER, synthetic=synthetic)) for synthetic in (False, True)
    )
    assert marked.shape[0] > plain.shape[0]
