"""A small U-Net that draws the lungs and says how the chest lies on the film."""

from typing import Any

from keras import Model, layers

from xray_core.networks.poses import POSES

CHANNELS = (16, 32, 48, 64)
"""Channels of each level; the first has half the side of the input, each further one half again."""
DEEP = 2
"""From this level on there are two convolutions."""
SIZE = 96
"""Side of the input in pixels that the network was made for."""


def build_lung_unet(input_size: int = SIZE) -> Model:
    """Build the network (Ronneberger et al. 2015, arXiv:1505.04597), 0.19 million parameters.

    The stem halves the side at once: convolutions at full size cost the most and the outline of a
    lung is smooth. The two deepest levels have a second convolution: what is lung and what is gas
    in the stomach is told by the whole chest.

    Args:
        input_size: side of the input in pixels, a multiple of 16.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to two logits: `lungs` (N, S, S, 1), and `pose`
        (N, 3) in the order of `POSES`.
    """
    film = layers.Input((input_size, input_size, 1), name="film")
    x = layers.Rescaling(4.0, offset=-2.0, name="scale")(film)
    x = _conv(x, CHANNELS[0], "stem", size=5, stride=2)
    levels = [x]
    for i, channels in enumerate(CHANNELS[1:], start=1):
        x = _conv(layers.MaxPooling2D(name=f"pool{i}")(x), channels, f"down{i}")
        if i >= DEEP:
            x = _conv(x, channels, f"down{i}_again")
        levels.append(x)
    pose = _conv(x, 16, "pose_reduce", size=1)
    pose = layers.Dropout(0.3, name="pose_dropout")(layers.Flatten(name="pose_flatten")(pose))
    pose = layers.Dense(len(POSES), name="pose")(pose)
    for i, level in reversed(list(enumerate(levels[:-1]))):
        x = layers.UpSampling2D(name=f"enlarge{i}")(x)
        x = _conv(layers.Concatenate(name=f"join{i}")([x, level]), CHANNELS[i], f"up{i}")
    lungs = layers.Conv2DTranspose(1, 4, strides=2, padding="same", name="lungs")(x)
    return Model(film, [lungs, pose], name="lung-unet")


def _conv(x: Any, channels: int, name: str, *, size: int = 3, stride: int = 1) -> Any:
    x = layers.Conv2D(
        channels, size, strides=stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    x = layers.BatchNormalization(momentum=0.95, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
