"""Local contrast and the border crop, the same in training and at inference."""

import numpy as np
import pytest

from xray_core.bundle import Preprocessing
from xray_core.imaging.clahe import equalise
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.lungs import frame_film
from xray_core.training.canvas import centre_of
from xray_core.training.preparation import FilmPreparation

FILM = draw_phantom(3, PhantomKind.NORMAL, size=256).pixels


def test_contrast_within_tiles_rises_and_values_stay_in_range():
    dull = 0.4 + 0.1 * FILM
    even = equalise(dull, 2.0)
    assert even.dtype == np.float32
    assert 0 <= even.min() <= even.max() <= 1
    assert even.std() > 1.5 * dull.std()
    assert equalise(dull, 0.0) is dull


def test_a_border_is_cut_off_in_shares_of_each_side():
    geometry = frame_film((200, 100), None, Preprocessing(crop="border", margin=0.1), 64)
    assert geometry.box == (20, 10, 180, 90)


@pytest.mark.parametrize("crop", ["none", "border"])
def test_the_middle_of_a_canvas_is_the_evened_view(crop):
    prepare = FilmPreparation(Preprocessing(crop=crop, margin=0.1, clahe=2.0), 64)
    middle = centre_of(prepare.canvas(FILM), 64).astype(np.float32) / 255
    assert np.abs(middle - prepare.view(FILM)).mean() < 0.04
