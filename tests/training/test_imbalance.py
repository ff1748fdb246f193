"""What evens out classes: which films an epoch draws, and what they weigh."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from xray_core.training.batches import EpochBatches
from xray_core.training.films import TRAIN
from xray_core.training.imbalance import class_weights, draw_order
from xray_core.training.loss import PartialLabelLoss
from xray_core.training.phantom_films import PHANTOM

RARE = "VIRAL"


@pytest.fixture
def films(drawn_films):
    """24 films, 3 of them viral."""
    found = drawn_films[TRAIN]
    labels = [RARE if i < 3 else "NORMAL" for i in range(24)]
    return replace(found, table=found.table.assign(label=labels))


def order_of(films, config, imbalance, count=48, **more):
    chosen = config.model_copy(update={"imbalance": imbalance, "films_per_epoch": count, **more})
    return draw_order(films, chosen, np.random.default_rng(0))


@pytest.mark.parametrize("imbalance", ["none", "class-weights", "focal"])
def test_every_film_comes_once_before_any_comes_again(films, quick_config, imbalance):
    order = order_of(films, quick_config, imbalance)
    assert sorted(order[:24]) == sorted(order[24:]) == list(range(24))
    assert len(order_of(films, quick_config, imbalance, count=10)) == 10


def test_oversampling_repeats_the_rare_until_classes_are_equal(films, quick_config):
    order = order_of(films, quick_config, "oversampling", count=42)
    assert Counter(films.table["label"].iloc[order]) == {RARE: 21, "NORMAL": 21}
    assert set(order) == set(range(24))


def test_phantoms_keep_their_share_however_films_are_drawn(films, quick_config):
    sources = [PHANTOM if i >= 20 else "phantoms" for i in range(24)]
    mixed = replace(films, table=films.table.assign(source=sources))
    share = quick_config.phantoms.model_copy(update={"films": 4, "share": 0.25})
    order = order_of(mixed, quick_config, "none", count=40, phantoms=share)
    assert (order >= 20).sum() == 10
    assert len(order) == 40


def test_class_weights_make_each_class_weigh_as_much(films, quick_config):
    chosen = quick_config.model_copy(update={"imbalance": "class-weights"})
    weights = class_weights(films, chosen)
    assert weights[:3].sum() == pytest.approx(weights[3:].sum()) == pytest.approx(12)
    assert class_weights(films, quick_config) is None


@pytest.mark.parametrize("mixup", [0.0, 0.4])
def test_weights_come_with_their_films(films, quick_config, mixup):
    update = {
        "imbalance": "class-weights",
        "augmentation": quick_config.augmentation.model_copy(update={"mixup": mixup}),
    }
    chosen = quick_config.model_copy(update=update)
    batches = EpochBatches(films, chosen, epoch=0)
    _, targets, weights = batches[0]
    assert targets.shape == (8, 9)
    own = class_weights(films, chosen)[batches.order[:8]]
    if mixup:
        assert weights.min() >= own.min() - 1e-6
        assert weights.max() <= 4 + 1e-6
    else:
        np.testing.assert_allclose(weights, own)


def test_the_focal_loss_counts_what_is_easy_less():
    logits = np.array([[4.0, 0.0], [0.0, 4.0]], np.float32)
    packed = np.array([[1, 0, 1, 0, 1]] * 2, np.float32)
    p = np.exp(4) / (1 + np.exp(4))
    expected = [(1 - p) ** 2 * -np.log(p), p**2 * -np.log(1 - p)]
    found = np.asarray(PartialLabelLoss(focus=2.0).call(packed, logits))
    np.testing.assert_allclose(found, expected, rtol=1e-4)
