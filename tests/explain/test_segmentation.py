"""Films divide into about the superpixels asked for, by every method in the list."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import label
from skimage.segmentation import quickshift

from xray_core.errors import ExplanationError
from xray_core.explain import segmentation
from xray_core.explain.segmentation import SEGMENTERS, divide, segmenter
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.phantom import PhantomKind, draw_phantom

NAMES = [spec.name for spec in SEGMENTERS]


@pytest.fixture(scope="module")
def film():
    pixels = draw_phantom(3, PhantomKind.LOBAR, size=256).pixels
    return InputGeometry.whole(pixels.shape, 160).to_input(pixels)


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_default_number_at_160_px_is_30_to_80(name, film):
    segments = divide(film, name, 60, 0)
    assert segments.shape == film.shape
    assert segments.dtype == np.int32
    assert 30 <= segments.max() + 1 <= 80


@pytest.mark.parametrize("name", NAMES)
def test_numbers_have_no_gaps_and_repeat(name, film):
    segments = divide(film, name, 40, 5)
    assert np.array_equal(np.unique(segments), np.arange(segments.max() + 1))
    assert np.array_equal(segments, divide(film, name, 40, 5))


@pytest.mark.parametrize("name", NAMES)
def test_more_are_made_when_more_are_wanted(name, film):
    assert divide(film, name, 120, 0).max() > 1.5 * divide(film, name, 30, 0).max()


def test_grid_cells_are_whole_and_nearly_equal(film):
    segments = divide(film, "grid", 60, 0)
    areas = np.bincount(segments.ravel())
    assert areas.std() / areas.mean() < 0.35
    assert all(label(segments == number)[1] == 1 for number in range(len(areas)))


def test_grid_follows_a_straight_edge():
    film = np.full((160, 160), 0.2, np.float32)
    film[:, 90:] = 0.8
    segments = divide(film, "grid", 60, 0)
    crossing = [len(np.unique(film[segments == n])) > 1 for n in range(segments.max() + 1)]
    inside = np.isin(segments, np.flatnonzero(crossing))
    across = sum(
        min((film[segments == n] < 0.5).sum(), (film[segments == n] > 0.5).sum())
        for n in np.flatnonzero(crossing)
    )
    # A grid that ignored the edge would leave half a cell of each of eight rows on its wrong side.
    assert across < 0.01 * film.size, inside.mean()


@pytest.mark.parametrize("wanted", [4, 12])
def test_quick_shift_of_large_superpixels_takes_no_large_kernel(film, wanted, monkeypatch):
    large, kernels = cv2.resize(film, (512, 512), interpolation=cv2.INTER_LINEAR), []

    def noted(picture, *, kernel_size, **how):
        kernels.append(kernel_size)
        assert kernel_size <= 8, "it takes minutes, and cannot be stopped"
        return quickshift(picture, kernel_size=kernel_size, **how)

    monkeypatch.setattr(segmentation, "quickshift", noted)
    segments = divide(large, "quickshift", wanted, 0)
    assert kernels and segments.shape == large.shape
    assert wanted / 3 <= segments.max() + 1 <= 3 * wanted


@pytest.mark.parametrize("name", NAMES)
def test_a_flat_film_divides_somehow(name):
    segments = divide(np.full((96, 96), 0.5, np.float32), name, 60, 0)
    assert segments.shape == (96, 96)


def test_an_unknown_name_is_refused_with_those_allowed():
    with pytest.raises(ExplanationError, match=r"'voronoi' is not one of grid, slic"):
        segmenter("voronoi")
