"""A network in two steps gives what the whole network gives, and says truly what the first sees."""

import warnings

import numpy as np
import pytest
import tensorflow as tf
from keras import Model, layers
from tensorflow.lite.tools.flatbuffer_utils import (
    convert_object_to_bytearray,
    read_model_from_bytearray,
)

from xray_core.bundle.lite import LITE_FILE, LiteNetwork, write_lite

SIDE = 21
FILMS = np.random.default_rng(0).random((3, SIDE, SIDE, 1), dtype=np.float32)


def _same(x):
    return layers.Conv2D(4, 5, strides=2, padding="same", activation="elu")(x)


def _valid(x):
    return layers.DepthwiseConv2D(3, padding="valid")(layers.Conv2D(3, 2, padding="valid")(x))


def _padded(x):
    return layers.Conv2D(3, 3, strides=2)(layers.ZeroPadding2D(((1, 2), (0, 1)))(x))


def _pooled(x):
    return layers.AveragePooling2D(2)(layers.MaxPooling2D(3, strides=2, padding="same")(x))


def _branched(x):
    return layers.Add()([layers.Conv2D(4, 1)(x), layers.Conv2D(4, 3, padding="same")(x)])


def _attended(x):
    x = layers.Conv2D(4, 3, padding="same")(x)
    scale = layers.Dense(4, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(x))
    return layers.Multiply()([x, scale])


def _three_channels(x):
    return layers.Conv2D(4, 3, strides=2)(layers.Concatenate()([x, 2 * x, -x]))


STARTS = (_three_channels, _same, _valid, _padded, _pooled, _branched)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    def network(*starts):
        x = film = layers.Input((SIDE, SIDE, 1))
        for start in starts:
            x = start(x)
        out = layers.Dense(3)(layers.GlobalAveragePooling2D()(x))
        path = tmp_path_factory.mktemp("cut") / LITE_FILE
        write_lite(Model(film, out), path)
        return LiteNetwork(path)

    return network


@pytest.mark.parametrize("start", STARTS)
def test_both_steps_give_what_the_network_gives(network, start):
    lite = network(start, _same)
    assert lite.halves
    for halves in lite.halves:
        assert halves.cut.early + halves.cut.late > 0
        np.testing.assert_allclose(halves.late(halves.early(FILMS)), lite(FILMS), atol=1e-5)


@pytest.mark.parametrize("start", STARTS)
def test_a_feature_depends_on_its_window_and_on_nothing_else(network, start):
    for halves in network(start, _same).halves:
        cut, before = halves.cut, halves.early(FILMS[:1])[0]
        assert before.shape == (len(cut.rows), len(cut.columns), cut.channels)
        others, needed = np.repeat(FILMS[1:2], 2, axis=0), []
        for row in range(0, len(cut.rows), 3):
            for column in range(0, len(cut.columns), 3):
                (top, bottom), (left, right) = cut.rows[row], cut.columns[column]
                window = np.s_[top : bottom + 1, left : right + 1]
                # The window on another film; then all but the window.
                others[0], others[1] = FILMS[1], FILMS[0]
                others[0][window] = FILMS[0][window]
                others[1][window] = FILMS[1][window]
                kept, lost = halves.early(others)[:, row, column]
                np.testing.assert_allclose(kept, before[row, column], atol=1e-6)
                needed.append(not np.allclose(lost, before[row, column], atol=1e-6))
        assert np.mean(needed) > 0.7  # a place of padding alone needs nothing of the film


def test_windows_are_as_small_as_they_can_be(network):
    (first, *_), last = (halves := network(_same, _same).halves), halves[-1]
    assert first.cut.rows[5].tolist() == [8, 12]
    assert last.cut.rows[2].tolist() == [2, 14]


def test_what_depends_on_the_whole_film_is_not_local(network):
    # After the attention each place depends on all of the film; in it two feature maps are needed.
    found = network(_attended, _same).halves
    assert found
    for halves in found:
        assert np.ptp(halves.cut.rows, axis=1).max() <= 2


@pytest.mark.parametrize("inside", [False, True], ids=["weights", "all"])
def test_what_is_rounded_by_the_range_of_a_whole_film_is_not_local(tmp_path, inside):
    film = layers.Input((SIDE, SIDE, 1))
    x = layers.Conv2D(64, 5, activation="relu")(film)
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(64, 5, strides=2)(x))
    converter = tf.lite.TFLiteConverter.from_keras_model(Model(film, layers.Dense(3)(x)))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if inside:
        converter.representative_dataset = lambda: ([film[None]] for film in FILMS)
    path = tmp_path / LITE_FILE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of ranges that are taken from the films
        path.write_bytes(converter.convert())
    lite = LiteNetwork(path)
    assert lite(FILMS).shape == (3, 3)
    assert lite.halves == ()


@pytest.mark.parametrize("stated", ["no shape", "a shape of ones", "the shape"])
def test_a_file_that_does_not_state_its_shapes_is_scored_whole(network, tmp_path, stated):
    model = read_model_from_bytearray(bytearray(network(_same, _same)._content))
    graph = model.subgraphs[0]
    for number, tensor in enumerate(graph.tensors):
        if model.buffers[tensor.buffer].data is not None or number in graph.inputs:
            continue
        if stated != "the shape":
            tensor.shape = None if stated == "no shape" else [1] * len(tensor.shape)
    path = tmp_path / LITE_FILE
    path.write_bytes(convert_object_to_bytearray(model))
    lite = LiteNetwork(path)
    assert lite(FILMS).shape == (3, 3)
    assert bool(lite.halves) == (stated == "the shape")
