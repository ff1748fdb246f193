"""One crop and one scale take the film to the network's input, and what was found there back."""

import numpy as np
import pytest

from xray_core.errors import ConfigError
from xray_core.imaging.geometry import InputGeometry, normalise

GEOMETRIES = [
    InputGeometry.whole((64, 48), 32),
    InputGeometry((100, 80), (20, 10, 84, 58), 32),
    InputGeometry((20, 30), (2, 4, 18, 28), 64),
]


def centre(values):
    """Return the centre of brightness (x, y), in pixel edges: a pixel's middle is at + 0.5."""
    rows, columns = np.indices(values.shape) + 0.5
    return np.array([(columns * values).sum(), (rows * values).sum()]) / values.sum()


def blob(shape, box):
    top, left, bottom, right = box
    film = np.zeros(shape, np.float32)
    height, width = bottom - top, right - left
    film[top + height // 4 : top + height // 2, left + width // 2 : left + 3 * width // 4] = 1
    return film


def on_input(geometry, point):
    """Where a point (x, y) of the film, in pixel edges, lies on the input."""
    top, left, bottom, right = geometry.box
    scale = geometry.size / np.array([right - left, bottom - top])
    return (np.array(point) - [left, top]) * scale


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=["whole", "crop", "enlarged"])
def test_what_is_on_the_film_lies_where_crop_and_scale_put_it(geometry):
    film = blob(geometry.film_shape, geometry.box)
    expected = on_input(geometry, centre(film))
    np.testing.assert_allclose(centre(geometry.to_input(film)), expected, atol=0.1)


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=["whole", "crop", "enlarged"])
@pytest.mark.parametrize("smooth", [True, False])
def test_to_film_is_the_inverse_of_crop_and_scale(geometry, smooth):
    seen = blob((geometry.size, geometry.size), (0, 0, geometry.size, geometry.size))
    back = centre(np.asarray(geometry.to_film(seen, smooth=smooth)))
    np.testing.assert_allclose(on_input(geometry, back), centre(seen), atol=0.5)


def test_outside_the_crop_the_film_is_filled():
    geometry = GEOMETRIES[1]
    film = geometry.to_film(np.ones((32, 32), np.float32), fill=-1)
    assert film.shape == (100, 80)
    assert (film == 1).sum() == 64 * 48
    assert set(film[:20].ravel()) == {-1}


def test_a_crop_that_leaves_the_film_is_refused():
    with pytest.raises(ConfigError, match="does not lie within a film of 100×80 px"):
        InputGeometry((100, 80), (0, 0, 101, 80), 32)


def test_a_box_gets_its_margin_as_far_as_the_film_reaches():
    geometry = InputGeometry.around((100, 80), (10, 2, 90, 62), 0.1, 32)
    assert geometry.box == (2, 0, 98, 68)
    assert InputGeometry.around((100, 80), (10, 2, 90, 62), 0, 32).box == (10, 2, 90, 62)
    assert InputGeometry.around((100, 80), (10, 2, 90, 62), -0.1, 32).box == (18, 8, 82, 56)


def test_pixels_may_be_normalised_by_what_a_part_of_them_shows():
    part = np.linspace(0.25, 0.5, 64, dtype=np.float32).reshape(8, 8)
    wider = np.concatenate([part, np.full((8, 8), 0.9, np.float32)])
    together = normalise(wider, "percentile", 0, 100, measured=part)
    np.testing.assert_allclose(together[:8], normalise(part, "percentile", 0, 100), atol=1e-6)
    assert (together[8:] == 1).all()
