"""Training for a quick form of eight bits: the network computes with what that form will round to.

A network that was trained without keeps most of what it knows when its weights and feature maps
become whole numbers of eight bits, but not all: the bundled one's answers moved by three hundredths
on average, all in one direction. Trained with the rounding in place, it learns what survives it
(Jacob et al. 2018, arXiv:1712.05877). Gradients pass the rounding as if it were not there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf
from keras import layers, ops

LEVELS = 127
"""Of a weight, on either side of 0; each output channel has a scale of its own."""
MAPS = (
    *(layers.ReLU, layers.Add, layers.BatchNormalization, layers.Rescaling),
    *(layers.GlobalAveragePooling2D, layers.Dense),
)
"""Layers whose outputs are rounded, unless one operation with what follows them."""


@contextmanager
def simulated_eight_bits(model: Any) -> Iterator[None]:
    """Let a model round its kernels and feature maps to eight bits, in training and out of it.

    Biases, sums and the statistics of batch norm stay as they are, as in the quick form. Weights
    and names are untouched, so a state that was written within can be read without.
    """
    swapped = [(layer, type(layer), to) for layer in model.layers if (to := _rounding(layer))]
    try:
        for layer, _, to in swapped:
            layer.__class__ = to
        model.make_predict_function(force=True)  # Keras keeps what it traced
        yield
    finally:
        for layer, of, _ in swapped:
            layer.__class__ = of
        model.make_predict_function(force=True)


def _rounding(layer: Any) -> type | None:
    """Return the class that rounds what the layer is or gives; None where it stays as it is."""
    if isinstance(layer, layers.DepthwiseConv2D):
        plain = not layer.use_bias and layer.activation is keras.activations.linear
        return _of_kernel(type(layer)) if plain else None
    if type(layer) is layers.Conv2D:
        return _of_kernel(type(layer))
    if isinstance(layer, MAPS) and not _goes_on(layer):
        return _of_map(type(layer))
    return None


def _goes_on(layer: Any) -> bool:
    """Tell whether what follows a layer becomes one operation with it."""
    following = [node.operation for node in layer._outbound_nodes]
    return bool(following) and all(
        isinstance(one, layers.ReLU | layers.BatchNormalization) for one in following
    )


def _of_kernel(kind: Any) -> type:
    # Weights are written under the name of their layer's class, so it keeps its name.
    if issubclass(kind, layers.DepthwiseConv2D):
        return type(kind.__name__, (kind,), {"call": _depthwise})

    def convolution(self: Any, inputs: Any, kernel: Any) -> Any:
        return kind.convolution_op(self, inputs, round_kernel(kernel, -1))

    return type(kind.__name__, (kind,), {"convolution_op": convolution})


def _depthwise(self: Any, inputs: Any) -> Any:
    return ops.depthwise_conv(
        inputs,
        round_kernel(self.kernel, 2),
        strides=self.strides,
        padding=self.padding,
        dilation_rate=self.dilation_rate,
        data_format=self.data_format,
    )


def _of_map(kind: Any) -> type:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return round_map(kind.call(self, *args, **kwargs))

    return type(kind.__name__, (kind,), {"call": call})


def round_kernel(kernel: Any, channel: int) -> Any:
    """Return a kernel on the 255 levels that each of its output channels has.

    Batch norm, which follows, scales channels: to round before it or after it is the same.

    Args:
        kernel: float32, of any rank.
        channel: axis of the output channels.
    """
    value = tf.convert_to_tensor(kernel)
    others = [axis for axis in range(len(value.shape)) if axis != channel % len(value.shape)]
    scale = tf.maximum(tf.reduce_max(tf.abs(value), others, keepdims=True), 1e-12) / LEVELS
    return value + tf.stop_gradient(tf.round(value / scale) * scale - value)


def round_map(values: Any) -> Any:
    """Return a feature map (N, …) on 256 levels between its least and its largest value, and 0."""
    least = tf.minimum(tf.reduce_min(values), 0.0)
    largest = tf.maximum(tf.reduce_max(values), least + 1e-6)
    return tf.quantization.fake_quant_with_min_max_vars(
        values, tf.stop_gradient(least), tf.stop_gradient(largest)
    )
