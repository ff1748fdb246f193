import cv2
import numpy as np
import pytest

from xray_core.datasets.hashing import perceptual_hash
from xray_core.datasets.open import open_dataset


def bits_apart(one, other):
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.fixture
def pixels():
    coarse = np.random.default_rng(3).random((12, 12), np.float32)
    return np.clip(cv2.resize(coarse, (300, 260), interpolation=cv2.INTER_CUBIC), 0, 1)


def test_a_hash_is_64_bits_in_hexadecimal(pixels):
    digits = perceptual_hash(pixels)
    assert len(digits) == 16
    assert 0 < int(digits, 16) < 2**64


@pytest.mark.parametrize(
    "change",
    [
        lambda p: cv2.resize(p, (224, 224), interpolation=cv2.INTER_AREA),
        lambda p: p * 0.7 + 0.1,
        lambda p: p + np.random.default_rng(0).normal(0, 0.02, p.shape).astype(np.float32),
    ],
    ids=["resized", "darker", "noisy"],
)
def test_the_same_film_under_other_bytes_is_near(pixels, change):
    assert bits_apart(perceptual_hash(pixels), perceptual_hash(change(pixels))) <= 6


def test_another_film_is_far(pixels):
    distance = bits_apart(perceptual_hash(pixels), perceptual_hash(pixels[:, ::-1].copy()))
    assert distance > 16


def test_a_flat_film_has_a_hash():
    assert len(perceptual_hash(np.full((64, 64), 0.5, np.float32))) == 16


@pytest.mark.real
def test_a_full_size_film_is_near_its_small_copy(real_data):
    small = open_dataset(real_data / "chest_xray")
    names = {path.rsplit("/", 1)[1]: i for i, path in enumerate(small.table["path"])}
    large = open_dataset(real_data / "fullres_samples")
    for i, path in enumerate(large.table["path"]):
        copy = small.read(names[path.rsplit("/", 1)[1]])
        one, other = perceptual_hash(large.read(i).pixels), perceptual_hash(copy.pixels)
        assert bits_apart(one, other) <= 10, path
