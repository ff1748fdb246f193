"""What weighs the findings of a backbone: from its last maps, or a flat row, to logits."""

from typing import Any

from keras import layers


def logits(x: Any, outputs: int) -> Any:
    """Return the last layer of every network, logits (N, outputs) in float32."""
    return layers.Dense(outputs, dtype="float32", name="logits")(x)


def average(x: Any, dropout: float = 0.0) -> Any:
    """Return the mean of each map (N, H, W, C) over the film, (N, C)."""
    x = layers.GlobalAveragePooling2D(name="features")(x)
    return layers.Dropout(dropout, name="features_dropout")(x) if dropout else x


def dense(
    x: Any,
    units: tuple[int, ...],
    dropout: tuple[float, ...] | float = 0.0,
    regularizer: Any = None,
) -> Any:
    """Return fully connected layers with ReLU, each followed by its dropout.

    The ReLU is a layer of its own, so that what each unit answers to a film can be looked at.

    Args:
        x: a flat row (N, C).
        units: of each layer.
        dropout: share that is dropped after each layer, one for all or one a layer.
        regularizer: of the weights of every layer.
    """
    drops = dropout if isinstance(dropout, tuple) else (dropout,) * len(units)
    for i, (width, drop) in enumerate(zip(units, drops, strict=True), start=1):
        x = layers.Dense(width, kernel_regularizer=regularizer, name=f"dense{i}")(x)
        x = layers.ReLU(name=f"dense{i}_relu")(x)
        if drop:
            x = layers.Dropout(drop, name=f"dense{i}_dropout")(x)
    return x
