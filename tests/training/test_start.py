"""The weights that a training starts from: none, ImageNet's, a file's, or an installed model's."""

import hashlib

import keras
import numpy as np
import pytest

from xray_core.bundle import find_bundle
from xray_core.errors import BundleError, ConfigError, DownloadError
from xray_core.networks.registry import network
from xray_core.training.start import start_from, what_it_began_as


@pytest.fixture
def tiny(tmp_path):
    """A tiny CNN with its weights in a file."""
    model = network("cnn-tiny").build(32, 4)
    model.save_weights(tmp_path / "tiny.weights.h5")
    return model


def test_random_leaves_the_network_as_it_is():
    model = network("cnn-tiny").build(32, 4)
    before = model.get_weights()
    assert start_from(model, "random") == "Every layer begins at random."
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_file_is_taken_and_told(tiny, tmp_path):
    model = network("cnn-tiny").build(32, 4)
    told = start_from(model, str(tmp_path / "tiny.weights.h5"))
    assert told == "tiny.weights.h5: 3 of 3 layers taken."
    films = np.random.default_rng(0).random((2, 32, 32, 1), dtype=np.float32)
    np.testing.assert_array_equal(np.asarray(model(films)), np.asarray(tiny(films)))


def test_an_installed_model_of_the_same_network_is_taken_at_another_size_too(tiny_bundle):
    network("cnn-tiny").build(48, 4).save(tiny_bundle / "model.keras")
    from trusting import trust

    trust(tiny_bundle)
    model = network("cnn-tiny").build(32, 4)
    told = start_from(model, "tiny")
    # The dense layer after the maps has another number of weights: only the maps are taken, and
    # the logits, which fit.
    assert told == "tiny: 2 of 3 layers taken; begun anew: dense1."


def test_an_installed_model_of_another_network_is_refused(tiny_bundle):
    with pytest.raises(ConfigError, match=r"tiny: these weights are of another network"):
        start_from(network("residual").build(32, 4), "tiny")


def test_a_changed_model_is_refused(tiny_bundle):
    (tiny_bundle / "model.keras").write_bytes(b"changed")
    with pytest.raises(BundleError):
        start_from(network("cnn-tiny").build(32, 4), "tiny")


def test_an_unknown_name_is_refused(tiny_bundle):
    with pytest.raises(BundleError, match="model 'nobody' is not known"):
        start_from(network("cnn-tiny").build(32, 4), "nobody")


def test_without_a_network_the_sentence_says_what_else_there_is(monkeypatch):
    def unreachable(*_, **__):
        raise Exception("URL fetch failure on https://…: None -- timed out")

    monkeypatch.setattr(keras.utils, "get_file", unreachable)
    model = keras.Model(name="densenet121", **_one_layer())
    with pytest.raises(DownloadError, match=r"cannot be downloaded .* or start from random"):
        start_from(model, "imagenet")


def _one_layer():
    film = keras.layers.Input((32, 32, 1), name="film")
    return {"inputs": film, "outputs": keras.layers.Flatten(name="flatten")(film)}


def test_a_network_without_imagenet_weights_says_so():
    with pytest.raises(ConfigError, match="'cnn-tiny' there are no ImageNet weights"):
        start_from(network("cnn-tiny").build(32, 4), "imagenet")


@pytest.mark.slow
def test_imagenet_weights_that_keras_has_stored_are_taken(monkeypatch, tmp_path):
    import h5py

    spec = network("mobilenetv3-large")
    source, path = spec.build(32, 2), tmp_path / spec.pretrained.file
    with h5py.File(path, "w") as file:
        layers = [layer for layer in source.layers[:-3] if layer.weights]
        file.attrs["layer_names"] = [layer.name for layer in layers]
        for layer in layers:
            group = file.create_group(layer.name)
            group.attrs["weight_names"] = [str(i) for i in range(len(layer.weights))]
            for i, array in enumerate(layer.get_weights()):
                group[str(i)] = array
    monkeypatch.setattr(keras.utils, "get_file", lambda *_, **__: str(path))
    model = spec.build(32, 3)
    told = start_from(model, "imagenet")
    assert told.endswith("108 of 109 layers taken; begun anew: logits.")


def test_a_bundle_states_the_hash_of_what_it_began_as(tiny_bundle, tmp_path):
    file = tmp_path / "tiny.weights.h5"
    file.write_bytes(b"weights")
    assert what_it_began_as("tiny") == {"start_sha256": find_bundle("tiny").sha256}
    assert what_it_began_as(str(file)) == {"start_sha256": hashlib.sha256(b"weights").hexdigest()}
    assert what_it_began_as("random") == what_it_began_as("imagenet") == {}


def test_what_it_began_as_may_be_gone_by_the_end(tiny_bundle, tmp_path):
    assert what_it_began_as("gone") == {}
    assert what_it_began_as(str(tmp_path / "gone.weights.h5")) == {}
