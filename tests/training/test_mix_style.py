"""Films lend each other the mean and spread of their early feature maps."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import Model, layers

from xray_core.errors import ConfigError
from xray_core.networks.registry import NETWORKS, network
from xray_core.training.fit import check_network
from xray_core.training.mix_style import LEAST_VARIANCE, early_layers, mix_style, mixing_style


def _style(maps):
    return maps.mean(axis=(1, 2)), np.sqrt(maps.var(axis=(1, 2)) + LEAST_VARIANCE)


def _maps(seed, shape):
    rng = np.random.default_rng(seed)
    n, _, _, c = shape
    own = rng.uniform(0.5, 2, (n, 1, 1, c)) * rng.normal(size=shape) + rng.normal(size=(n, 1, 1, c))
    return own.astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(2, 6), st.integers(2, 9), st.integers(1, 4))
def test_what_a_film_shows_stays_and_its_style_lies_between_two_films(seed, n, side, channels):
    maps = _maps(seed, (n, side, side, channels))
    mixed = np.asarray(mix_style(maps, 1.0, [seed, 1]))

    (mean, spread), (new_mean, new_spread) = _style(maps), _style(mixed)
    content = (maps - mean[:, None, None]) / spread[:, None, None]
    kept = (mixed - new_mean[:, None, None]) / new_spread[:, None, None]
    np.testing.assert_allclose(kept, content, atol=5e-3)
    for new, old in ((new_mean, mean), (new_spread, spread)):
        assert (new >= old.min(axis=0) - 1e-2).all() and (new <= old.max(axis=0) + 1e-2).all()


def test_the_share_of_films_is_the_one_asked_for():
    maps = _maps(0, (4000, 2, 2, 1))
    changed = (np.asarray(mix_style(maps, 0.3, [3, 4])) != maps).any(axis=(1, 2, 3))
    moved = np.abs(np.asarray(mix_style(maps, 0.3, [3, 4])) - maps).max(axis=(1, 2, 3)) > 1e-5
    assert moved.mean() == pytest.approx(0.3, abs=0.03) and changed[moved].all()
    np.testing.assert_allclose(np.asarray(mix_style(maps, 0.0, [3, 4])), maps, atol=1e-5)


def test_the_bundled_network_is_mixed_where_its_blocks_end():
    model = network("efficientnet-lite").build(64, 4)
    names = [layer.name for layer in early_layers(model)]
    assert names == ["stage1_block1_project_bn", "stage2_block2_add", "stage3_block2_add"]


def test_no_connection_leads_around_what_is_mixed():
    names = [layer.name for layer in early_layers(network("resnet50").build(64, 4))]
    assert names == ["conv1_relu", "pool1_pool", "conv3_block4_out"]


def _parameter(spec):
    """Backbones with published weights take seconds to build."""
    large = spec.pretrained is not None
    return pytest.param(spec.name, marks=[pytest.mark.slow] if large else [])


@pytest.mark.parametrize("name", [_parameter(spec) for spec in NETWORKS])
def test_every_network_of_feature_maps_has_places_to_mix(name):
    found = early_layers(network(name).build(96, 3))
    assert bool(found) != name.startswith("ann")


def test_a_network_without_feature_maps_is_told_before_films_are_read(quick_config):
    how = quick_config.augmentation.model_copy(update={"mix_style": 0.5})
    with pytest.raises(ConfigError, match="no feature maps"):
        check_network(quick_config.model_copy(update={"augmentation": how}))


def _model() -> Model:
    keras.utils.set_random_seed(1)
    film = layers.Input((16, 16, 1))
    x = layers.Conv2D(4, 3, 2, padding="same", activation="relu", name="half")(film)
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, 2, padding="same", name="quarter")(x))
    return Model(film, layers.Dense(2)(x))


def _loss(share: float, seed: int = 5) -> tuple[Model, float]:
    model, rng = _model(), np.random.default_rng(0)
    films, targets = rng.random((8, 16, 16, 1)), rng.random((8, 2))
    model.compile(keras.optimizers.SGD(0.0), "mse")
    with mixing_style(model, share, seed):
        losses = [float(model.train_on_batch(films, targets)) for _ in range(2)]
    assert {type(layer) for layer in model.layers[1:3]} == {layers.Conv2D}
    return model, losses[1]


def test_only_training_is_mixed_by_its_seed_and_layers_are_their_own_again():
    model, mixed = _loss(1.0)
    plain, unmixed = _loss(0.0)
    assert mixed != pytest.approx(unmixed, abs=1e-6)
    assert mixed == _loss(1.0)[1] and mixed != _loss(1.0, seed=6)[1]
    films = np.random.default_rng(1).random((3, 16, 16, 1))
    np.testing.assert_array_equal(model.predict(films, verbose=0), plain.predict(films, verbose=0))


def test_each_step_draws_anew():
    model, rng = _model(), np.random.default_rng(0)
    films, targets = rng.random((8, 16, 16, 1)), rng.random((8, 2))
    model.compile(keras.optimizers.SGD(0.0), "mse")
    with mixing_style(model, 1.0, 5):
        assert model.train_on_batch(films, targets) != model.train_on_batch(films, targets)
