"""Every network in the registry keeps one contract, from random weights to a bundle's two forms."""

import keras
import numpy as np
import pytest

from xray_core.bundle.safety import load_keras_model
from xray_core.errors import ConfigError
from xray_core.explain.activations import all_layers_channel, channels, layers_of
from xray_core.networks.parts import backbone, head, with_weights
from xray_core.networks.registry import NETWORKS, network
from xray_core.training.forms import check_forms, save_forms

OUTPUTS = 4
FULLY_CONNECTED = {spec.name for spec in NETWORKS if spec.name.startswith("ann-")}


def _parameter(spec):
    """Backbones with published weights take seconds to build and longer to train."""
    large = spec.pretrained is not None
    return pytest.param(spec, id=spec.name, marks=[pytest.mark.slow] if large else [])


@pytest.fixture(scope="module", params=[_parameter(spec) for spec in NETWORKS])
def spec(request):
    return request.param


@pytest.fixture(scope="module")
def films(spec):
    side = spec.smallest
    return np.random.default_rng(0).random((4, side, side, 1), dtype=np.float32)


@pytest.fixture(scope="module")
def trained(spec, films):
    """The network after two steps, its weights before, and the losses."""
    keras.utils.set_random_seed(1)
    model = spec.build(spec.smallest, OUTPUTS)
    before = [weight.numpy().copy() for weight in model.trainable_weights]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, run_eagerly=True)  # two steps are not worth compiling
    losses = [float(model.train_on_batch(films, np.arange(4))) for _ in range(2)]
    return model, before, losses


def test_it_says_what_it_is(spec):
    assert spec.title
    assert spec.description.endswith(".")
    assert network(spec.name) is spec


def test_it_takes_grey_films_and_gives_logits(spec, trained):
    model, _, _ = trained
    assert model.name == spec.name
    assert model.input_shape == (None, spec.smallest, spec.smallest, spec.channels)
    assert model.output_shape == (None, OUTPUTS)
    assert model.layers[-1].name == "logits"
    assert model.layers[-1].activation is keras.activations.linear
    assert model.output.dtype == "float32"


def test_every_layer_has_a_name_that_does_not_change(spec, trained):
    model, _, _ = trained
    if len(model.layers) < 60:
        again = spec.build(spec.smallest, OUTPUTS)
        assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert model.layers[0].name == "film"
    # What Keras names by itself is numbered through the whole process; these start from 1.
    numbered = [layer.name for layer in model.layers if layer.name.startswith("batch_norm")]
    assert numbered == [f"batch_normalization_{i + 1}" for i in range(len(numbered))]


def test_it_has_a_head_and_unless_fully_connected_a_backbone(spec, trained):
    model, _, _ = trained
    assert head(model)[-1] is model.layers[-1]
    assert bool(with_weights(backbone(model))) == (spec.name not in FULLY_CONNECTED)


def test_it_learns_in_every_part(trained):
    model, before, losses = trained
    assert np.isfinite(losses).all()
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert np.isfinite(weight.numpy()).all()
        assert not np.array_equal(weight.numpy(), old), weight.path


def test_a_film_is_scored_alone_as_among_others(trained, films):
    model, _, _ = trained
    together = np.asarray(model(films, training=False))
    alone = np.concatenate([np.asarray(model(film[None], training=False)) for film in films])
    np.testing.assert_allclose(alone, together, rtol=1e-3, atol=1e-4)


def test_its_channels_can_be_looked_at(spec, trained, films):
    model, _, _ = trained
    infos = layers_of(model)
    assert infos
    maps = channels(model, films[0, ..., 0], infos[0].name)
    assert maps.shape == infos[0].shape
    assert np.isfinite(maps).all()
    shown = all_layers_channel(model, films[0, ..., 0])
    assert bool(shown) == (spec.name not in FULLY_CONNECTED)


def test_it_is_saved_in_two_forms_that_load_safely_and_predict_the_same(
    spec, trained, films, tmp_path
):
    model, _, _ = trained
    lite = save_forms(model, spec.name, tmp_path)
    loaded = load_keras_model(tmp_path / "model.keras")
    logits = np.asarray(loaded(films, training=False))
    np.testing.assert_allclose(logits, np.asarray(model(films, training=False)), atol=1e-5)
    check_forms(lite(films), logits)


def test_it_builds_at_the_size_that_it_was_made_for_and_says_the_smallest(spec):
    assert spec.smallest <= spec.input_size
    assert spec.build(spec.input_size, OUTPUTS).output_shape == (None, OUTPUTS)
    with pytest.raises(ConfigError, match=f"{spec.smallest} px and more"):
        spec.build(spec.smallest - 1, OUTPUTS)


@pytest.mark.parametrize(
    ("name", "size", "millions"),
    [
        ("ann-deep", 128, 12.6),
        ("ann-deep-dropout", 128, 12.6),
        ("ann-deep-l2", 128, 12.6),
        ("cnn-deep", 128, 3.31),
        ("cnn-deep-dropout", 128, 3.31),
        ("cnn-separable", 150, 2.31),
    ],
)
def test_it_has_as_many_parameters_as_was_published(name, size, millions):
    counted = network(name).build(size, 1).count_params() / 1e6
    assert counted == pytest.approx(millions, abs=0.005 if millions < 10 else 0.05)


def test_names_are_unique_and_others_are_refused():
    names = [spec.name for spec in NETWORKS]
    assert len(set(names)) == len(names)
    with pytest.raises(ConfigError, match=f"'resnet-9000' is not one of {', '.join(names)}"):
        network("resnet-9000")
