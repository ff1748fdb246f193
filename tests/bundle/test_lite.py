"""The quick form of a network gives what the network gives."""

import numpy as np
import pytest
import tensorflow as tf
from keras import Model, layers

from xray_core.bundle.lite import BATCH, LITE_FILE, LiteNetwork, write_lite
from xray_core.errors import BundleError

FILMS = np.random.default_rng(0).random((BATCH + 5, 16, 16, 1), dtype=np.float32)


@pytest.fixture(scope="module")
def model() -> Model:
    film = layers.Input((16, 16, 1))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(film)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    x = layers.DepthwiseConv2D(3, padding="same")(x)
    return Model(film, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))


@pytest.fixture(scope="module")
def lite(model, tmp_path_factory) -> LiteNetwork:
    path = tmp_path_factory.mktemp("lite") / LITE_FILE
    write_lite(model, path)
    return LiteNetwork(path)


@pytest.mark.parametrize("n", [0, 1, 2, BATCH, BATCH + 5])
def test_any_number_of_films_is_scored_as_by_the_network(model, lite, n):
    logits = lite(FILMS[:n])
    assert logits.shape == (n, 3)
    assert logits.dtype == np.float32
    if n:
        np.testing.assert_allclose(logits, np.asarray(model(FILMS[:n])), atol=1e-5)


def test_a_film_is_scored_alone_as_among_others(lite):
    np.testing.assert_allclose(lite(FILMS[:1]), lite(FILMS)[:1], atol=1e-5)


def test_it_says_what_it_takes_and_gives(lite):
    assert lite.input_shape == (1, 16, 16, 1)
    assert lite.output_shape == (1, 3)


@pytest.mark.parametrize("content", [b"", b"no network", b"TFL3" * 40])
def test_a_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / LITE_FILE
    path.write_bytes(content)
    with pytest.raises(BundleError, match=r"model\.tflite: the network cannot be loaded"):
        LiteNetwork(path)


def test_operations_that_could_touch_files_are_refused(tmp_path):
    @tf.function(input_signature=[tf.TensorSpec((1, 16, 16, 1), tf.float32)])
    def writes(film):
        text = tf.strings.as_string(tf.reduce_sum(film))
        tf.raw_ops.WriteFile(filename=str(tmp_path / "written"), contents=text)
        return tf.reduce_mean(film, axis=(1, 2))

    converter = tf.lite.TFLiteConverter.from_concrete_functions([writes.get_concrete_function()])
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS,
        tf.lite.OpsSet.SELECT_TF_OPS,
    ]
    path = tmp_path / LITE_FILE
    path.write_bytes(converter.convert())
    with pytest.raises(BundleError, match=r"only the plain operations|cannot be loaded"):
        LiteNetwork(path)
    assert not (tmp_path / "written").exists()
