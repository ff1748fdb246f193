"""Fully connected networks, published on chest films to show what convolutions are for.

They see every pixel apart: a film that is shifted by a few pixels is another film to them. As
published by deepssharma/Phase4 (see `training/published_runs.json`), on three equal channels.
"""

from keras import Model, layers, regularizers

from xray_core.networks.grey import as_rgb, film_input
from xray_core.networks.heads import dense, logits


def build_fully_connected(
    input_size: int,
    outputs: int,
    *,
    name: str,
    units: tuple[int, ...],
    dropout: float = 0.0,
    l2: float = 0.0,
) -> Model:
    """Build the network.

    Args:
        input_size: side of the input in pixels.
        outputs: number of logits.
        name: of the network in the registry.
        units: of each hidden layer.
        dropout: share dropped before the first and after every hidden layer.
        l2: factor of the L2 penalty on every hidden layer.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to logits (N, outputs).
    """
    film = film_input(input_size)
    x = layers.Flatten(name="flatten")(as_rgb(film))
    if dropout:
        x = layers.Dropout(dropout, name="input_dropout")(x)
    x = dense(x, units, dropout, regularizers.L2(l2) if l2 else None)
    return Model(film, logits(x, outputs), name=name)
