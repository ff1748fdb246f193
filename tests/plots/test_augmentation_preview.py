"""The preview shows what training draws, on films of the data set."""

import numpy as np
import pytest

from xray_core.bundle import Preprocessing
from xray_core.datasets.open import open_dataset
from xray_core.plots.augmentation import CHANGED, GAP, SIDE, preview, samples
from xray_core.training.config import Augmentation

STILL = Augmentation(
    rotation=0, shift=0, zoom=0, shear=0, flip=0, gamma=0, contrast=0, cutout=0, frame=0, blur=0
)


@pytest.fixture
def shown(tmp_path, phantom_file):
    """A film of each of four labels; one more that cannot be read."""
    kinds = ("normal", "lobar", "interstitial", "peripheral")
    for kind, name in zip(kinds, ("NORMAL", "BACTERIAL", "VIRAL", "COVID-19"), strict=True):
        (tmp_path / name).mkdir()
        (tmp_path / name / "b.png").write_bytes(phantom_file(kind).read_bytes())
    (tmp_path / "NORMAL" / "a.png").write_bytes(b"Dear doctor,")
    return samples(open_dataset(tmp_path, hashed=False), Preprocessing(), 64)


def tiles(picture):
    return [picture[:, left : left + SIDE] for left in range(0, picture.shape[1], SIDE + GAP)]


def test_there_is_a_readable_film_of_each_label(shown):
    assert [sample.label for sample in shown] == ["BACTERIAL", "COVID-19", "NORMAL", "VIRAL"]


def test_without_augmentation_every_picture_is_the_film_itself(shown):
    plain, *changed = tiles(preview(shown, 0, STILL, 64, seed=1))
    assert len(changed) == CHANGED
    for tile in changed:
        assert np.abs(tile.astype(int) - plain).mean() < 3


def test_augmentation_changes_each_picture_in_its_own_way_and_a_seed_repeats_it(shown):
    how = Augmentation(rotation=45)
    first = preview(shown, 1, how, 64, seed=1)
    plain, *changed = tiles(first)
    for tile in changed:
        assert np.abs(tile.astype(int) - plain).mean() > 5
    assert np.abs(changed[0].astype(int) - changed[1]).mean() > 5
    np.testing.assert_array_equal(first, preview(shown, 1, how, 64, seed=1))
    assert (first != preview(shown, 1, how, 64, seed=2)).any()
