"""What is around the lungs is shown without them, and with no label of its own."""

import numpy as np
import pytest

from xray_core.training.batches import EpochBatches
from xray_core.training.films import TRAIN
from xray_core.training.hide_lungs import MARGIN, hide_lungs
from xray_core.training.loss import PartialLabelLoss

NORMAL = 0


def test_the_middle_is_one_grey_and_the_answer_is_to_be_even_odds():
    films = np.linspace(0, 1, 32 * 32, dtype=np.float32).reshape(1, 32, 32).repeat(2000, axis=0)
    plain = films[0].copy()
    label = np.eye(3, dtype=np.float32)[np.arange(2000) % 8 // 3]  # of the ill films 3 in 5 are 1
    own = np.hstack([label, label[::-1], np.full((2000, 1), 0.9, np.float32)])

    targets, told_hidden = hide_lungs(films, own, NORMAL, 0.5, np.random.default_rng(0))

    edge = int(np.ceil(MARGIN * 32))
    middle = films[:, edge:-edge, edge:-edge]
    hidden = np.ptp(middle, axis=(1, 2)) == 0
    assert hidden.mean() == pytest.approx(0.5, abs=0.04)
    np.testing.assert_array_equal(told_hidden, hidden)
    np.testing.assert_array_equal(films[~hidden], np.broadcast_to(plain, films[~hidden].shape))
    np.testing.assert_array_equal(targets[~hidden], own[~hidden])
    first, second, share = targets[hidden, :3], targets[hidden, 3:6], targets[hidden, 6]
    np.testing.assert_array_equal(first, np.tile([1, 0, 0], (len(first), 1)))
    assert (share == 0.5).all()
    for of_label in label[hidden].T == 1:  # whatever the film's own label
        assert second[of_label].mean(axis=0) == pytest.approx([0, 0.6, 0.4], abs=0.06)


def test_the_loss_is_least_at_even_odds():
    films = np.zeros((8, 16, 16), np.float32)
    label = np.eye(4, dtype=np.float32)[np.arange(8) % 4]
    own = np.hstack([label, label, np.ones((8, 1), np.float32)])
    targets, _ = hide_lungs(films, own, NORMAL, 1.0, np.random.default_rng(3))

    def loss(p_pneumonia: float) -> float:
        p = np.array([1 - p_pneumonia, *[p_pneumonia / 3] * 3])
        return float(np.mean(PartialLabelLoss()(targets, np.tile(np.log(p), (8, 1)))))

    assert loss(0.5) < min(loss(0.45), loss(0.55))


def test_a_batch_without_any_ill_film_asks_for_even_odds_all_the_same():
    own = np.tile(np.float32([1, 0, 0, 1, 0, 0, 1]), (4, 1))
    targets, _ = hide_lungs(
        np.zeros((4, 16, 16), np.float32), own, NORMAL, 1.0, np.random.default_rng(0)
    )
    np.testing.assert_array_equal(targets, np.tile(np.float32([1, 0, 0, 0, 1, 1, 0.5]), (4, 1)))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_run_hides_what_it_is_asked_to(drawn_films, quick_config, share):
    how = quick_config.augmentation.model_copy(update={"hide_lungs": share, "mixup": 0})
    chosen = quick_config.model_copy(update={"augmentation": how})
    films, _ = EpochBatches(drawn_films[TRAIN], chosen, epoch=0)[0]

    edge = films.shape[1] // 4
    middle = films[:, edge:-edge, edge:-edge, 0]
    assert ((np.ptp(middle, axis=(1, 2)) == 0) == (share == 1)).all()


def test_hidden_films_keep_their_weight(drawn_films, quick_config):
    def batch(hidden: float) -> tuple:
        how = quick_config.augmentation.model_copy(update={"hide_lungs": hidden})
        update = {"augmentation": how, "imbalance": "class-weights"}
        return EpochBatches(drawn_films[TRAIN], quick_config.model_copy(update=update), epoch=0)[0]

    (_, plain, weights), (_, targets, kept) = batch(0.0), batch(1.0)
    assert targets.shape == plain.shape and (targets[:, -1] == 0.5).all()
    np.testing.assert_array_equal(kept, weights)
