"""ConvNeXt-Tiny (Liu et al. 2022, arXiv:2201.03545).

Built here of plain layers: that of `keras.applications` has layers of its own, which a bundle may
not hold. Its weights stand in the same order, so its published ones fit.
"""

from typing import Any

from keras import Model, initializers, layers

from xray_core.networks.grey import TORCH, as_rgb, film_input
from xray_core.networks.heads import average, logits

STAGES = ((96, 3), (192, 3), (384, 9), (768, 3))
"""Channels and blocks of each stage."""
DROP_PATH = 0.1
"""Share of films for which the last block is left out; the first one never is."""
LAYER_SCALE = 1e-6


def _norm(x: Any, name: str) -> Any:
    return layers.LayerNormalization(epsilon=1e-6, name=f"{name}_norm")(x)


def _block(x: Any, name: str, drop: float) -> Any:
    channels, shortcut = int(x.shape[-1]), x
    x = layers.DepthwiseConv2D(7, padding="same", name=f"{name}_depthwise_conv")(x)
    x = layers.Dense(4 * channels, name=f"{name}_widen")(_norm(x, name))
    x = layers.Dense(channels, name=f"{name}_narrow")(
        layers.Activation("gelu", name=f"{name}_gelu")(x)
    )
    # A factor for each channel (Touvron et al. 2021, arXiv:2103.17239), written as a convolution.
    x = layers.DepthwiseConv2D(
        1,
        use_bias=False,
        depthwise_initializer=initializers.Constant(LAYER_SCALE),
        name=f"{name}_layer_scale",
    )(x)
    if drop:
        # A whole block is left out of some films (Huang et al. 2016, arXiv:1603.09382).
        x = layers.Dropout(drop, noise_shape=(None, 1, 1, 1), name=f"{name}_drop")(x)
    return layers.Add(name=f"{name}_add")([shortcut, x])


def build_convnext(input_size: int, outputs: int) -> Model:
    """Build the network: stem of 4×4 patches, four stages, average, layer norm, dropout, logits.

    Args:
        input_size: side of the input in pixels; the published weights were trained at 224.
        outputs: number of logits.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to logits (N, outputs).
    """
    film = film_input(input_size)
    x, number, last = as_rgb(film, TORCH), 0, sum(blocks for _, blocks in STAGES) - 1
    for s, (channels, blocks) in enumerate(STAGES, start=1):
        if s == 1:
            x = _norm(layers.Conv2D(channels, 4, strides=4, name="stem_conv")(x), "stem")
        else:
            x = layers.Conv2D(channels, 2, strides=2, name=f"stage{s}_halve_conv")(
                _norm(x, f"stage{s}_halve")
            )
        for b in range(1, blocks + 1):
            x = _block(x, f"stage{s}_block{b}", DROP_PATH * number / last)
            number += 1
    x = _norm(average(x), "features")
    x = layers.Dropout(0.2, name="features_dropout")(x)
    return Model(film, logits(x, outputs), name="convnext-tiny")
