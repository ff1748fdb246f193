"""Layers by quicker kernels train as Keras' own do."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import Model, layers

from xray_core.training.quick_layers.swap import quick_layers

RNG = np.random.default_rng(0)
FILMS = RNG.random((16, 12, 12, 1), dtype=np.float32)
TARGETS = RNG.random((16, 2), dtype=np.float32)


def _model() -> Model:
    keras.utils.set_random_seed(1)
    film = layers.Input((12, 12, 1))
    x = layers.Conv2D(8, 3, name="conv")(film)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9, name="map")(x))
    x = layers.DepthwiseConv2D(5, padding="same", activation="relu", name="wide")(x)
    x = layers.Conv2D(6, 1, activation="tanh", name="mixed")(x)
    x = layers.BatchNormalization(name="pooled")(layers.GlobalAveragePooling2D()(x))
    return Model(film, layers.Dense(2)(x))


def _trained(model: Model, steps: int = 3) -> list[np.ndarray]:
    model.compile(keras.optimizers.SGD(0.1), "mse")
    for _ in range(steps):
        model.train_on_batch(FILMS, TARGETS)
    return model.get_weights()


def test_weights_and_running_statistics_become_the_same():
    plain, model = _trained(_model()), _model()
    with quick_layers(model):
        quick = _trained(model)
    for weight, other in zip(quick, plain, strict=True):
        np.testing.assert_allclose(weight, other, rtol=1e-4, atol=2e-6)
    assert not np.allclose(quick[4], 0)


def test_the_layers_are_keras_own_again_also_after_an_error():
    model = _model()
    with pytest.raises(RuntimeError), quick_layers(model):
        assert type(model.get_layer("map")) is not layers.BatchNormalization
        assert type(model.get_layer("wide")) is not layers.DepthwiseConv2D
        assert type(model.get_layer("mixed")) is not layers.Conv2D
        raise RuntimeError
    assert all(type(model.get_layer(n)) is layers.BatchNormalization for n in ("map", "pooled"))
    assert type(model.get_layer("wide")) is layers.DepthwiseConv2D
    assert type(model.get_layer("mixed")) is layers.Conv2D


def test_a_frozen_layer_keeps_its_statistics():
    model = _model()
    model.get_layer("map").trainable = False
    before = model.get_layer("map").get_weights()
    with quick_layers(model):
        _trained(model)
    for weight, other in zip(model.get_layer("map").get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, other)


def test_opinions_do_not_depend_on_it():
    model, plain = _model(), _model()
    _trained(model)  # else the running statistics are those of the beginning, 0 and 1
    plain.set_weights(model.get_weights())
    with quick_layers(model):
        within = model.predict(FILMS, verbose=0)
    # By another model: what Keras has traced for the first one it would run again.
    np.testing.assert_allclose(plain.predict(FILMS, verbose=0), within, atol=1e-5)


def test_weights_that_are_written_within_can_be_read_without(tmp_path):
    model, other = _model(), _model()
    with quick_layers(model):
        trained = _trained(model)
        model.save_weights(tmp_path / "state.weights.h5")
    other.load_weights(tmp_path / "state.weights.h5")
    for weight, saved in zip(other.get_weights(), trained, strict=True):
        np.testing.assert_array_equal(weight, saved)


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(*[st.integers(1, 11)] * 2),
    rows=st.sampled_from([1, 3, 5, 7]),
    columns=st.sampled_from([5, 7, 9]),
    channels=st.integers(1, 5),
    films=st.integers(1, 3),
)
def test_wide_depthwise_filters_have_the_same_gradients_on_maps_of_any_size(
    size, rows, columns, channels, films
):
    film = layers.Input((*size, channels))
    layer = layers.DepthwiseConv2D((rows, columns), padding="same")
    model = Model(film, layer(film))
    rng = np.random.default_rng(2)
    maps, change = rng.normal(size=(2, films, *size, channels)).astype(np.float32)

    def gradients() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(into := tf.constant(maps))
            out = layer(into)
        return tape.gradient(out, [into, *layer.trainable_weights], change)

    own = gradients()
    with quick_layers(model):
        assert type(layer) is not layers.DepthwiseConv2D
        quick = gradients()
    for ours, theirs in zip(quick, own, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "layer",
    [
        layers.DepthwiseConv2D(3, padding="same"),
        layers.DepthwiseConv2D(4, padding="same"),
        layers.DepthwiseConv2D((4, 5), padding="same"),
        layers.DepthwiseConv2D(5, strides=2, padding="same"),
        layers.DepthwiseConv2D(5, dilation_rate=2, padding="same"),
        layers.DepthwiseConv2D(5),
        layers.DepthwiseConv2D(5, padding="same", depth_multiplier=2),
        layers.Conv2D(4, 3, padding="same"),
        layers.Conv2D(4, 1, strides=2),
        layers.Conv2D(4, 1, groups=2),
        layers.Conv2D(4, 1, dtype="mixed_bfloat16"),
        layers.BatchNormalization(scale=False),
        layers.BatchNormalization(renorm=True),
    ],
)
def test_a_layer_that_the_quick_form_does_not_cover_stays_as_it_is(layer):
    film = layers.Input((12, 12, 4))
    model = Model(film, layer(film))
    with quick_layers(model):
        assert type(layer).__module__.startswith("keras.")


def test_a_map_of_unknown_size_is_left_to_keras():
    film = layers.Input((None, None, 4))
    model = Model(film, layers.Conv2D(3, 1, name="mixed")(film))
    with quick_layers(model):
        assert type(model.get_layer("mixed")) is layers.Conv2D
