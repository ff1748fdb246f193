"""Carrying weights over from one network to another: by the names of layers, or by their order."""

from itertools import islice
from typing import Any

from xray_core.errors import ConfigError
from xray_core.networks.parts import backbone, with_weights
from xray_core.networks.weights_file import Arrays, Weights


def carry_over(model: Any, weights: Weights, source: str) -> str:
    """Give a network the weights of a file: all of its backbone, and of its head what fits.

    Layers are found by their names. Where the names of the backbone are others, as in the published
    files of Keras, its layers are taken in the order of the file. A network without a backbone
    needs all layers but the last one.

    Args:
        model: a network of the registry; it is changed.
        weights: from `read_weights`.
        source: what the weights are called, for the sentences.

    Returns:
        A sentence that says what was taken.

    Raises:
        ConfigError: the weights are of another network.
    """
    layers = with_weights(model.layers)
    needed = with_weights(backbone(model)) or layers[:-1]
    found = weights.layers
    if weights.in_order and not all(layer.name in found for layer in needed):
        # Array by array: what is a layer here may be part of one there, as ConvNeXt's stem.
        row = iter([array for arrays in found.values() for array in arrays])
        found = {layer.name: list(islice(row, len(layer.weights))) for layer in needed}
    fitted = {layer.name: _fitted(layer, found.get(layer.name, [])) for layer in layers}
    for layer in needed:
        if fitted[layer.name] is None:
            raise ConfigError(
                f"{source}: these weights are of another network, they do not fit the layer "
                f"{layer.name!r} of {model.name!r}."
            )
    for layer in layers:
        if (arrays := fitted[layer.name]) is not None:
            layer.set_weights(arrays)
    anew = [layer.name for layer in layers if fitted[layer.name] is None]
    begun = f"; begun anew: {', '.join(anew)}" if anew else ""
    return f"{source}: {len(layers) - len(anew)} of {len(layers)} layers taken{begun}."


def _fitted(layer: Any, arrays: Arrays) -> Arrays | None:
    """Return the arrays in the shapes of a layer's weights, or None where they do not fit.

    Axes of length one do not count: a 1×1 convolution is a dense layer, and a scale per channel is
    a depthwise convolution of one pixel.
    """
    shapes = [tuple(weight.shape) for weight in layer.weights]
    if [_plain(array.shape) for array in arrays] != [_plain(shape) for shape in shapes]:
        return None
    return [array.reshape(shape) for array, shape in zip(arrays, shapes, strict=True)]


def _plain(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(side for side in shape if side != 1)
