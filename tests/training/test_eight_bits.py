"""A network that trains with rounding in place gives what its quick form of eight bits gives."""

import keras
import numpy as np
import pytest
from keras import Model, layers

from xray_core.bundle.lite import LITE_FILE, LiteNetwork, write_lite
from xray_core.training.eight_bits import round_kernel, round_map, simulated_eight_bits

RNG = np.random.default_rng(0)
FILMS = RNG.random((48, 24, 24, 1), dtype=np.float32) ** RNG.uniform(0.2, 4, (48, 1, 1, 1))
FILMS = FILMS.astype(np.float32)


def _model() -> Model:
    keras.utils.set_random_seed(3)
    film = layers.Input((24, 24, 1))
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="stem")(film)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    y = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    y = layers.ReLU(6.0)(layers.BatchNormalization()(y))
    y = layers.BatchNormalization(name="project")(layers.Conv2D(8, 1, use_bias=False)(y))
    x = layers.Add(name="add")([x, y])
    return Model(film, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))


def test_what_is_simulated_is_what_the_quick_form_does(tmp_path):
    model = _model()
    exact = model.predict(FILMS, verbose=0)
    with simulated_eight_bits(model):
        simulated = model.predict(FILMS, batch_size=len(FILMS), verbose=0)
    write_lite(model, tmp_path / LITE_FILE, FILMS)
    quick = LiteNetwork(tmp_path / LITE_FILE)(FILMS)

    changed, expected = (quick - exact).ravel(), (simulated - exact).ravel()
    assert np.abs(changed).max() > 0
    assert np.corrcoef(changed, expected)[0, 1] > 0.3
    np.testing.assert_array_equal(model.predict(FILMS, verbose=0), exact)


def test_layers_and_weights_are_as_before(tmp_path):
    model, other = _model(), _model()
    kinds = [type(layer) for layer in model.layers]
    with pytest.raises(RuntimeError), simulated_eight_bits(model):
        assert [type(layer) for layer in model.layers] != kinds
        model.compile("adam", "mse")
        model.train_on_batch(FILMS, np.zeros((48, 3), np.float32))
        model.save_weights(tmp_path / "state.weights.h5")
        raise RuntimeError
    assert [type(layer) for layer in model.layers] == kinds
    other.load_weights(tmp_path / "state.weights.h5")
    for weight, saved in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, saved)


def test_gradients_pass_the_rounding():
    import tensorflow as tf

    kernel = tf.Variable(RNG.normal(size=(3, 3, 2, 4)).astype(np.float32))
    with tf.GradientTape() as tape:
        rounded = round_kernel(kernel, -1)
        total = tf.reduce_sum(rounded)
    np.testing.assert_array_equal(tape.gradient(total, kernel), np.ones(kernel.shape))
    levels = rounded / np.abs(kernel).max(axis=(0, 1, 2), keepdims=True) * 127
    np.testing.assert_allclose(levels, np.round(levels), atol=1e-3)


def test_a_map_has_at_most_256_levels_near_its_values():
    values = np.linspace(-1, 6, 5000, dtype=np.float32)
    rounded = np.asarray(round_map(values))
    assert len(np.unique(rounded)) <= 256 and 0 in rounded
    assert np.abs(rounded - values).max() <= 7 / 255
