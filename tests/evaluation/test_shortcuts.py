"""What a model knows without the lungs, and without the frame, is measured and not supposed."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xray_core.datasets.open import open_dataset
from xray_core.evaluation.evaluate import evaluate
from xray_core.evaluation.shortcuts import (
    GREY,
    blank_frame,
    blank_lungs,
    blanked_inputs,
    shortcut_figures,
    shortcuts_to_json,
)
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.inference import Classifier
from xray_core.labels import BACTERIAL, COVID, FOUR_CLASSES, NORMAL, THREE_CLASSES

SHAPES = st.tuples(st.integers(1, 90), st.integers(1, 90))


@given(SHAPES, st.integers(0, 2**32 - 1))
def test_a_film_is_its_two_blanked_films_put_together(shape, seed):
    film = np.random.default_rng(seed).random(shape, np.float32)
    before = film.copy()
    frame, lungs = blank_lungs(film), blank_frame(film)
    assert frame.shape == lungs.shape == shape
    assert frame.dtype == lungs.dtype == np.float32
    np.testing.assert_array_equal(np.where(frame == GREY, lungs, frame), film)
    assert ((frame == GREY) | (lungs == GREY)).all()
    np.testing.assert_array_equal(film, before)


@pytest.mark.parametrize("shape", [(100, 100), (200, 100), (900, 1300)])
def test_the_centre_is_three_quarters_of_height_and_width(shape):
    gone = blank_lungs(np.zeros(shape, np.float32)) == GREY
    rows, columns = gone.any(axis=1), gone.any(axis=0)
    assert (rows.mean(), columns.mean()) == (0.76, 0.76)
    assert gone.mean() == pytest.approx(0.76**2)
    np.testing.assert_array_equal(gone, gone[::-1, ::-1])
    left = blank_frame(np.zeros(shape, np.float32)) == GREY
    np.testing.assert_array_equal(left, ~gone)


def test_the_crop_stays_where_the_intact_film_had_it():
    film = np.random.default_rng(0).uniform(0.6, 1, (200, 300)).astype(np.float32)
    geometry = InputGeometry(film.shape, (0, 0, 100, 150), 50)
    without_lungs, without_frame = blanked_inputs(film, geometry.to_input)
    # The crop is the upper left quarter: of it, the frame is the first 24 rows and 36 columns.
    intact = geometry.to_input(film)
    np.testing.assert_array_equal(without_lungs[:12], intact[:12])
    np.testing.assert_array_equal(without_lungs[:, :12], intact[:, :12])
    assert (without_lungs[12:, 12:] == GREY).all()
    np.testing.assert_array_equal(without_frame[12:, 12:], intact[12:, 12:])
    assert (without_frame[:12] == GREY).all()


class LooksAt(Classifier):
    """A classifier that sees only whether one place of its input is white.

    Its greys are those of the film: percentiles would carry news of one place to the others.
    """

    def __init__(self, other, place):
        self.__dict__.update(other.__dict__)
        self.place = place
        self.films_seen = 0

    def see(self, film):
        self.films_seen += 1
        return super().see(film)

    def to_input(self, pixels, geometry):
        return geometry.to_input(pixels)

    def probabilities(self, batch):
        p = np.where(batch[(slice(None), *self.place)].mean(axis=(1, 2)) > 0.9, 0.9, 0.1)
        return np.stack([1 - p, p, 0 * p, 0 * p], axis=1).astype(np.float32)


CORNER = slice(0, 4), slice(0, 4)
MIDDLE = slice(12, 20), slice(12, 20)


@pytest.fixture
def films(tmp_path):
    """Films with a white marker and a white lung; each misleads on another one film in six."""
    for i in range(12):
        ill = i % 2
        film = 0.2 + 0.4 * draw_phantom(i, PhantomKind.NORMAL, size=96).pixels
        film[:12, :12] = float(ill) if i != 4 else 1.0
        film[36:60, 36:60] = float(ill) if i != 7 else 0.0
        folder = tmp_path / ("BACTERIAL" if ill else "NORMAL")
        folder.mkdir(exist_ok=True)
        cv2.imwrite(str(folder / f"p{i}.png"), (film * 255).astype(np.uint8))
    return open_dataset(tmp_path)


def test_a_model_of_the_frame_keeps_its_auc_without_lungs_and_knows_nothing_without_frame(
    films, tiny_classifier
):
    out = evaluate(LooksAt(tiny_classifier, CORNER), films).to_json()
    assert out["auc"] == pytest.approx(11 / 12)
    assert (out["auc_lungs_blanked"], out["auc_lungs_blanked_ci"]) == (out["auc"], out["auc_ci"])
    assert (out["auc_frame_blanked"], out["auc_frame_blanked_ci"]) == (0.5, [0.5, 0.5])


def test_a_model_of_the_lungs_knows_nothing_without_them_and_keeps_its_auc_without_frame(
    films, tiny_classifier
):
    model = LooksAt(tiny_classifier, MIDDLE)
    out = evaluate(model, films).to_json()
    assert out["auc"] == pytest.approx(11 / 12)
    assert (out["auc_frame_blanked"], out["auc_frame_blanked_ci"]) == (out["auc"], out["auc_ci"])
    assert (out["auc_lungs_blanked"], out["auc_lungs_blanked_ci"]) == (0.5, [0.5, 0.5])
    assert model.films_seen == len(films)  # once each: the crop is that of the intact film


def test_films_of_one_kind_give_null(films, tiny_classifier):
    healthy = films.subset(films.table["label"] == NORMAL)
    out = evaluate(LooksAt(tiny_classifier, CORNER), healthy).to_json()
    for name in ("auc_lungs_blanked", "auc_frame_blanked"):
        assert (out[name], out[f"{name}_ci"]) == (None, None)


def test_films_that_the_task_has_no_place_for_do_not_count():
    p = np.zeros((4, 2, 3))
    p[:, :, 0] = [[0.9, 0.5], [0.1, 0.5], [0.1, 0.5], [0.9, 0.9]]
    labels = [frozenset({name}) for name in (NORMAL, BACTERIAL, BACTERIAL, COVID)]
    found = shortcut_figures(p, labels, list("abcd"), THREE_CLASSES)
    assert found["auc_lungs_blanked"].value == 1.0
    assert found["auc_frame_blanked"].value == 0.5


def test_no_film_gives_null():
    found = shortcut_figures(np.empty((0, 2, 4)), [], [], FOUR_CLASSES)
    assert set(shortcuts_to_json(found).values()) == {None}
