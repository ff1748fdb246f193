"""The gradient of wide depthwise filters, three columns at a time, while a network trains.

oneDNN has a quick kernel for the gradient of a depthwise filter only where it is at most three
columns wide. Of wider ones it computes a full convolution of each sixteen channels with each other
and keeps the diagonal: a quarter of a step of the bundled network. So a filter's columns are taken
in threes that the kernel can do: the middle one, and those d columns to its left and right. Where a
row of W places of C channels is read as W / d places of d · C channels, neighbours are d columns
apart. Nothing is copied for that but where W is no multiple of d, and the sums are the same.
"""

from typing import Any

import keras
import tensorflow as tf

COLUMNS = 3
"""Most columns of a filter whose gradient oneDNN has a quick kernel for."""


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
        columns > COLUMNS
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
        three = tf.raw_ops.DepthwiseConv2dNativeBackpropFilter(
            input=_columns_together(films, apart, rows),
            filter_sizes=[rows, COLUMNS, apart * channels, 1],
            out_backprop=_columns_together(change, apart, rows),
            strides=[1] * 4,
            padding="SAME",
        )
        three = tf.reduce_sum(tf.reshape(three, (rows, COLUMNS, apart, channels, 1)), axis=2)
        found[middle - apart], found[middle + apart] = three[:, 0], three[:, 2]
        if apart == 1:
            found[middle] = three[:, 1]
    return tf.stack(found, axis=1)


def _columns_together(maps: tf.Tensor, apart: int, rows: int) -> tf.Tensor:
    """Return maps (N, H, W, C) as (N, H, W / apart, apart · C).

    Where W is no multiple of that, or H less than so many rows, which the kernel asks for, there
    are more of them: beyond the edge all is zero and adds nothing.
    """
    _, high, wide, channels = maps.shape
    below, beyond = max(0, rows - high), -wide % apart
    if below or beyond:
        maps = tf.pad(maps, [[0, 0], [0, below], [0, beyond], [0, 0]])
    return tf.reshape(maps, (-1, high + below, (wide + beyond) // apart, apart * channels))
