"""EfficientNet-Lite for grey films (Tan and Le 2019, arXiv:1905.11946; its Lite form, 2020).

Lite leaves squeeze-excitation out and uses ReLU6, which is what makes it quick on a processor. The
last of its stages, made to tell a thousand things apart, gives way to a smaller head: what
transfers from everyday pictures to films are the early layers (Raghu et al. 2019,
arXiv:1902.07208).
"""

from math import ceil
from typing import Any

from keras import Model, layers

from xray_core.networks.grey import film_input
from xray_core.networks.heads import average, logits

STAGES = (
    # kernel, stride, expansion, channels, blocks
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
)
STEM_CHANNELS, HEAD_CHANNELS = 32, 640
HEAD = "head"
GREY_MEAN, GREY_SPAN = 127 / 255, 128 / 255
"""The scaling that the published weights were trained with: (grey level − 127) / 128."""


def _norm(x: Any, name: str) -> Any:
    # 0.95: an epoch has some 150 steps, too few for the usual 0.99 to settle early on.
    return layers.BatchNormalization(momentum=0.95, epsilon=1e-3, name=f"{name}_bn")(x)


def _conv(x: Any, channels: int, name: str, *, size: int = 1, stride: int = 1) -> Any:
    x = layers.Conv2D(
        channels, size, strides=stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    return _norm(x, name)


def _relu6(x: Any, name: str) -> Any:
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _block(
    x: Any, kernel: int, stride: int, expansion: int, channels: int, name: str, drop: float
) -> Any:
    """Inverted residual with a linear end (Sandler et al. 2018, arXiv:1801.04381)."""
    shortcut, entering = x, int(x.shape[-1])
    if expansion > 1:
        x = _relu6(_conv(x, entering * expansion, f"{name}_expand"), f"{name}_expand")
    x = layers.DepthwiseConv2D(
        kernel, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
    )(x)
    x = _relu6(_norm(x, f"{name}_depthwise"), f"{name}_depthwise")
    x = _conv(x, channels, f"{name}_project")
    if stride == 1 and entering == channels:
        # A whole block is left out of some films (Huang et al. 2016, arXiv:1603.09382).
        x = layers.Dropout(drop, noise_shape=(None, 1, 1, 1), name=f"{name}_drop")(x)
        x = layers.Add(name=f"{name}_add")([x, shortcut])
    return x


def _wider(channels: int, width: float) -> int:
    """Return a multiple of eight near the product, never much below it (as published)."""
    rounded = max(8, int(channels * width + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels * width else rounded + 8


def build_efficientnet_lite(
    input_size: int,
    outputs: int,
    *,
    name: str = "efficientnet-lite",
    width: float = 1.0,
    depth: float = 1.0,
) -> Model:
    """Build the network: stem, inverted residual blocks, head, average, dropout, logits.

    Args:
        input_size: side of the input in pixels; the published weights were trained at 224 (Lite0)
            and 260 (Lite2).
        outputs: number of logits.
        name: of the network in the registry.
        width: what the channels of the stages are multiplied by; 1 is Lite0, 1.1 Lite2.
        depth: what the blocks of all stages but the first are multiplied by; 1 is Lite0 with its
            fifteen blocks, 1.2 Lite2 with twenty.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to logits (N, outputs).
    """
    stages = [
        (kernel, stride, expansion, _wider(channels, width), ceil(blocks * depth) if s else blocks)
        for s, (kernel, stride, expansion, channels, blocks) in enumerate(STAGES)
    ]
    film = film_input(input_size)
    x = layers.Rescaling(1 / GREY_SPAN, offset=-GREY_MEAN / GREY_SPAN, name="scale")(film)
    x = _relu6(_conv(x, STEM_CHANNELS, "stem", size=3, stride=2), "stem")
    total, number = sum(stage[-1] for stage in stages), 0
    for s, (kernel, stride, expansion, channels, blocks) in enumerate(stages, start=1):
        for b in range(1, blocks + 1):
            drop = 0.1 * number / total
            block = f"stage{s}_block{b}"
            x = _block(x, kernel, stride if b == 1 else 1, expansion, channels, block, drop)
            number += 1
    x = _relu6(_conv(x, HEAD_CHANNELS, HEAD), HEAD)
    x = layers.Dropout(0.3, name="dropout")(average(x))
    return Model(film, logits(x, outputs), name=name)
