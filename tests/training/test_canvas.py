"""A training canvas shows what the network sees, and what lies about it."""

import numpy as np
import pytest

from xray_core.imaging.geometry import InputGeometry
from xray_core.training.canvas import CONTEXT, DETAIL, centre_of, draw_canvas

FILM = np.add.outer(np.linspace(0.2, 0.6, 180), np.linspace(0, 0.3, 140)).astype(np.float32)
BOXES = [(40, 30, 120, 110), (0, 0, 180, 140), (0, 60, 90, 140)]


@pytest.mark.parametrize("box", BOXES, ids=["inside", "whole", "corner"])
def test_its_centre_is_what_the_network_sees(box):
    geometry = InputGeometry(FILM.shape, box, 64)
    canvas = np.rint(draw_canvas(FILM, geometry) * 255).astype(np.uint8)
    side = round(64 * DETAIL * CONTEXT)
    assert canvas.shape == (side, side)
    seen = centre_of(canvas, 64) / 255
    # A pixel of slack at the edges, where the canvas may be black.
    np.testing.assert_allclose(seen[2:-2, 2:-2], geometry.to_input(FILM)[2:-2, 2:-2], atol=0.02)


def test_beyond_the_film_it_is_black_and_within_it_is_film():
    geometry = InputGeometry(FILM.shape, (0, 60, 90, 140), 64)
    canvas = draw_canvas(FILM, geometry)
    assert (canvas[:5] == 0).all()
    assert (canvas[:, -5:] == 0).all()
    assert (canvas[20:, :-20] > 0.1).all()
