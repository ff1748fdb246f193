"""Weights are loaded only from archives that name nothing but Keras' own layers."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from xray_core.bundle.safety import load_keras_model
from xray_core.errors import BundleError


@pytest.fixture
def edited(tiny_store, tmp_path):
    """Return `edited(change)`: the tiny network's file with its config changed."""

    def edit(change):
        path = tmp_path / "edited.keras"
        with zipfile.ZipFile(tiny_store / "tiny" / "model.keras") as old:
            config = json.loads(old.read("config.json"))
            change(config)
            with zipfile.ZipFile(path, "w") as new:
                for name in old.namelist():
                    new.writestr(
                        name, json.dumps(config) if name == "config.json" else old.read(name)
                    )
        return path

    return edit


def layer_of(config, number):
    return config["config"]["layers"][number]


def test_an_ordinary_network_is_loaded(edited):
    model = load_keras_model(edited(lambda config: None))
    assert model.output_shape == (None, 4)


def test_a_nested_backbone_is_loaded(tmp_path):
    inner_in = layers.Input((8, 8, 3))
    inner = keras.Model(inner_in, layers.Conv2D(2, 3)(inner_in), name="backbone")
    film = layers.Input((8, 8, 1))
    grey = layers.Concatenate()([film, film, film])
    model = keras.Model(film, layers.GlobalMaxPooling2D()(inner(grey)))
    model.save(tmp_path / "nested.keras")
    films = np.random.default_rng(0).random((2, 8, 8, 1), dtype=np.float32)
    loaded = load_keras_model(tmp_path / "nested.keras")
    np.testing.assert_array_equal(loaded(films), model(films))


def test_a_lambda_is_refused_however_deep_it_lies(tmp_path):
    inner_in = layers.Input((4,))
    inner = keras.Model(inner_in, layers.Lambda(lambda x: x * 2)(inner_in))
    outer_in = layers.Input((4,))
    keras.Model(outer_in, inner(outer_in)).save(tmp_path / "code.keras")
    with pytest.raises(BundleError, match=r"'Lambda'; only Keras' own layers"):
        load_keras_model(tmp_path / "code.keras")


def test_a_custom_layer_is_refused_though_it_is_registered_here(tmp_path):
    @keras.saving.register_keras_serializable(package="elsewhere")
    class Custom(layers.Layer):
        def call(self, x):
            return x

    film = layers.Input((4,))
    keras.Model(film, Custom()(film)).save(tmp_path / "custom.keras")
    with pytest.raises(BundleError, match="'Custom'"):
        load_keras_model(tmp_path / "custom.keras")


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        ("builtins", "function"),
        ("os", "system"),
        ("keras.utils", "get_file"),
        ("keras.config", "function"),
        ("keras.layers", "TorchModuleWrapper"),
        ("keras.layers", "TFSMLayer"),
        ("keras.layers", "StringLookup"),
        ("keras", "layers.StringLookup"),
        ("keras", "layers.Lambda"),
        ("keras", "utils.get_file"),
        ("keras", "Input"),
        ("keras.models", "load_model"),
        ("keras.layers", "experimental.Lambda"),
        ("keras.initializers", "get"),
        (["keras.layers"], "Dense"),
        ("kerastuner.layers", "Dense"),
        (None, "Dense"),
    ],
)
def test_whatever_could_run_code_or_read_files_is_refused(edited, module, kind):
    def change(config):
        layer_of(config, 1).update(module=module, class_name=kind, registered_name=None)

    with pytest.raises(BundleError, match=f"it holds '{kind}'"):
        load_keras_model(edited(change))


def test_code_hidden_in_an_argument_of_a_layer_is_refused(edited):
    function = {"class_name": "function", "module": "os", "config": "system"}

    def change(config):
        layer_of(config, 1)["config"]["activation"] = function

    with pytest.raises(BundleError, match="'function'"):
        load_keras_model(edited(change))


