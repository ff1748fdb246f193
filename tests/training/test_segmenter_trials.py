"""The changes by which a lung finder is tried do what they are called."""

import numpy as np
import pytest

from xray_core.training.segmenter.films import MaskedFilm
from xray_core.training.segmenter.trials import HARMLESS, OPACIFIED


@pytest.fixture
def film() -> MaskedFilm:
    """Two dark lungs in a brighter chest, the left one of them with a bright spot, 60 × 100 px."""
    lungs = np.zeros((60, 100), bool)
    lungs[15:45, 15:40] = lungs[15:45, 60:85] = True
    pixels = np.where(lungs, 0.2, 0.6).astype(np.float32)
    pixels[20, 20] = 1.0
    return MaskedFilm(pixels, lungs, np.zeros_like(lungs))


@pytest.mark.parametrize(("name", "columns"), [(OPACIFIED[0], 50), (OPACIFIED[1], 100)])
def test_a_lung_is_made_dense_by_its_mask_and_nothing_else_is(film, name, columns):
    found = HARMLESS[name](film)
    dense = film.lungs & (np.arange(100) < columns)
    assert found.pixels[dense].min() == pytest.approx(0.6)
    assert found.pixels[20, 20] == 1.0, "what is denser stays"
    np.testing.assert_array_equal(found.pixels[~dense], film.pixels[~dense])
    np.testing.assert_array_equal(found.lungs, film.lungs)


def test_a_mask_is_tilted_with_its_film(film):
    found = HARMLESS["tilted by 20 degrees"](film)
    assert found.pixels.shape == found.lungs.shape == (60, 100)
    assert found.pixels.dtype == np.float32 and found.lungs.dtype == bool
    assert found.lungs.sum() == pytest.approx(film.lungs.sum(), rel=0.03)
    assert (found.lungs != film.lungs).mean() > 0.05
    assert ((found.pixels > 0.1) & (found.pixels < 0.4))[found.lungs].mean() > 0.9
    assert found.pixels[0, 0] == 0, "corners are black"
    left = np.nonzero(found.lungs[:, :50])[0].mean(), np.nonzero(found.lungs[:, 50:])[0].mean()
    assert left[0] > left[1], "against the clock the left side sinks"
