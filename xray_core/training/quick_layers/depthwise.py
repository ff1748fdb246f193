"""The gradient of wide depthwise filters, three columns at a time, while a network trains.

oneDNN has a quick kernel for the gradient of a depthwise filter only where it is at most three
columns wide. Of wider ones it computes a full convolution of each sixteen channels with each other
and keeps the diagonal: a quarter of a step of the bundled network. So a filter's columns are taken
in threes that the kernel can do: the middle one, and those d columns to its left and right. Where a
row of W places of C channels is read as W / d places of d · C channels, neighbours are d columns
apart. Nothing is copied for that, and the sums are the same (`benchmarks/training_step.py`).
"""

from typing import Any

import keras
import tensorflow as tf

QUICK = 3
"""Columns of a filter up to which oneDNN's own gradient is quick."""


class DepthwiseConv2D(keras.layers.DepthwiseConv2D):  # type: ignore[misc]
    """Keras' layer; only the gradient of its filters is computed otherwise."""

    def call(self, inputs: Any) -> Any:
        """Return each channel filtered by its own filter, as Keras does."""
        outputs = _filtered(inputs, tf.convert_to_tensor(self.kernel))
        return self.activation(outputs + self.bias if self.use_bias else outputs)


def is_wide_depthwise(layer: Any) -> bool:
    """Tell whether a depthwise convolution of Keras' has wide filters that move by one pixel."""
    rows, columns = layer.kernel_size
    return (
        columns > QUICK
        and rows % 2 == columns % 2 == 1
        and tuple(layer.strides) == tuple(layer.dilation_rate) == (1, 1)
        and layer.padding == "same"
        and layer.data_format == "channels_last"
        and layer.depth_multiplier == 1
    )


@tf.custom_gradient
def _filtered(films: tf.Tensor, filters: tf.Tensor) -> Any:
    """Return films (N, H, W, C) by filters (R, S, C, 1), and what gives the gradients of both."""

    def gradients(change: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        of_films = tf.raw_ops.DepthwiseConv2dNativeBackpropInput(
            input_sizes=tf.shape(films),
            filter=filters,
            out_backprop=change,
            strides=[1] * 4,
            padding="SAME",
        )
        return of_films, _filter_gradient(films, change, filters.shape[:2])

    return tf.nn.depthwise_conv2d(films, filters, [1] * 4, "SAME"), gradients


def _filter_gradient(films: tf.Tensor, change: tf.Tensor, filter_size: Any) -> tf.Tensor:
    """Return the gradient (R, S, C, 1) of filters of that size (R, S), both odd.

    Args:
        films: (N, H, W, C), what is filtered.
        change: (N, H, W, C), the gradient of what comes out.
    """
    rows, columns = filter_size
    middle, channels = columns // 2, films.shape[-1]
    found: list[Any] = [None] * columns
    for apart in range(1, middle + 1):
        # Beyond the edge all is zero, so more of it changes nothing. The kernel wants a row for
        # each of the filter's.
        shaped = [_padded(side, rows, apart) for side in (films, change)]
        batch, high, wide, _ = tf.unstack(tf.shape(shaped[0]))
        together = apart * channels
        three = tf.raw_ops.DepthwiseConv2dNativeBackpropFilter(
            input=tf.reshape(shaped[0], (batch, high, wide // apart, together)),
            filter_sizes=[rows, QUICK, together, 1],
            out_backprop=tf.reshape(shaped[1], (batch, high, wide // apart, together)),
            strides=[1] * 4,
            padding="SAME",
        )
        three = tf.reduce_sum(tf.reshape(three, (rows, QUICK, apart, channels, 1)), axis=2)
        found[middle - apart], found[middle + apart] = three[:, 0], three[:, 2]
        if apart == 1:
            found[middle] = three[:, 1]
    return tf.stack(found, axis=1)


def _padded(side: tf.Tensor, rows: int, apart: int) -> tf.Tensor:
    """Return a map (N, H, W, C) of at least so many rows, and a multiple of so many columns."""
    _, high, wide, _ = side.shape
    below, beyond = max(0, rows - high), -wide % apart
    return tf.pad(side, [[0, 0], [0, below], [0, beyond], [0, 0]]) if below or beyond else side
