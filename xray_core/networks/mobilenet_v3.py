"""MobileNetV3-Large (Howard et al. 2019, arXiv:1905.02244).

Built here of plain layers: that of `keras.applications` holds bare arithmetic, which a bundle may
not. Its layers stand in the same order, so its published weights fit.
"""

from typing import Any

from keras import Model, layers

from xray_core.networks.grey import TF, as_rgb, film_input
from xray_core.networks.heads import average, logits

BLOCKS = (
    # kernel, stride, channels inside, channels out, squeeze-excitation, activation
    (3, 1, 16, 16, False, "relu"),
    (3, 2, 64, 24, False, "relu"),
    (3, 1, 72, 24, False, "relu"),
    (5, 2, 72, 40, True, "relu"),
    (5, 1, 120, 40, True, "relu"),
    (5, 1, 120, 40, True, "relu"),
    (3, 2, 240, 80, False, "hard_swish"),
    (3, 1, 200, 80, False, "hard_swish"),
    (3, 1, 184, 80, False, "hard_swish"),
    (3, 1, 184, 80, False, "hard_swish"),
    (3, 1, 480, 112, True, "hard_swish"),
    (3, 1, 672, 112, True, "hard_swish"),
    (5, 2, 672, 160, True, "hard_swish"),
    (5, 1, 960, 160, True, "hard_swish"),
    (5, 1, 960, 160, True, "hard_swish"),
)
STEM, LAST = 16, 960


def _norm(x: Any, name: str) -> Any:
    return layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=f"{name}_bn")(x)


def _conv(x: Any, channels: int, name: str, size: int = 1, stride: int = 1) -> Any:
    x = layers.Conv2D(
        channels, size, strides=stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    return _norm(x, name)


def _act(x: Any, how: str, name: str) -> Any:
    return layers.Activation(how, name=f"{name}_{how}")(x)


def _padded(x: Any, kernel: int, name: str) -> Any:
    """Return maps with the border that the published strided convolutions expect."""
    half, even = kernel // 2, x.shape[1] % 2 == 0
    before = half - 1 if even else half
    return layers.ZeroPadding2D(((before, half), (before, half)), name=f"{name}_pad")(x)


def _squeeze_excite(x: Any, name: str) -> Any:
    """Weigh the channels by what they hold on average (Hu et al. 2018, arXiv:1709.01507)."""
    channels = int(x.shape[-1])
    s = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    s = layers.Conv2D(_divisible(channels / 4), 1, name=f"{name}_reduce_conv")(s)
    s = _act(s, "relu", f"{name}_reduce")
    s = layers.Conv2D(channels, 1, name=f"{name}_excite_conv")(s)
    return layers.Multiply(name=f"{name}_weigh")([x, _act(s, "hard_sigmoid", f"{name}_excite")])


def _divisible(channels: float) -> int:
    """Return the nearest multiple of 8 that is not less than nine tenths of a width."""
    near = max(8, int(channels + 4) // 8 * 8)
    return near + 8 if near < 0.9 * channels else near


def build_mobilenet_v3(input_size: int, outputs: int) -> Model:
    """Build the network: stem, fifteen inverted residual blocks, average, dropout, logits.

    Args:
        input_size: side of the input in pixels; the published weights were trained at 224.
        outputs: number of logits.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to logits (N, outputs).
    """
    film = film_input(input_size)
    x = _act(_conv(as_rgb(film, TF), STEM, "stem", size=3, stride=2), "hard_swish", "stem")
    for number, (kernel, stride, inside, channels, squeeze, act) in enumerate(BLOCKS):
        name, shortcut = f"block{number}", x
        if number:
            x = _act(_conv(x, inside, f"{name}_expand"), act, f"{name}_expand")
        if stride == 2:
            x = _padded(x, kernel, name)
        x = layers.DepthwiseConv2D(
            kernel,
            strides=stride,
            padding="same" if stride == 1 else "valid",
            use_bias=False,
            name=f"{name}_depthwise_conv",
        )(x)
        x = _act(_norm(x, f"{name}_depthwise"), act, f"{name}_depthwise")
        if squeeze:
            x = _squeeze_excite(x, name)
        x = _conv(x, channels, f"{name}_project")
        if stride == 1 and shortcut.shape[-1] == channels:
            x = layers.Add(name=f"{name}_add")([x, shortcut])
    x = average(_act(_conv(x, LAST, "last"), "hard_swish", "last"), dropout=0.2)
    return Model(film, logits(x, outputs), name="mobilenetv3-large")
