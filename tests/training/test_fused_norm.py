"""Batch norm by the fused kernel trains as Keras' own does."""

import keras
import numpy as np
import pytest
from keras import Model, layers

from xray_core.training.fused_norm import fused_norms

RNG = np.random.default_rng(0)
FILMS = RNG.random((16, 12, 12, 1), dtype=np.float32)
TARGETS = RNG.random((16, 2), dtype=np.float32)


def _model() -> Model:
    keras.utils.set_random_seed(1)
    film = layers.Input((12, 12, 1))
    x = layers.Conv2D(8, 3, name="conv")(film)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9, name="map")(x))
    x = layers.BatchNormalization(name="pooled")(layers.GlobalAveragePooling2D()(x))
    return Model(film, layers.Dense(2)(x))


def _trained(model: Model, steps: int = 3) -> list[np.ndarray]:
    model.compile(keras.optimizers.SGD(0.1), "mse")
    for _ in range(steps):
        model.train_on_batch(FILMS, TARGETS)
    return model.get_weights()


def test_weights_and_running_statistics_become_the_same():
    plain, model = _trained(_model()), _model()
    with fused_norms(model):
        fused = _trained(model)
    for weight, other in zip(fused, plain, strict=True):
        np.testing.assert_allclose(weight, other, rtol=1e-4, atol=2e-6)
    assert not np.allclose(fused[4], 0)


def test_the_layers_are_keras_own_again_also_after_an_error():
    model = _model()
    with pytest.raises(RuntimeError), fused_norms(model):
        assert type(model.get_layer("map")) is not layers.BatchNormalization
        raise RuntimeError
    assert all(type(model.get_layer(n)) is layers.BatchNormalization for n in ("map", "pooled"))


def test_a_frozen_layer_keeps_its_statistics():
    model = _model()
    model.get_layer("map").trainable = False
    before = model.get_layer("map").get_weights()
    with fused_norms(model):
        _trained(model)
    for weight, other in zip(model.get_layer("map").get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, other)


def test_opinions_do_not_depend_on_it():
    model, plain = _model(), _model()
    _trained(model)  # else the running statistics are those of the beginning, 0 and 1
    plain.set_weights(model.get_weights())
    with fused_norms(model):
        within = model.predict(FILMS, verbose=0)
    # By another model: what Keras has traced for the first one it would run again.
    np.testing.assert_allclose(plain.predict(FILMS, verbose=0), within, atol=1e-5)


def test_weights_that_are_written_within_can_be_read_without(tmp_path):
    model, other = _model(), _model()
    with fused_norms(model):
        trained = _trained(model)
        model.save_weights(tmp_path / "state.weights.h5")
    other.load_weights(tmp_path / "state.weights.h5")
    for weight, saved in zip(other.get_weights(), trained, strict=True):
        np.testing.assert_array_equal(weight, saved)
