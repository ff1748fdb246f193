"""The separable CNN that public pneumonia notebooks share."""

from typing import Any

from keras import Model, layers

from xray_core.networks.grey import as_rgb, film_input
from xray_core.networks.heads import logits


def _separable_block(x: Any, channels: int, name: str, dropout: float = 0.0) -> Any:
    for i in (1, 2):
        x = layers.SeparableConv2D(
            channels, 3, activation="relu", padding="same", name=f"{name}_conv{i}"
        )(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    x = layers.MaxPooling2D(name=f"{name}_pool")(x)
    return layers.Dropout(dropout, name=f"{name}_dropout")(x) if dropout else x


def build_separable(input_size: int, outputs: int) -> Model:
    """Build the network as published: 2.31 million parameters at 150 px.

    Two plain convolutions of 16 channels, four blocks of two separable convolutions (32, 64, 128,
    256), dense 512-128-64 with dropout 0.7, 0.5 and 0.3. Published on three equal channels of the
    grey film, so the channel is repeated inside.

    Args:
        input_size: side of the input in pixels; 150 is what it was made for.
        outputs: number of logits.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to logits (N, outputs).
    """
    film = film_input(input_size)
    x = as_rgb(film)
    for i in (1, 2):
        x = layers.Conv2D(16, 3, activation="relu", padding="same", name=f"block1_conv{i}")(x)
    x = layers.MaxPooling2D(name="block1_pool")(x)
    for i, (channels, dropout) in enumerate(((32, 0), (64, 0), (128, 0.2), (256, 0.2)), start=2):
        x = _separable_block(x, channels, f"block{i}", dropout)
    x = layers.Flatten(name="flatten")(x)
    for i, (units, dropout) in enumerate(((512, 0.7), (128, 0.5), (64, 0.3)), start=1):
        x = layers.Dense(units, activation="relu", name=f"dense{i}")(x)
        x = layers.Dropout(dropout, name=f"dense{i}_dropout")(x)
    return Model(film, logits(x, outputs), name="cnn-separable")