def test_h5_is_refused(tmp_path):
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(BundleError, match=r"only .keras weights are loaded, never .h5"):
        load_keras_model(tmp_path / "model.h5")


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n", b"PK\x03\x04 cut"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(BundleError, match=r"not a \.keras archive"):
        load_keras_model(tmp_path / "model.keras")


@pytest.mark.parametrize("config", [None, "{", "[" * 100_000, "[1]", "null", "{}"])
def test_an_archive_without_a_readable_config_is_refused(tmp_path, config):
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", b"")
        if config is not None:
            archive.writestr("config.json", config)
    with pytest.raises(BundleError, match=r"not a \.keras archive"):
        load_keras_model(tmp_path / "model.keras")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BundleError, match=r"not a \.keras archive"):
        load_keras_model(tmp_path / "model.keras")


def test_damaged_weights_are_one_sentence(edited):
    def change(config):
        layer_of(config, 1)["config"]["filters"] = 9

    with pytest.raises(BundleError, match="the weights cannot be loaded"):
        load_keras_model(edited(change))


def claiming(path, network, h5_of=None):
    """Save a network of shapes only, with no weights or those of another file."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps(keras.saving.serialize_keras_object(network)))
        archive.writestr("model.weights.h5", h5_of or h5_with({}))
    return path


def h5_with(arrays):
    file = io.BytesIO()
    with h5py.File(file, "w") as h5:
        for name, value in arrays.items():
            h5[name] = value
    return file.getvalue()


def shapes_of(widths):
    """Return a network of dense layers of these widths after the first; nothing is allocated."""
    with keras.StatelessScope(initialize_variables=False):
        return keras.Sequential([layers.Input(widths[:1]), *map(layers.Dense, widths[1:])])


def test_a_small_file_that_claims_a_large_network_is_refused_before_it_is_allocated(tmp_path):
    # Keras keeps by thread what it has still to allocate: here nothing is to be left of it.
    with ThreadPoolExecutor(1) as pool:
        wide = pool.submit(shapes_of, (84, 40_000_000)).result()
        # No single number is large here: only the product of two is.
        square = pool.submit(shapes_of, (3, 9000, 9000)).result()
    with pytest.raises(BundleError, match=r"claims 3,400,000,000 weights .* but holds 800 bytes"):
        load_keras_model(claiming(tmp_path / "wide.keras", wide))
    weights = h5_with({"x": np.zeros(16_000, np.float32)})
    with pytest.raises(BundleError, match="claims 81,045,000 weights"):
        load_keras_model(claiming(tmp_path / "square.keras", square, weights))


def test_an_array_that_is_larger_than_the_file_is_refused(tmp_path):
    network = keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    file = io.BytesIO()
    with h5py.File(file, "w") as h5:
        h5.create_dataset("x", (2**30,), np.float32, chunks=(2**20,), compression="gzip")
    with pytest.raises(BundleError, match=r"4,294,967,296 bytes of arrays"):
        load_keras_model(claiming(tmp_path / "bomb.keras", network, file.getvalue()))


@pytest.mark.parametrize("link", [h5py.ExternalLink("/etc/other.h5", "x"), h5py.SoftLink("/x")])
def test_weights_that_lie_elsewhere_are_refused(tmp_path, link):
    network = keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    weights = h5_with({"layers/dense/vars/0": link})
    with pytest.raises(BundleError, match="vars/0 is a link; allowed are plain arrays"):
        load_keras_model(claiming(tmp_path / "linked.keras", network, weights))


def test_other_files_in_the_archive_are_refused(edited):
    path = edited(lambda config: None)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("assets/layers/words.txt", "words")
    with pytest.raises(BundleError, match=r"allowed are config\.json, metadata\.json"):
        load_keras_model(path)


def test_an_endless_config_is_refused_unread(tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", b"")
        archive.writestr("config.json", " " * (16 * 2**20 + 1))
    with pytest.raises(BundleError, match=r"config\.json is over the 16 MB allowed"):
        load_keras_model(path)
