"""Films are prepared for training as inference sees them, blanked ones by the intact one's crop."""

import cv2
import numpy as np
import pytest

from xray_core.bundle import Preprocessing
from xray_core.evaluation.shortcuts import blank_frame, blank_lungs
from xray_core.imaging.geometry import InputGeometry, normalise
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.lungs import frame_film, load_lung_finder
from xray_core.training import preparation
from xray_core.training.canvas import centre_of
from xray_core.training.preparation import FilmPreparation

SIZE = 64
CROPPED = Preprocessing(crop="lungs")


@pytest.fixture(scope="module")
def film():
    return draw_phantom(3, PhantomKind.LOBAR, size=320).pixels


def seen(pixels, geometry):
    return normalise(geometry.to_input(pixels), "percentile")


def test_a_whole_film_is_prepared_whole(film):
    prepare = FilmPreparation(Preprocessing(), SIZE)
    whole = InputGeometry.whole(film.shape, SIZE)
    views = prepare.views(film)
    for view, pixels in zip(views, (film, blank_lungs(film), blank_frame(film)), strict=True):
        np.testing.assert_array_equal(view, seen(pixels, whole))
    np.testing.assert_array_equal(prepare.view(film), views[0])


def test_blanked_films_are_cropped_where_the_intact_one_is(film):
    lungs = load_lung_finder("kerley-lungs-1").find(film)
    assert lungs.plausible
    crop = frame_film(film.shape, lungs, CROPPED, SIZE)
    assert crop.box != (0, 0, *film.shape)
    views = FilmPreparation(CROPPED, SIZE).views(film)
    for view, pixels in zip(views, (film, blank_lungs(film), blank_frame(film)), strict=True):
        np.testing.assert_array_equal(view, seen(pixels, crop))


def test_large_films_are_made_small_for_training_as_for_inference():
    large = draw_phantom(3, PhantomKind.LOBAR, size=640).pixels
    small = cv2.resize(large, (320, 320), interpolation=cv2.INTER_AREA)
    prepare = FilmPreparation(Preprocessing(longest=320), 100)
    np.testing.assert_allclose(prepare.view(large), prepare.view(small), atol=1e-6)
    np.testing.assert_array_equal(prepare.canvas(large), prepare.canvas(small))


def test_the_lungs_are_looked_for_once_a_film(film, monkeypatch):
    finder = load_lung_finder("kerley-lungs-1")
    found = []
    monkeypatch.setattr(preparation, "load_lung_finder", lambda name: finder)
    find = finder.find
    monkeypatch.setattr(finder, "find", lambda pixels: found.append(1) or find(pixels))
    FilmPreparation(CROPPED, SIZE).views(film)
    assert len(found) == 1


def test_the_middle_of_a_canvas_is_what_inference_sees(film):
    prepare = FilmPreparation(Preprocessing(), SIZE)
    canvas = prepare.canvas(film)
    assert canvas.dtype == np.uint8
    middle = centre_of(canvas, SIZE).astype(np.float32) / 255
    assert np.abs(middle - prepare.view(film)).mean() < 0.03
