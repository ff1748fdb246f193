"""Feature maps: what each channel of a layer answers to one film (Zeiler and Fergus 2014).

One compiled pass gives the output of every layer at once, whatever is nested in the network, so
that looking at another layer, or at one channel through all of them, costs nothing new to build.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from xray_core.errors import ExplanationError
from xray_core.explain.tapping import TappedModel, tapped

if TYPE_CHECKING:
    from keras import Model

Kind = Literal["convolution", "activation", "pooling"]
Order = Literal["strongest", "in order"]

_KINDS: dict[Kind, tuple[str, ...]] = {
    "convolution": ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose"),
    "activation": ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
    "pooling": (
        "MaxPooling2D",
        "AveragePooling2D",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
    ),
}


@dataclass(frozen=True)
class LayerInfo:
    """A layer whose channels can be looked at.

    Attributes:
        name: path of names from the network down, `backbone/conv1` in a nested network.
        kind: `convolution`, `activation` or `pooling`.
        shape: (height, width, channels) of its output; 1×1 where it has no extent.
        parameters: numbers that it holds.
    """

    name: str
    kind: Kind
    shape: tuple[int, int, int]
    parameters: int

    @property
    def spatial(self) -> bool:
        """Whether the maps have an extent, so that they can be laid over the film."""
        return prod(self.shape[:2]) > 1


@dataclass(frozen=True)
class LayerChannel:
    """One channel of one layer: its number, and its map float32 (h, w)."""

    layer: LayerInfo
    index: int
    map: NDArray[np.float32]


@cache
def _classes() -> dict[Kind, tuple[type, ...]]:
    """Return the Keras classes of each kind; TensorFlow takes seconds to import, so not before."""
    from keras import layers

    return {kind: tuple(getattr(layers, name) for name in names) for kind, names in _KINDS.items()}


def _kind(layer: Any) -> Kind | None:
    kinds = _classes().items()
    return next((kind for kind, classes in kinds if isinstance(layer, classes)), None)


def _walk(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (path, layer) of every layer that can be looked at, nested networks opened."""
    from keras import Model

    for layer in model.layers:
        if isinstance(layer, Model):
            yield from _walk(layer, f"{prefix}{layer.name}/")
        elif _kind(layer) is not None:
            yield prefix + layer.name, layer


def _tapped(model: "Model") -> TappedModel:
    return tapped(model, lambda: dict(_walk(model)))


def _extent(shape: tuple[int, ...]) -> tuple[int, int, int] | None:
    """Return (h, w, c) of an output (1, …), or None where it is no map of channels."""
    if len(shape) == 2:
        return 1, 1, shape[1]
    return (shape[1], shape[2], shape[3]) if len(shape) == 4 else None


def layers_of(model: "Model") -> tuple[LayerInfo, ...]:
    """Return every convolution, activation and pooling layer, in the order of the network.

    Args:
        model: a Keras network of one image input (N, S, S, 1 or 3); networks may be nested in it.

    Raises:
        ExplanationError: the network has not one image input of a fixed size.
    """
    shapes, found = _tapped(model).shapes, dict(_walk(model))
    infos = []
    for name, shape in shapes.items():
        kind, extent = _kind(found[name]), _extent(shape)
        if kind is not None and extent is not None:
            infos.append(LayerInfo(name, kind, extent, found[name].count_params()))
    return tuple(infos)


def channels(model: "Model", image: NDArray[np.float32], layer: str) -> NDArray[np.float32]:
    """Return all channels of one layer, float32 (h, w, C).

    Args:
        model: the network.
        image: what the network sees, float32 (S, S) in [0, 1]; repeated where the network takes
            three channels.
        layer: a name that `layers_of` gives.

    Raises:
        ExplanationError: no such layer, or the film is not of the network's size.
    """
    names = [info.name for info in layers_of(model)]
    if layer not in names:
        allowed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        raise ExplanationError(
            f"layer {layer!r} is not one of {allowed or 'none: it has no maps'}."
        )
    return _as_maps(_tapped(model)(image)[layer])


def all_layers_channel(
    model: "Model", image: NDArray[np.float32], index: int | None = None
) -> tuple[LayerChannel, ...]:
    """Return one channel of every layer that has an extent, in the order of the network.

    Args:
        model: the network.
        image: what the network sees, float32 (S, S) in [0, 1].
        index: number of the channel; a layer of C channels shows channel `index` modulo C. None
            takes the strongest channel of each layer.

    Raises:
        ExplanationError: `index` is negative, or the film is not of the network's size.
    """
    if index is not None and index < 0:
        raise ExplanationError(f"channel {index} is not a whole number from 0.")
    outputs = _tapped(model)(image)
    chosen = []
    for info in layers_of(model):
        if info.spatial:
            maps = _as_maps(outputs[info.name])
            number = int(channel_order(maps)[0]) if index is None else index % info.shape[2]
            # A copy: a view would keep all channels of every layer in memory.
            chosen.append(LayerChannel(info, number, maps[..., number].copy()))
    return tuple(chosen)


def channel_strength(maps: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how much each channel says of this film, float64 (C,).

    It is the standard deviation over the map: a channel that is equally bright everywhere picks out
    nothing. Of a map without extent it is the absolute value.
    """
    flat = maps.reshape(-1, maps.shape[-1]).astype(np.float64)
    return np.asarray(np.abs(flat[0]) if len(flat) == 1 else flat.std(axis=0))


def channel_order(maps: NDArray[np.float32], order: Order = "strongest") -> NDArray[np.intp]:
    """Return the numbers of all channels of (h, w, C), strongest first or in order."""
    if order == "in order":
        return np.arange(maps.shape[-1])
    return np.asarray(np.argsort(-channel_strength(maps), kind="stable"))


def _as_maps(output: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(output.reshape((1, 1, -1) if output.ndim == 2 else output.shape[1:]))
