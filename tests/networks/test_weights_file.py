"""Weights of a file are read as numbers, found by their layers' names, or refused in a sentence."""

import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras import Model, layers

from xray_core.errors import ConfigError
from xray_core.networks.carrying import carry_over
from xray_core.networks.parts import backbone, with_weights
from xray_core.networks.registry import network
from xray_core.networks.weights_file import read_weights


def small(outputs: int = 2, channels: int = 3) -> Model:
    film = layers.Input((8, 8, 1), name="film")
    x = layers.Conv2D(channels, 3, name="first_conv")(film)
    x = layers.BatchNormalization(name="first_bn")(x)
    x = layers.GlobalAveragePooling2D(name="features")(x)
    x = layers.ReLU(name="dense1_relu")(layers.Dense(4, name="dense1")(x))
    return Model(film, layers.Dense(outputs, name="logits")(x), name="small")


def published(path: Path, named: dict[str, list[np.ndarray]]) -> Path:
    """Write the form in which Keras publishes weights: its own of before version 3."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in named]
        for name, arrays in named.items():
            group = file.create_group(name)
            paths = [f"{name}/weight_{i}:0" for i in range(len(arrays))]
            group.attrs["weight_names"] = [text.encode() for text in paths]
            for text, array in zip(paths, arrays, strict=True):
                group[text] = array
    return path


def assert_same(one: Model, other: Model, names: list[str]) -> None:
    for name in names:
        for a, b in zip(
            one.get_layer(name).get_weights(), other.get_layer(name).get_weights(), strict=True
        ):
            np.testing.assert_array_equal(a, b)


ALL = ["first_conv", "first_bn", "dense1", "logits"]


@pytest.mark.parametrize("suffix", [".weights.h5", ".keras"])
def test_what_keras_writes_is_taken_whole(tmp_path, suffix):
    model, other = small(), small()
    model.compile("adam", "mse")  # an optimiser's own numbers are in the file too
    path = tmp_path / f"saved{suffix}"
    model.save(path) if suffix == ".keras" else model.save_weights(path)
    assert carry_over(other, read_weights(path), "saved") == "saved: 4 of 4 layers taken."
    assert_same(model, other, ALL)


def test_of_another_task_all_but_the_last_layer_is_taken(tmp_path):
    model, other = small(outputs=2), small(outputs=4)
    model.save_weights(tmp_path / "two.weights.h5")
    told = carry_over(other, read_weights(tmp_path / "two.weights.h5"), "two.weights.h5")
    assert told == "two.weights.h5: 3 of 4 layers taken; begun anew: logits."
    assert_same(model, other, ALL[:-1])


def test_another_network_is_refused_and_nothing_is_changed(tmp_path):
    small(channels=5).save_weights(tmp_path / "other.weights.h5")
    model = small()
    before = model.get_weights()
    with pytest.raises(ConfigError, match="do not fit the layer 'first_conv' of 'small'"):
        carry_over(model, read_weights(tmp_path / "other.weights.h5"), "other.weights.h5")
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_published_weights_are_found_by_order_where_their_names_are_others(tmp_path):
    model = small()
    named = {
        "conv2d_17": model.get_layer("first_conv").get_weights(),
        "activation_3": [],
        "batch_normalization_17": model.get_layer("first_bn").get_weights(),
    }
    path = published(tmp_path / "notop.h5", named)
    other = small()
    told = carry_over(other, read_weights(path), "notop.h5")
    assert told == "notop.h5: 2 of 4 layers taken; begun anew: dense1, logits."
    assert_same(model, other, ["first_conv", "first_bn"])


def test_names_that_keras_did_not_publish_are_not_guessed_by_order(tmp_path):
    model = small()
    renamed = keras.models.clone_model(
        model,
        clone_function=lambda layer: type(layer).from_config(
            layer.get_config() | {"name": f"{layer.name}_x"}
        ),
    )
    renamed.save_weights(tmp_path / "renamed.weights.h5")
    with pytest.raises(ConfigError, match="of another network"):
        carry_over(model, read_weights(tmp_path / "renamed.weights.h5"), "renamed")


def test_a_link_to_another_file_is_refused(tmp_path):
    path = tmp_path / "linked.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/conv2d/vars/0"] = h5py.ExternalLink("/etc/other.h5", "x")
    with pytest.raises(ConfigError, match="vars/0 is a link; allowed are arrays"):
        read_weights(path)


def test_numbers_that_lie_in_another_file_are_refused(tmp_path):
    (tmp_path / "secret").write_bytes(b"\0" * 16)
    path = tmp_path / "external.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset(
            "layers/conv2d/vars/0", (4,), "<f4", external=[(str(tmp_path / "secret"), 0, 16)]
        )
    with pytest.raises(ConfigError, match="vars/0 is a link; allowed are arrays"):
        read_weights(path)


def test_arrays_that_are_larger_than_the_file_are_refused(tmp_path):
    path = tmp_path / "bomb.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/a/vars/0", (2**26,), "<f4", chunks=(2**20,), compression=9)
    with pytest.raises(ConfigError, match=r"it claims 268,435,456 bytes of arrays"):
        read_weights(path)


@pytest.mark.parametrize("name", ["weights.pkl", "weights.npz", "weights.pth"])
def test_other_kinds_of_files_are_refused_unread(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x04N.")
    with pytest.raises(ConfigError, match=r"allowed are files \.weights\.h5, \.keras, \.h5"):
        read_weights(tmp_path / name)


@pytest.mark.parametrize("name", ["w.weights.h5", "w.keras", "w.h5"])
@pytest.mark.parametrize("content", [None, b"", b"\x89HDF\r\n\x1a\ncut", b"PK\x03\x04 cut"])
def test_a_missing_or_damaged_file_is_one_sentence(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=r"this file cannot be read as weights\.$"):
        read_weights(tmp_path / name)


def test_an_archive_without_layers_is_one_sentence(tmp_path):
    h5py.File(tmp_path / "inner.h5", "w").close()
    with zipfile.ZipFile(tmp_path / "empty.keras", "w") as archive:
        archive.write(tmp_path / "inner.h5", "model.weights.h5")
    with pytest.raises(ConfigError, match="names no layer"):
        read_weights(tmp_path / "empty.keras")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "application", "options"),
    [
        ("resnet50", "ResNet50", {}),
        ("resnet50v2", "ResNet50V2", {}),
        ("xception", "Xception", {}),
        ("densenet121", "DenseNet121", {}),
        ("efficientnetv2-b0", "EfficientNetV2B0", {"include_preprocessing": False}),
        ("mobilenetv3-large", "MobileNetV3Large", {"include_preprocessing": False}),
        ("convnext-tiny", "ConvNeXtTiny", {"include_preprocessing": False}),
    ],
)
def test_a_file_of_the_published_form_gives_the_same_maps_as_in_keras(
    tmp_path, name, application, options
):
    """The published files cannot be had without a network; one of the same form can be written."""
    spec = network(name)
    side = max(spec.smallest, 64)
    original = getattr(keras.applications, application)(
        include_top=False, weights=None, input_shape=(side, side, 3), **options
    )
    rng = np.random.default_rng(0)
    for layer in original.layers:  # as random as weights can be, but for what must be positive
        if type(layer).__name__ == "BatchNormalization":
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    named = {f"{i}": layer.get_weights() for i, layer in enumerate(original.layers)}
    model = spec.build(side, 2)
    carry_over(model, read_weights(published(tmp_path / "notop.h5", named)), "notop.h5")
    films = rng.random((2, side, side, 1), dtype=np.float32)
    last = with_weights(backbone(model))[-1].name
    scaled = Model(model.inputs[0], model.get_layer("grey_to_rgb").output)(films)
    ours = Model(model.inputs[0], backbone(model)[-1].output, name=last)(films, training=False)
    end = original.layers[-1]
    maps = end.input if name == "convnext-tiny" else end.output  # there a layer norm follows
    theirs = Model(original.inputs[0], maps)(scaled, training=False)
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3 * float(np.abs(theirs).max()))


def test_an_archive_that_unpacks_to_far_more_is_refused_unread(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", b"\0" * 2**24)
    with pytest.raises(ConfigError, match="16,777,216 bytes are packed in it, too many"):
        read_weights(tmp_path / "bomb.keras")
