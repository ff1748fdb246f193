"""A changed film keeps its mask with it, and its pose says what is left of the chest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.networks.poses import POSES
from xray_core.training.segmenter.augment import change
from xray_core.training.segmenter.config import Changes
from xray_core.training.segmenter.no_chest import draw_no_chest, scramble

NAMES = (
    *("turned", "cut", "shrunk", "inverted", "gamma", "opacified", "hidden", "frame"),
    *("blur", "noise", "no_chest"),
)
NEVER = dict.fromkeys(NAMES, 0.0)
MOVED = Changes(gentle=0.0, rotation=0.0, **NEVER)
ALWAYS = Changes(
    gentle=0.0, **dict.fromkeys(NAMES, 1.0) | {"turned": 0.3, "cut": 0.3, "shrunk": 0.4}
)


def canvas(side=96):
    """A grey film with two bright lungs that are masked, and an ignored strip between them."""
    made = np.full((side, side, 4), 0, np.uint8)
    made[..., 0] = 60
    made[24:72, 20:40, :2] = (200, 255)
    made[24:72, 56:76, 0], made[24:72, 56:76, 2] = 200, 255
    made[24:72, 40:56, 3] = 255
    return made


def test_the_mask_goes_with_the_film():
    for seed in range(20):
        example = change(canvas(), canvas(), 64, MOVED, np.random.default_rng(seed))
        inside = example.film[example.lungs > 0.99]
        assert len(inside) > 100
        assert np.ptp(inside) < 0.03


def test_what_is_ignored_is_not_scored():
    example = change(canvas(), canvas(), 64, MOVED, np.random.default_rng(0))
    assert example.weight.min() == 0
    assert example.weight[example.lungs > 0.95].min() > 0.9


def test_upright_and_turned_are_told():
    turned = MOVED.model_copy(update={"turned": 1.0})
    for how, name in ((MOVED, "upright"), (turned, "turned")):
        poses = [
            change(canvas(), canvas(), 64, how, np.random.default_rng(seed)).pose
            for seed in range(10)
        ]
        assert all(pose[POSES.index(name)] == 1 for pose in poses)


def test_gentle_films_are_neither_turned_nor_cut():
    gentle = ALWAYS.model_copy(update={"gentle": 1.0})
    for seed in range(20):
        example = change(canvas(), canvas(), 64, gentle, np.random.default_rng(seed))
        assert example.pose[POSES.index("upright")] == 1
        assert np.ptp(example.film[example.lungs > 0.99]) < 0.03


def test_most_cuts_leave_no_pair_or_one_that_is_not_learnt():
    cut = MOVED.model_copy(update={"cut": 1.0})
    poses = np.array(
        [
            change(canvas(), canvas(), 64, cut, np.random.default_rng(seed)).pose
            for seed in range(60)
        ]
    )
    assert poses[:, POSES.index("no pair")].sum() > 15
    assert poses[:, POSES.index("turned")].sum() == 0


@pytest.mark.parametrize("size", [32, 96])
@given(seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=40)
def test_whatever_is_changed_stays_in_range(size, seed):
    example = change(canvas(), canvas()[::-1], size, ALWAYS, np.random.default_rng(seed))
    for part in (example.film, example.lungs, example.weight):
        assert part.shape == (size, size)
        assert part.dtype == np.float32
        assert 0 <= part.min() <= part.max() <= 1
    assert example.pose.sum() in (0, 1)


@given(seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=40)
def test_pictures_without_a_chest_are_pictures(seed):
    rng = np.random.default_rng(seed)
    for picture in (draw_no_chest(64, rng), scramble(canvas()[..., 0], rng)):
        assert picture.dtype == np.uint8
        assert picture.shape[0] == picture.shape[1]


def test_a_scrambled_film_is_not_the_film():
    film = np.random.default_rng(0).integers(0, 256, (96, 96), dtype=np.uint8)
    for seed in range(20):
        assert not np.array_equal(scramble(film, np.random.default_rng(seed)), film)
