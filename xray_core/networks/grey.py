"""From a grey film to the three channels, scaled as a backbone's published weights expect."""

from typing import Any

from keras import layers

Scaling = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""For each of the three channels, in the order of the network, (factor, offset) from [0, 1]."""

UNIT: Scaling = ((1.0, 0.0),) * 3
"""[0, 1], as networks have it that nobody published weights for."""
TF: Scaling = ((2.0, -1.0),) * 3
"""[−1, 1]: the mode `tf` of Keras."""
TORCH: Scaling = (
    (1 / 0.229, -0.485 / 0.229),
    (1 / 0.224, -0.456 / 0.224),
    (1 / 0.225, -0.406 / 0.225),
)
"""Mean and standard deviation of ImageNet's red, green and blue: the mode `torch` of Keras."""
CAFFE: Scaling = ((255.0, -103.939), (255.0, -116.779), (255.0, -123.68))
"""0 to 255 less the mean of ImageNet's blue, green and red, in this order: the mode `caffe`."""


def film_input(input_size: int) -> Any:
    """Return the input of every network: float32 (N, S, S, 1) in [0, 1]."""
    return layers.Input((input_size, input_size, 1), name="film")


def as_rgb(film: Any, scaling: Scaling = UNIT) -> Any:
    """Return a grey film (N, S, S, 1) as three channels (N, S, S, 3), scaled."""
    if scaling == UNIT:
        return layers.Concatenate(name="grey_to_rgb")([film, film, film])
    channels = [
        layers.Rescaling(factor, offset=offset, name=f"scale{i}")(film)
        for i, (factor, offset) in enumerate(scaling, start=1)
    ]
    return layers.Concatenate(name="grey_to_rgb")(channels)
