"""What is around the lungs is shown without them, and with no label of its own."""

import numpy as np
import pytest

from xray_core.training.batches import EpochBatches
from xray_core.training.films import TRAIN
from xray_core.training.hide_lungs import MARGIN, hide_lungs


def test_the_middle_is_one_grey_and_the_label_says_nothing():
    films = np.linspace(0, 1, 32 * 32, dtype=np.float32).reshape(1, 32, 32).repeat(2000, axis=0)
    plain = films[0].copy()
    own = np.eye(2, dtype=np.float32)[np.arange(2000) % 4 // 3]

    targets = hide_lungs(films, own, 0.5, np.random.default_rng(0))

    edge = int(np.ceil(MARGIN * 32))
    middle = films[:, edge:-edge, edge:-edge]
    hidden = np.ptp(middle, axis=(1, 2)) == 0
    assert hidden.mean() == pytest.approx(0.5, abs=0.04)
    np.testing.assert_array_equal(films[~hidden], np.broadcast_to(plain, films[~hidden].shape))
    np.testing.assert_array_equal(targets[~hidden], own[~hidden])
    for label in (0, 1):  # whatever the film's own label, a quarter of the others' is the second
        of_label = hidden & (own[:, label] == 1)
        assert targets[of_label, 1].mean() == pytest.approx(0.25, abs=0.06)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_run_hides_what_it_is_asked_to(drawn_films, quick_config, share):
    how = quick_config.augmentation.model_copy(update={"hide_lungs": share, "mixup": 0})
    chosen = quick_config.model_copy(update={"augmentation": how})
    films, _ = EpochBatches(drawn_films[TRAIN], chosen, epoch=0)[0]

    edge = films.shape[1] // 4
    middle = films[:, edge:-edge, edge:-edge, 0]
    assert ((np.ptp(middle, axis=(1, 2)) == 0) == (share == 1)).all()
