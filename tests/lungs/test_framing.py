"""A large film is seen in no finer detail than a network knows; a small one as it is."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xray_core.bundle import Preprocessing
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.lungs import in_known_detail, network_input

SIZE = 96
LIMITED = Preprocessing(longest=320)
SMALL = draw_phantom(4, PhantomKind.LOBAR, size=320).pixels
BOX = (40, 60, 280, 300)


def enlarged(film, times):
    return np.repeat(np.repeat(film, times, 0), times, 1)


def sharpness(view):
    return float(cv2.Laplacian(view, cv2.CV_32F).std())


@pytest.mark.parametrize("times", [2, 3, 5])
def test_a_film_is_seen_as_if_it_had_been_made_small_before(times):
    large = np.random.default_rng(times).random((320 * times, 320 * times)).astype(np.float32)
    small = cv2.resize(large, (320, 320), interpolation=cv2.INTER_AREA)
    geometry = InputGeometry(small.shape, BOX, SIZE)
    its = InputGeometry(large.shape, tuple(side * times for side in BOX), SIZE)
    expected = network_input(small, geometry, Preprocessing())
    np.testing.assert_allclose(network_input(large, its, LIMITED), expected, atol=1e-5)
    assert np.abs(network_input(large, its, Preprocessing()) - expected).max() > 0.05


def test_a_film_within_the_limit_is_taken_as_it_is():
    geometry = InputGeometry(SMALL.shape, BOX, SIZE)
    pixels, same = in_known_detail(SMALL, geometry, LIMITED)
    assert pixels is SMALL and same is geometry
    np.testing.assert_array_equal(
        network_input(SMALL, geometry, LIMITED), network_input(SMALL, geometry, Preprocessing())
    )


def test_without_a_limit_a_large_film_is_sharper():
    film = np.random.default_rng(0).random((1200, 900)).astype(np.float32)
    geometry = InputGeometry(film.shape, (300, 200, 900, 700), SIZE)
    with_limit, without = (
        sharpness(network_input(film, geometry, how)) for how in (LIMITED, Preprocessing())
    )
    assert with_limit < 0.9 * without


def test_local_contrast_is_evened_out_on_the_small_film():
    how = LIMITED.model_copy(update={"clahe": 2.0})
    geometry = InputGeometry(SMALL.shape, BOX, SIZE)
    large, its = enlarged(SMALL, 3), tuple(side * 3 for side in BOX)
    np.testing.assert_allclose(
        network_input(large, InputGeometry(large.shape, its, SIZE), how),
        network_input(SMALL, geometry, how),
        atol=0.02,
    )


@given(
    height=st.integers(1, 4000),
    width=st.integers(1, 4000),
    other=st.tuples(st.integers(1, 500), st.integers(1, 500)),
    data=st.data(),
)
def test_a_part_of_a_film_of_any_size_stays_a_part_of_it(height, width, other, data):
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    bottom = data.draw(st.integers(top + 1, height))
    right = data.draw(st.integers(left + 1, width))
    found = InputGeometry((height, width), (top, left, bottom, right), SIZE).at(other)
    assert found.film_shape == other and found.size == SIZE
    down, across = other[0] / height, other[1] / width
    expected = np.array([top * down, left * across, bottom * down, right * across])
    # To whole pixels, and to one at least.
    assert np.abs(np.array(found.box) - expected).max() <= 1.5
