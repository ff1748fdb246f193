"""Batch norm as one operation while a network trains.

Keras 3 computes the statistics of a batch, the scaling and all their gradients in operations of
their own, each of which reads and writes the whole feature map: two fifths of a step of the bundled
network on a processor. With TensorFlow's fused kernel, which does the same arithmetic, a step takes
two thirds of the time (`benchmarks/training_step.py`). Films are scored by it, too.
"""

from typing import Any

import keras
import tensorflow as tf


class BatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
    """Keras' layer; only what it does to feature maps (N, H, W, C) is computed otherwise."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise, and move the running statistics, as Ioffe and Szegedy 2015 (1502.03167)."""
        learns = bool(training and self.trainable)
        # Of a layer that is held still in training the kernel's gradient is slower than Keras'.
        if mask is not None or (training and not learns):
            return super().call(inputs, training=training, mask=mask)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=tf.convert_to_tensor(self.gamma),
            offset=tf.convert_to_tensor(self.beta),
            mean=[] if learns else tf.convert_to_tensor(self.moving_mean),
            variance=[] if learns else tf.convert_to_tensor(self.moving_variance),
            epsilon=self.epsilon,
            is_training=learns,
        )
        if not learns:
            return outputs
        # Keras' running variance is that of the batch itself, the kernel's that of a sample of it.
        count = tf.cast(tf.size(inputs) // tf.size(variance), variance.dtype)
        variance *= (count - 1) / count
        for running, of_batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            running.assign(running * self.momentum + of_batch * (1 - self.momentum))
        return outputs


def can_be_fused(layer: Any) -> bool:
    """Tell whether a batch norm of Keras' is one that the fused kernel computes."""
    return layer.scale and layer.center and not layer.renorm and layer.axis in (-1, 3)
