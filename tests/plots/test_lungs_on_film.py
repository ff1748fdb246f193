"""The outline of the lungs and the network's crop lie on the film where they are."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.radiograph import FilmHeader, Radiograph
from xray_core.lungs import Lungs
from xray_core.lungs.plausibility import TURNED
from xray_core.plots.film import GreyWindow, film_figure, screen_of
from xray_core.plots.lungs import add_lungs, lungs_in_words
from xray_core.plots.outlines import mask_rings

SHAPE = (400, 600)
WHOLE = InputGeometry.whole(SHAPE, 64)
CROP = InputGeometry(SHAPE, (30, 80, 350, 520), 64)


def pair():
    """Two ellipses on a film."""
    mask = np.zeros(SHAPE, np.uint8)
    cv2.ellipse(mask, (200, 200), (80, 140), 0, 0, 360, 1, cv2.FILLED)
    cv2.ellipse(mask, (420, 190), (70, 120), 0, 0, 360, 1, cv2.FILLED)
    return Lungs(mask.astype(bool), (60, 120, 341, 491), True, "")


def drawn(lungs, geometry, spacing=None):
    header = FilmHeader("DICOM", 12, pixel_spacing_mm=spacing, spacing_calibrated=bool(spacing))
    film = Radiograph(np.zeros(SHAPE, np.float32), "film.dcm", "ab" * 32, header)
    screen = screen_of(film)
    figure = film_figure(screen, GreyWindow())
    add_lungs(figure, screen, lungs, geometry)
    return {trace.name: trace for trace in figure.data[1:]}


def filled(trace, scale=(1.0, 1.0)):
    """Paint what a trace's closed curves enclose, as a mask of the film."""
    x, y = (np.array([np.nan if v is None else v for v in c], float) for c in (trace.x, trace.y))
    points = np.stack([x / scale[0], y / scale[1]], axis=1)
    rings = np.split(points, np.flatnonzero(np.isnan(x)))
    rings = [ring[~np.isnan(ring[:, 0])] for ring in rings]
    mask = np.zeros(SHAPE, np.uint8)
    cv2.fillPoly(mask, [np.round(r - 0.5).astype(np.int32) for r in rings if len(r)], 1)
    return mask.astype(bool)


def overlap(a, b):
    return (a & b).sum() / (a | b).sum()


def test_the_outline_encloses_the_lungs():
    trace = drawn(pair(), None)["The lungs as found"]
    assert overlap(filled(trace), pair().mask) > 0.99
    assert (trace.mode, trace.hoverinfo) == ("lines", "skip")


def test_lungs_and_crop_are_told_apart_by_dash_as_well_as_colour():
    lungs, seen = drawn(pair(), CROP).values()
    assert lungs.line.dash != seen.line.dash != "solid"
    assert lungs.line.color != seen.line.color


def test_the_crop_is_a_box_in_film_pixels():
    seen = drawn(pair(), CROP)["What the network sees"]
    assert (min(seen.y), min(seen.x), max(seen.y), max(seen.x)) == CROP.box
    assert (seen.x[0], seen.y[0]) == (seen.x[-1], seen.y[-1])


def test_where_lengths_are_known_the_outline_is_in_millimetres():
    traces = drawn(pair(), CROP, spacing=(0.2, 0.1))
    seen = traces["What the network sees"]
    assert (min(seen.y), min(seen.x)) == (pytest.approx(6), pytest.approx(8))
    assert overlap(filled(traces["The lungs as found"], (0.1, 0.2)), pair().mask) > 0.99


def test_a_network_of_whole_films_has_no_box():
    assert list(drawn(pair(), WHOLE)) == ["The lungs as found"]
    assert "sees the whole film" in lungs_in_words(pair(), WHOLE)


def test_lungs_that_are_not_plausible_are_not_drawn_and_the_reason_is_said():
    lost = replace(pair(), box=None, plausible=False, reason=TURNED)
    assert drawn(lost, WHOLE) == {}
    assert lungs_in_words(lost, WHOLE) == f"{TURNED} The network sees the whole film."
    assert lungs_in_words(lost, None) == TURNED


def test_what_is_drawn_is_said_in_one_line():
    words = lungs_in_words(pair(), CROP)
    assert words == "Blue, dashed: the lungs as found. Yellow, dotted: what the network sees."


@given(st.integers(0, 30), st.integers(0, 30), st.integers(4, 30), st.integers(4, 30))
def test_the_rings_of_a_box_are_that_box(top, left, height, width):
    mask = np.zeros((64, 64), bool)
    mask[top : top + height, left : left + width] = True
    (ring,) = mask_rings(mask)
    np.testing.assert_array_equal(ring[0], ring[-1])
    # Through the centres of its outermost pixels: half a pixel within its edges.
    assert ring.min(axis=0).tolist() == [left + 0.5, top + 0.5]
    assert ring.max(axis=0).tolist() == [left + width - 0.5, top + height - 0.5]


def test_nothing_has_no_rings():
    assert mask_rings(np.zeros((20, 30), bool)) == ()
