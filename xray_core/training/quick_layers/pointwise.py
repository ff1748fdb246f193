"""A convolution of single pixels as the product of two matrices that it is.

It has the same sums as a convolution of one pixel's width, forwards and in both gradients, and
oneDNN's product takes less time for them.
"""

from typing import Any

import keras
import tensorflow as tf


class Conv2D(keras.layers.Conv2D):  # type: ignore[misc]
    """Keras' layer; only how a map's channels are mixed is computed otherwise."""

    def call(self, inputs: Any) -> Any:
        """Return maps (N, H, W, F) of maps (N, H, W, C), as Keras does."""
        _, high, wide, channels = inputs.shape
        kernel = tf.reshape(tf.convert_to_tensor(self.kernel), (channels, self.filters))
        mixed = tf.matmul(tf.reshape(inputs, (-1, channels)), kernel)
        mixed = mixed + self.bias if self.use_bias else mixed
        return self.activation(tf.reshape(mixed, (-1, high, wide, self.filters)))


def is_pointwise(layer: Any) -> bool:
    """Tell whether a convolution of Keras' is one of single pixels, channels last."""
    return (
        tuple(layer.kernel_size) == tuple(layer.strides) == (1, 1)
        and layer.groups == 1
        and layer.data_format == "channels_last"
    )
