"""The small strided CNN that changes films by layers of its own while it is trained.

As published by vidisha999 (see `training/published_runs.json`).
"""

from keras import Model, layers

from xray_core.networks.grey import as_rgb, film_input
from xray_core.networks.heads import dense, logits


def build_strided(input_size: int, outputs: int) -> Model:
    """Build the network: zoom, rotation and contrast at random, two strided convolutions, dense.

    The layers of chance do nothing outside training. Each film gets its own change.

    Args:
        input_size: side of the input in pixels; 256 is what it was made for.
        outputs: number of logits.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to logits (N, outputs).
    """
    film = film_input(input_size)
    x = layers.RandomZoom(0.1, name="random_zoom")(film)
    x = layers.RandomRotation(0.2, name="random_rotation")(x)
    x = layers.RandomContrast(0.2, value_range=(0, 1), name="random_contrast")(x)
    x = as_rgb(x)
    for i in (1, 2):
        x = layers.Conv2D(16, 3, strides=2, name=f"block{i}_conv")(x)
        x = layers.ReLU(name=f"block{i}_relu")(x)
        x = layers.MaxPooling2D(3, strides=2, name=f"block{i}_pool")(x)
    x = dense(layers.Flatten(name="flatten")(x), (256, 128, 64), 0.5)
    return Model(film, logits(x, outputs), name="cnn-strided")
