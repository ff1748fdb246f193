"""A bundle's two forms are one network, and small."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import Model, layers

from xray_core.bundle.safety import load_keras_model
from xray_core.errors import TrainingError
from xray_core.training import forms
from xray_core.training.films import VALIDATION
from xray_core.training.forms import check_forms, round_mantissa, save_forms, write_forms


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


@pytest.mark.parametrize("allowed_cost", [100.0, -100.0])
def test_eight_bits_are_kept_only_where_they_cost_little(
    drawn_films, quick_config, tmp_path, monkeypatch, allowed_cost
):
    monkeypatch.setattr(forms, "MAX_LOSS_BITS", allowed_cost)
    config = quick_config.model_copy(update={"eight_bits": True})
    film = layers.Input((config.size, config.size, 1))
    x = layers.ReLU(6.0)(layers.Conv2D(8, 3, strides=2)(film))
    outputs = drawn_films[VALIDATION].allowed.shape[1]
    model = Model(film, layers.Dense(outputs)(layers.GlobalAveragePooling2D()(x)))

    lite = write_forms(model, config, drawn_films, tmp_path)

    assert lite.eight_bits == (allowed_cost > 0)
    views = drawn_films[VALIDATION].images[:8, ..., None]
    np.testing.assert_allclose(lite(views), model(views), atol=0.05)


def test_a_network_without_a_form_of_eight_bits_is_released_as_it_is(
    drawn_films, quick_config, tmp_path, monkeypatch
):
    write = forms.write_lite

    def no_eight_bits(model, path, typical=None):
        if typical is not None:
            raise ValueError("no such operation")
        write(model, path)

    monkeypatch.setattr(forms, "write_lite", no_eight_bits)
    config = quick_config.model_copy(update={"eight_bits": True})
    film = layers.Input((config.size, config.size, 1))
    outputs = drawn_films[VALIDATION].allowed.shape[1]
    model = Model(film, layers.Dense(outputs)(layers.GlobalAveragePooling2D()(film)))
    assert not write_forms(model, config, drawn_films, tmp_path).eight_bits


def test_forms_that_differ_are_refused():
    logits = np.zeros((2, 3))
    with pytest.raises(TrainingError, match="differs from it by"):
        check_forms(logits, logits + np.array([[0.1, 0, 0], [0, 0, 0]]))
