"""A small residual network for grey films."""

from typing import Any

from keras import Model, layers

from xray_core.networks.grey import film_input
from xray_core.networks.heads import average, logits

STAGES = ((32, 2), (64, 2), (128, 2), (160, 1))
"""Channels and blocks of each stage; every stage after the first halves the side."""


def _conv(x: Any, channels: int, name: str, *, size: int = 3, stride: int = 1) -> Any:
    x = layers.Conv2D(
        channels, size, strides=stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    # 0.95: an epoch has some 150 steps, too few for the usual 0.99 to settle early on.
    return layers.BatchNormalization(momentum=0.95, name=f"{name}_bn")(x)


def _squeeze_excite(x: Any, channels: int, name: str) -> Any:
    """Weigh the channels by what they hold on average (Hu et al. 2018, arXiv:1709.01507)."""
    s = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    s = layers.Conv2D(channels // 8, 1, activation="relu", name=f"{name}_reduce")(s)
    s = layers.Conv2D(channels, 1, activation="sigmoid", name=f"{name}_excite")(s)
    return layers.Multiply(name=f"{name}_scale")([x, s])


def _block(x: Any, channels: int, stride: int, name: str) -> Any:
    """Two 3×3 convolutions beside a shortcut (He et al. 2016, arXiv:1512.03385)."""
    shortcut = x
    if stride > 1 or x.shape[-1] != channels:
        if stride > 1:
            shortcut = layers.AveragePooling2D(stride, padding="same", name=f"{name}_pool")(x)
        shortcut = _conv(shortcut, channels, f"{name}_shortcut", size=1)
    x = _conv(x, channels, f"{name}_1", stride=stride)
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    x = _conv(x, channels, f"{name}_2")
    x = _squeeze_excite(x, channels, f"{name}_se")
    x = layers.Add(name=f"{name}_add")([x, shortcut])
    return layers.ReLU(name=f"{name}_relu")(x)


def build_residual(input_size: int, outputs: int) -> Model:
    """Build the network: a strided stem, four residual stages, global average, dropout, logits.

    Args:
        input_size: side of the input in pixels; 160 is what it was made for.
        outputs: number of logits.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to logits (N, outputs).
    """
    film = film_input(input_size)
    x = layers.Rescaling(4.0, offset=-2.0, name="scale")(film)
    x = layers.ReLU(name="stem_relu")(_conv(x, 32, "stem", size=5, stride=2))
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="stem_pool")(x)
    for s, (channels, blocks) in enumerate(STAGES, start=1):
        for b in range(1, blocks + 1):
            x = _block(x, channels, 2 if s > 1 and b == 1 else 1, f"stage{s}_block{b}")
    x = layers.Dropout(0.3, name="dropout")(average(x))
    return Model(film, logits(x, outputs), name="residual")
