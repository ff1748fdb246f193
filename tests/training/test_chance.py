"""Chance inside a network: dropout has streams of its own, and the same ones after a resume."""

import keras
import numpy as np
import pytest

from xray_core.networks.registry import network
from xray_core.training.chance import scale_stochastic_depth, seed_chance

ONES = np.ones((1, 4000), np.float32)


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    film = keras.Input((4000,))
    first = keras.layers.Dropout(0.5)(film)
    second = keras.layers.Dropout(0.5)(film)
    return keras.Model(film, [first, second])


def dropped(model, seed, epoch, steps=1):
    """Return which numbers each layer has dropped at each step, bool (steps, 2, 4000)."""
    seed_chance(model, seed, epoch)
    return np.array([[np.asarray(out)[0] == 0 for out in model(ONES, training=True)]
                     for _ in range(steps)])  # fmt: skip


def agree(one, other):
    return float(np.mean(one == other))


def test_layers_do_not_drop_the_same(model):
    ((first, second),) = dropped(model, seed=1, epoch=0)
    assert agree(first, second) == pytest.approx(0.5, abs=0.05)


def test_an_epoch_does_not_repeat_the_one_before(model):
    before, after = (dropped(model, seed=1, epoch=e, steps=3)[:, 0] for e in (0, 1))
    for one in before:
        for other in after:
            assert agree(one, other) == pytest.approx(0.5, abs=0.05)


def test_the_same_seed_and_epoch_drop_the_same_and_another_seed_does_not(model):
    once, again, other = (dropped(model, seed, epoch=4)[0, 0] for seed in (1, 1, 2))
    assert agree(once, again) == 1
    assert agree(once, other) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_blocks_are_left_out_as_often_as_is_asked_and_other_dropout_stays(share):
    model = network("efficientnet-lite").build(64, 4)
    rates = {layer.name: layer.rate for layer in model.layers if hasattr(layer, "noise_shape")}
    blocks = {name: rate for name, rate in rates.items() if name.startswith("stage")}
    assert max(blocks.values()) > 0.05 and len(rates) > len(blocks)
    scale_stochastic_depth(model, share)
    for name, rate in rates.items():
        assert model.get_layer(name).rate == pytest.approx(rate * (share if name in blocks else 1))
