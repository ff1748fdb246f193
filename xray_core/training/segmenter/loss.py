"""Losses of the outline and of the pose, each with places where nothing is learnt."""

from typing import Any

import keras
from keras import ops


def outline_loss(target: Any, logits: Any) -> Any:
    """Return cross entropy plus 1 − Dice (Milletari et al. 2016, arXiv:1606.04797) of each film.

    Args:
        target: (N, S, S, 2): share of lung, and weight.
        logits: (N, S, S, 1).

    Returns:
        (N,); films without lung have no Dice.
    """
    lung, weight = target[..., 0], target[..., 1]
    logit = logits[..., 0]
    entropy = keras.losses.binary_crossentropy(lung[..., None], logit[..., None], from_logits=True)
    p = ops.sigmoid(logit) * weight
    lung = lung * weight
    both = ops.sum(p * lung, axis=(1, 2))
    either = ops.sum(p, axis=(1, 2)) + ops.sum(lung, axis=(1, 2))
    dice = (2 * both + 1) / (either + 1)
    has_lung = ops.cast(ops.sum(lung, axis=(1, 2)) > 1, logit.dtype)
    return ops.mean(entropy * weight, axis=(1, 2)) + has_lung * (1 - dice)


def pose_loss(target: Any, logits: Any) -> Any:
    """Return the cross entropy (N,) of one-hot poses (N, 3); 0 where the pose is not known."""
    return -ops.sum(target * ops.log_softmax(logits, axis=-1), axis=-1)
