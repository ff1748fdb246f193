"""Every convolution, activation and pooling layer can be looked at, in every network."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
from keras import layers

from xray_core.errors import ExplanationError
from xray_core.explain.activations import (
    all_layers_channel,
    channel_order,
    channel_strength,
    channels,
    layers_of,
)
from xray_core.networks.registry import NETWORKS

SIDE = 32


def image(side=SIDE):
    return np.random.default_rng(0).random((side, side), np.float32)


def nested():
    """A network with a functional backbone that itself holds a sequential one; three channels."""
    keras.utils.set_random_seed(0)
    inner_in = layers.Input((SIDE, SIDE, 3))
    x = layers.Conv2D(4, 3, strides=2, padding="same", name="conv1")(inner_in)
    x = layers.BatchNormalization(name="bn")(x)
    x = keras.Sequential(
        [layers.DepthwiseConv2D(3, padding="same", name="deep"), layers.ReLU(name="relu")],
        name="tail",
    )(x)
    backbone = keras.Model(inner_in, x, name="backbone")
    film = layers.Input((SIDE, SIDE, 1))
    x = backbone(layers.Concatenate()([film, film, film]))
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(film, layers.Dense(2)(x))


def test_layers_of_nested_networks_are_named_by_their_path():
    found = {info.name: info for info in layers_of(nested())}
    assert list(found) == ["backbone/conv1", "backbone/tail/deep", "backbone/tail/relu", "pool"]
    assert found["backbone/conv1"].shape == (16, 16, 4)
    assert found["backbone/conv1"].parameters == 4 * 3 * 9 + 4
    assert [info.kind for info in found.values()] == [
        "convolution",
        "convolution",
        "activation",
        "pooling",
    ]
    assert [info.spatial for info in found.values()] == [True, True, True, False]


def test_nested_channels_are_those_of_the_layers_applied_by_hand():
    model = nested()
    backbone = model.get_layer("backbone")
    x = np.repeat(image()[None, ..., None], 3, axis=-1)
    conv1 = backbone.get_layer("conv1")(x)
    relu = backbone.get_layer("tail")(backbone.get_layer("bn")(conv1, training=False))
    np.testing.assert_allclose(channels(model, image(), "backbone/conv1"), conv1[0], atol=1e-5)
    np.testing.assert_allclose(channels(model, image(), "backbone/tail/relu"), relu[0], atol=1e-5)
    pooled = channels(model, image(), "pool")
    assert pooled.shape == (1, 1, 4)
    np.testing.assert_allclose(pooled[0, 0], np.mean(relu[0], axis=(0, 1)), atol=1e-5)


def _entry(spec):
    large = spec.pretrained is not None
    return pytest.param(spec, id=spec.name, marks=[pytest.mark.slow] if large else [])


@pytest.mark.parametrize("spec", [_entry(spec) for spec in NETWORKS])
def test_every_network_in_the_registry_can_be_looked_into(spec):
    model = spec.build(spec.input_size, 4)
    side = spec.input_size
    film = image(side)
    infos = layers_of(model)
    for info in infos:
        maps = channels(model, film, info.name)
        assert maps.shape == info.shape
        assert np.isfinite(maps).all()
    if infos:
        first = infos[0].name
        batch = [np.repeat(film[None, ..., None], spec.channels, axis=-1)]
        expected = keras.Model(model.inputs, model.get_layer(first).output)(batch, training=False)
        answered = np.reshape(expected, infos[0].shape)  # units of a dense layer have no extent
        np.testing.assert_allclose(channels(model, film, first), answered, atol=1e-4)


def test_a_network_of_three_channels_sees_the_film_three_times():
    rgb = keras.Sequential([layers.Input((SIDE, SIDE, 3)), layers.AveragePooling2D(2, name="p")])
    maps = channels(rgb, image(), "p")
    assert np.array_equal(maps[..., 0], maps[..., 2])


def test_looking_leaves_the_network_as_it_was():
    model = nested()
    before = model(image()[None, ..., None]).numpy()
    layers_of(model)
    assert np.array_equal(model(image()[None, ..., None]), before)
    assert "call" not in vars(model.get_layer("backbone").get_layer("conv1"))


def test_training_further_is_seen():
    model = nested()
    before = channels(model, image(), "backbone/conv1")
    conv1 = model.get_layer("backbone").get_layer("conv1")
    conv1.set_weights([2 * weights for weights in conv1.get_weights()])
    np.testing.assert_allclose(channels(model, image(), "backbone/conv1"), 2 * before, atol=1e-5)


def test_a_network_that_is_let_go_is_not_kept():
    model = nested()
    layers_of(model)
    channels(model, image(), "pool")
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_sessions_may_look_at_the_same_time():
    model = nested()
    names = ["backbone/conv1", "backbone/tail/relu", "pool"] * 4
    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(lambda name: channels(model, image(), name), names))
    for name, maps in zip(names, seen, strict=True):
        assert np.array_equal(maps, channels(model, image(), name))


def test_the_strongest_channel_varies_most():
    maps = np.zeros((4, 4, 3), np.float32)
    maps[..., 0] = 9
    maps[0, 0, 1] = 1
    maps[0, 0, 2] = 4
    assert channel_order(maps).tolist() == [2, 1, 0]
    assert channel_order(maps, "in order").tolist() == [0, 1, 2]
    assert channel_strength(np.array([[[-3.0, 1.0]]], np.float32)).tolist() == [3, 1]


def test_one_channel_goes_through_all_layers_with_an_extent():
    model = nested()
    names = ["backbone/conv1", "backbone/tail/deep", "backbone/tail/relu"]
    picked = all_layers_channel(model, image(), 6)
    assert [channel.layer.name for channel in picked] == names
    assert [channel.index for channel in picked] == [2, 2, 2]
    for channel in all_layers_channel(model, image()):
        maps = channels(model, image(), channel.layer.name)
        assert channel.index == channel_order(maps)[0]
        assert np.array_equal(channel.map, maps[..., channel.index])
        assert channel.map.base is None, "all channels of the layer are kept with it"


def test_mistakes_are_answered_with_one_sentence():
    model = nested()
    with pytest.raises(ExplanationError, match="layer 'conv9' is not one of backbone/conv1, "):
        channels(model, image(), "conv9")
    with pytest.raises(ExplanationError, match=r"array \(16, 16\), but this network sees \(32, 32"):
        channels(model, image(16), "pool")
    with pytest.raises(ExplanationError, match="channel -1 is not a whole number"):
        all_layers_channel(model, image(), -1)


def test_a_network_without_maps_says_so():
    film = layers.Input((SIDE, SIDE, 1))
    dense = keras.Model(film, layers.Dense(2)(layers.Flatten()(film)))
    assert layers_of(dense) == ()
    with pytest.raises(ExplanationError, match="none: it has no maps"):
        channels(dense, image(), "conv")


def test_a_network_that_takes_no_image_is_refused():
    table = layers.Input((7,))
    with pytest.raises(ExplanationError, match="not one image"):
        layers_of(keras.Model(table, layers.Dense(2)(table)))
