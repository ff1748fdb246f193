"""A bundle's two forms are one network, and small."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import Model, layers

from xray_core.bundle.safety import load_keras_model
from xray_core.errors import TrainingError
from xray_core.training.forms import COMPARED, check_forms, round_mantissa, save_forms, some_films


@given(arrays(np.float32, 20, elements=st.floats(-(2.0**99), 2.0**99, width=32)))
def test_rounding_changes_a_number_by_less_than_a_thousandth(values):
    rounded = round_mantissa(values)
    np.testing.assert_allclose(rounded, values, rtol=2**-11, atol=1e-37)
    np.testing.assert_array_equal(round_mantissa(rounded), rounded)


def test_counts_are_not_rounded():
    counts = np.array([2**24 + 1], np.int64)
    assert round_mantissa(counts) is counts


def test_both_forms_give_the_same(tmp_path):
    film = layers.Input((16, 16, 1))
    x = layers.BatchNormalization()(layers.Conv2D(64, 3)(film))
    x = layers.Conv2D(64, 3)(layers.ReLU()(x))
    model = Model(film, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))
    model.compile("adam", "mse")
    films = np.random.default_rng(0).random((5, 16, 16, 1), dtype=np.float32)
    before = np.asarray(model(films, training=False))

    lite = save_forms(model, "small", tmp_path)

    loaded = np.asarray(load_keras_model(tmp_path / "model.keras")(films, training=False))
    np.testing.assert_allclose(lite(films), loaded, atol=1e-5)
    np.testing.assert_allclose(loaded, before, atol=5e-3)
    check_forms(lite(films), loaded)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.keras", "model.tflite"]
    weights = 4 * sum(int(np.prod(weight.shape)) for weight in model.weights)
    assert (tmp_path / "model.keras").stat().st_size < 0.75 * weights


def test_forms_that_differ_are_refused():
    logits = np.zeros((2, 3))
    with pytest.raises(TrainingError, match="differs from it by"):
        check_forms(logits, logits + np.array([[0.1, 0, 0], [0, 0, 0]]))


@given(st.integers(1, 3 * COMPARED))
def test_films_to_compare_the_forms_on_are_few_and_from_all_of_them(count):
    inputs = np.arange(count, dtype=np.float32)[:, None, None]
    some = some_films(inputs).ravel()
    assert min(count, COMPARED // 2) <= len(some) <= COMPARED
    assert some[0] == 0 and count - some[-1] <= np.ceil(count / COMPARED)
