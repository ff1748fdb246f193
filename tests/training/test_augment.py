"""Augmentation changes films within bounds, and always in the same way for the same key."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.training.augment import augment, mix
from xray_core.training.config import Augmentation

CANVASES = [
    np.rint(draw_phantom(seed, PhantomKind.NORMAL, size=80).pixels * 255).astype(np.uint8)
    for seed in (1, 2)
]
STILL = Augmentation(
    rotation=0, shift=0, zoom=0, shear=0, flip=0, gamma=0, contrast=0, cutout=0, frame=0, blur=0
)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([32, 64]))
def test_films_stay_films(seed: int, size: int) -> None:
    before = CANVASES[0].copy()
    films = [
        augment(CANVASES[0], CANVASES[1], size, Augmentation(), np.random.default_rng(seed))
        for _ in range(2)
    ]
    assert films[0].shape == (size, size)
    assert films[0].dtype == np.float32
    assert 0 <= films[0].min() <= films[0].max() <= 1
    np.testing.assert_array_equal(films[0], films[1])
    np.testing.assert_array_equal(CANVASES[0], before)


def test_nothing_asked_for_nothing_changed() -> None:
    film = augment(CANVASES[0], CANVASES[1], 80, STILL, np.random.default_rng(0))
    np.testing.assert_allclose(film, CANVASES[0] / 255, atol=1e-6)


def test_a_flip_is_a_mirror_image() -> None:
    flip = STILL.model_copy(update={"flip": 1.0})
    film = augment(CANVASES[0], CANVASES[1], 80, flip, np.random.default_rng(0))
    np.testing.assert_allclose(film, CANVASES[0][:, ::-1] / 255, atol=0.005)


def test_a_replaced_frame_leaves_the_middle() -> None:
    frame = STILL.model_copy(update={"frame": 1.0})
    film = augment(CANVASES[0], CANVASES[1], 80, frame, np.random.default_rng(3))
    plain = CANVASES[0] / 255
    np.testing.assert_allclose(film[15:-15, 15:-15], plain[15:-15, 15:-15], atol=1e-6)
    assert not np.allclose(film[0], plain[0], atol=0.02)


@pytest.mark.parametrize("alpha", [0.0, 0.2, 1.0])
def test_mixing_keeps_both_labels_and_the_larger_share_first(alpha: float) -> None:
    rng = np.random.default_rng(0)
    films = rng.random((16, 8, 8, 1), dtype=np.float32)
    targets = np.eye(4, dtype=np.float32)[np.arange(16) % 4]
    mixed, packed = mix(films, targets, alpha, rng)
    share = packed[:, -1]
    np.testing.assert_array_equal(packed[:, :4], targets)
    assert ((share >= 0.5) & (share <= 1)).all()
    if alpha == 0:
        np.testing.assert_array_equal(mixed, films)
    else:
        assert not np.allclose(mixed, films)
