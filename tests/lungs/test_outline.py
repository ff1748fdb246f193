"""Specks are dropped, holes are filled, and what is measured is what lies in the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xray_core.lungs.outline import THRESHOLD, outline


def two_lungs(size=48):
    """Two blocks of 24×12 px, certain but for their rims."""
    picture = np.full((size, size), 0.02, np.float32)
    picture[12:36, 6:18] = 0.9
    picture[12:36, 30:42] = 0.9
    return picture


def test_two_lungs_are_measured():
    found = outline(two_lungs())
    assert found.area == pytest.approx(2 * 24 * 12 / 48**2)
    assert found.aspect == pytest.approx(24 / 36)
    assert found.balance == 1
    assert found.certainty == pytest.approx(0.9)
    assert found.edge == 0


def test_a_speck_is_dropped_and_a_hole_is_filled():
    spoiled = two_lungs()
    spoiled[2:4, 2:4] = 0.99
    spoiled[20:24, 10:14] = 0.01
    found = outline(spoiled)
    assert found.area == outline(two_lungs()).area
    assert found.probability[2, 2] < THRESHOLD
    assert found.probability[22, 12] >= THRESHOLD


def test_a_lung_cut_by_the_film_lies_on_its_edge():
    cut = np.roll(two_lungs(), -12, axis=1)
    cut[:, 36:] = 0.02
    assert outline(cut).edge == 1


def test_lungs_that_have_grown_together_have_two_sides():
    joined = two_lungs()
    joined[16:20, 18:30] = 0.8
    assert outline(joined).balance > 0.9


def test_nothing_measures_nothing():
    found = outline(np.zeros((48, 48), np.float32))
    assert (found.area, found.aspect, found.balance, found.certainty, found.edge) == (0,) * 5


@given(arrays(np.float32, (16, 16), elements=st.floats(0, 1, width=32)))
def test_any_map_gives_measures_in_range(picture):
    found = outline(picture)
    assert 0 <= found.area <= 1
    assert 0 <= found.balance <= 1
    assert 0 <= found.edge <= 1
    assert found.probability.min() >= 0
    assert found.area == pytest.approx((found.probability >= THRESHOLD).mean())
