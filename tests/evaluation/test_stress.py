"""Stressed films stay films: the same for the same seed, in range, the other film untouched."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.evaluation.stress import (
    collimate,
    erase_marker,
    expose,
    mottle,
    paint_marker,
    resample,
    sharpen,
    stress,
    swap_frame,
)
from xray_core.imaging.phantom import PhantomKind, draw_phantom

SIDES = st.integers(8, 90)
SEEDS = st.integers(0, 2**32 - 1)


def film_of(height, width, seed):
    return np.random.default_rng(seed).random((height, width), np.float32)


def ranges(*ends):
    return st.floats(*ends, allow_nan=False)


@settings(deadline=None)
@given(SIDES, SIDES, SIDES, SIDES, SEEDS)
def test_a_stressed_film_is_a_film_and_its_seed_decides_it(height, width, high, wide, seed):
    film, other = film_of(height, width, seed), film_of(high, wide, seed + 1)
    copies = film.copy(), other.copy()
    once, again = (stress(film, other, np.random.default_rng(seed)) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert once.dtype == np.float32
    assert 0 <= once.min() <= once.max() <= 1
    # Collimation cuts at most 8 % from each side.
    assert all(0.84 * s <= cut <= s for s, cut in zip(film.shape, once.shape, strict=True))
    np.testing.assert_array_equal(film, copies[0])
    np.testing.assert_array_equal(other, copies[1])


@settings(deadline=None)
@given(SIDES, SIDES, SEEDS, ranges(0.4, 0.8), ranges(0.5, 1.5), ranges(-0.6, 0.6))
def test_each_change_keeps_shape_and_range(height, width, seed, scale, amount, stops):
    film, rng = film_of(height, width, seed), np.random.default_rng(seed)
    for changed in (
        swap_frame(film, film[::-1].copy()),
        erase_marker(film, rng),
        paint_marker(film, rng),
        resample(film, scale),
        sharpen(film, amount),
        expose(film, stops),
        mottle(film, amount / 10, rng),
    ):
        assert changed.shape == film.shape
        assert changed.dtype == np.float32
        assert 0 <= changed.min() <= changed.max() <= 1


@given(SIDES, SIDES, SEEDS)
def test_another_frame_leaves_the_centre_as_it_is(height, width, seed):
    film = film_of(height, width, seed)
    framed = swap_frame(film, np.zeros_like(film))
    top, left = round(0.12 * height), round(0.12 * width)
    inside = slice(top, height - top), slice(left, width - left)
    np.testing.assert_array_equal(framed[inside], film[inside])
    framed[inside] = 0
    assert not framed.any()


@given(ranges(-0.6, 0.6))
def test_another_exposure_keeps_the_order_of_grey_values(stops):
    greys = np.linspace(0, 1, 50, dtype=np.float32)[None]
    exposed = expose(greys, stops)
    assert (np.diff(exposed) >= 0).all()
    assert (exposed[0, 0], exposed[0, -1]) == (0, 1)


def test_collimation_cuts_what_it_says():
    film = film_of(100, 200, 0)
    cut = collimate(film, np.array([0.01, 0.02, 0.03, 0.04]))
    np.testing.assert_array_equal(cut, film[1:98, 6:192])


@pytest.mark.parametrize("seed", range(8))
def test_a_marker_is_painted_into_an_upper_corner_and_nowhere_else(seed):
    film = np.zeros((224, 224), np.float32)
    painted = paint_marker(film, np.random.default_rng(seed))
    rows, columns = np.nonzero(painted)
    assert painted.max() > 0.9
    assert rows.max() < 224 * 0.25
    assert columns.max() < 224 * 0.4 or columns.min() > 224 * 0.7


@pytest.mark.parametrize("seed", range(8))
def test_a_marker_is_erased_from_an_upper_corner_and_nowhere_else(seed):
    film = film_of(120, 120, seed)
    changed = erase_marker(film, np.random.default_rng(seed)) != film
    assert changed[:20].any()
    assert not changed[20:].any()
    assert not changed[:, 20:100].any()


def test_resampling_loses_detail_and_sharpening_raises_it():
    film = 0.25 + draw_phantom(0, PhantomKind.NORMAL, size=224).pixels / 2

    def detail(pixels):
        return float(np.abs(np.diff(pixels, axis=1)).mean())

    assert detail(resample(film, 0.4)) < detail(film) < detail(sharpen(film, 1.0))


@pytest.mark.parametrize("side", [200, 900])
def test_grain_is_left_to_see_where_a_film_is_made_small(side):
    flat = np.full((side, side + 40), 0.5, np.float32)
    grainy = mottle(flat, 0.04, np.random.default_rng(0))
    assert grainy.mean() == pytest.approx(0.5, abs=0.002)
    assert 0.02 < grainy.std() < 0.05
    small = resample(grainy, 160 / side)
    assert small.std() > 0.008
