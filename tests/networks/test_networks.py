"""Every network in the registry keeps one contract."""

import keras
import numpy as np
import pytest

from xray_core.bundle.safety import load_keras_model
from xray_core.errors import ConfigError
from xray_core.networks.registry import NETWORKS, network

SIDE, OUTPUTS = 64, 4


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda spec: spec.name)
def spec(request):
    return request.param


@pytest.fixture(scope="module")
def films():
    return np.random.default_rng(0).random((4, SIDE, SIDE, 1), dtype=np.float32)


@pytest.fixture(scope="module")
def trained(spec, films):
    """The network after two steps, and its weights before."""
    keras.utils.set_random_seed(1)
    model = spec.build(SIDE, OUTPUTS)
    before = [weight.numpy().copy() for weight in model.trainable_weights]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, run_eagerly=True)  # two steps are not worth compiling
    losses = [float(model.train_on_batch(films, np.arange(4))) for _ in range(2)]
    return model, before, losses


def test_it_says_what_it_is(spec):
    assert spec.title
    assert spec.description.endswith(".")
    assert network(spec.name) is spec


def test_it_takes_grey_films_and_gives_logits(spec, films):
    model = spec.build(SIDE, 3)
    assert model.input_shape == (None, SIDE, SIDE, spec.channels)
    assert model.output_shape == (None, 3)
    assert model.layers[-1].activation is keras.activations.linear
    assert model.output.dtype == "float32"


def test_it_learns_in_every_part(trained):
    model, before, losses = trained
    assert np.isfinite(losses).all()
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert np.isfinite(weight.numpy()).all()
        assert not np.array_equal(weight.numpy(), old), weight.path


def test_it_loads_safely_and_predicts_the_same(trained, films, tmp_path):
    model, _, _ = trained
    model.save(tmp_path / "model.keras")
    loaded = load_keras_model(tmp_path / "model.keras")
    expected = np.asarray(model(films, training=False))
    np.testing.assert_allclose(np.asarray(loaded(films, training=False)), expected, atol=1e-6)


def test_a_film_is_scored_alone_as_among_others(trained, films):
    model, _, _ = trained
    together = np.asarray(model(films, training=False))
    alone = np.concatenate([np.asarray(model(film[None], training=False)) for film in films])
    np.testing.assert_allclose(alone, together, atol=1e-4)


def test_it_builds_at_the_size_that_it_was_made_for(spec):
    assert spec.build(spec.input_size, OUTPUTS).count_params() > 100_000


def test_names_are_unique_and_others_are_refused():
    names = [spec.name for spec in NETWORKS]
    assert len(set(names)) == len(names)
    with pytest.raises(ConfigError, match=f"'resnet-9000' is not one of {', '.join(names)}"):
        network("resnet-9000")
