"""Plain convolutional networks: convolutions of 3×3 with ReLU and max-pooling, then dense layers.

As published by deepssharma/Phase4 (`cnn-tiny`, `cnn-deep`) and by a Keras pneumonia pipeline of
2022 (`cnn-plain`), on three equal channels (see `training/published_runs.json`).
"""

from keras import Model, layers

from xray_core.networks.grey import as_rgb, film_input
from xray_core.networks.heads import dense, logits


def build_plain_cnn(
    input_size: int,
    outputs: int,
    *,
    name: str,
    channels: tuple[int, ...],
    units: tuple[int, ...],
    pool_dropout: float = 0.0,
    dense_dropout: float = 0.0,
) -> Model:
    """Build the network: one valid 3×3 convolution and a max-pool of 2 a block, dense layers.

    Args:
        input_size: side of the input in pixels.
        outputs: number of logits.
        name: of the network in the registry.
        channels: of the convolution of each block.
        units: of each dense layer.
        pool_dropout: share dropped after each pool.
        dense_dropout: share dropped after each dense layer.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to logits (N, outputs).
    """
    film = film_input(input_size)
    x = as_rgb(film)
    for i, width in enumerate(channels, start=1):
        x = layers.Conv2D(width, 3, name=f"block{i}_conv")(x)
        x = layers.ReLU(name=f"block{i}_relu")(x)
        x = layers.MaxPooling2D(name=f"block{i}_pool")(x)
        if pool_dropout:
            x = layers.Dropout(pool_dropout, name=f"block{i}_dropout")(x)
    x = dense(layers.Flatten(name="flatten")(x), units, dense_dropout)
    return Model(film, logits(x, outputs), name=name)
