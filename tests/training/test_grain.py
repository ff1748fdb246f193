"""Grain lies over films as often and as strongly as it is said to, and teachers do not see it."""

import numpy as np
import pytest

from xray_core.training.batches import EpochBatches
from xray_core.training.films import TRAIN
from xray_core.training.grain import RANGE, lay_grain

K = 4
STRONGEST = 0.06
WEAKEST = STRONGEST / RANGE


def test_some_films_get_grain_of_many_strengths_and_the_others_stay():
    films = np.full((400, 24, 24), 0.5, np.float32)
    lay_grain(films, 0.5, STRONGEST, np.random.default_rng(0))
    strengths = films.std(axis=(1, 2))
    assert 160 < (strengths > 0).sum() < 240
    assert (films[strengths == 0] == 0.5).all()
    grainy = strengths[strengths > 0]
    assert grainy.min() < 1.3 * WEAKEST and grainy.max() > 0.7 * STRONGEST
    assert grainy.max() < 1.3 * STRONGEST
    assert np.median(grainy) == pytest.approx(np.sqrt(WEAKEST * STRONGEST), rel=0.3)


def test_grain_has_several_sizes():
    films = np.full((60, 64, 64), 0.5, np.float32)
    lay_grain(films, 1.0, STRONGEST, np.random.default_rng(0))
    near = [np.corrcoef(f[:, 1:].ravel(), f[:, :-1].ravel())[0, 1] for f in films]
    assert min(near) < 0.1 and max(near) > 0.5


def test_grey_values_stay_in_range():
    films = np.stack([np.zeros((32, 32)), np.ones((32, 32))]).astype(np.float32)
    lay_grain(films, 1.0, STRONGEST, np.random.default_rng(3))
    assert 0 <= films.min() <= films.max() <= 1 and films.dtype == np.float32
    assert films[0].max() > 0 and films[1].min() < 1


def test_a_teacher_is_asked_of_the_film_without_it(drawn_films, quick_config):
    """Batches are the same, drawn from the same numbers, up to the grain."""
    asked = []

    def teacher(films):
        asked.append(films.copy())
        return np.full((len(films), K), 1 / K, np.float32)

    how = quick_config.augmentation.model_copy(update={"grain": 1.0, "hide_lungs": 0.0})
    config = quick_config.changed({"augmentation": how.model_dump()})
    films, targets, *_ = EpochBatches(drawn_films[TRAIN], config, 0, teacher)[0]
    clean, labels, *_ = EpochBatches(drawn_films[TRAIN], quick_config, 0)[0]
    np.testing.assert_array_equal(asked[0], clean)
    assert (np.abs(films - clean).max(axis=(1, 2, 3)) > 0).all()
    np.testing.assert_array_equal(targets[:, : 2 * K + 1], labels)
