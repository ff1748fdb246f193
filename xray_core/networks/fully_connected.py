"""Fully connected networks, published on chest films to show what convolutions are for.

They see every pixel apart: a film that is shifted by a few pixels is another film to them. As
published by deepssharma/Phase4 (see `training/published_runs.json`), on three equal channels.
"""

from functools import partial

from keras import Model, layers, regularizers

from xray_core.networks.grey import as_rgb, film_input
from xray_core.networks.heads import dense, logits
from xray_core.networks.spec import NetworkSpec

SIZE = 128
DEEP = (256, 128, 64, 32, 10)


def build_fully_connected(
    input_size: int,
    outputs: int,
    *,
    name: str,
    units: tuple[int, ...],
    dropout: float = 0.0,
    l2: float = 0.0,
) -> Model:
    """Build the network; 12.6 million parameters with `DEEP` at 128 px.

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


def _spec(
    name: str,
    title: str,
    description: str,
    units: tuple[int, ...],
    dropout: float = 0.0,
    l2: float = 0.0,
) -> NetworkSpec:
    build = partial(build_fully_connected, name=name, units=units, dropout=dropout, l2=l2)
    return NetworkSpec(name, title, description, SIZE, build)


ANN_10 = _spec(
    "ann-10",
    "Fully connected, 10 units",
    "One hidden layer of 10 units: the least that can be tried, to measure others against.",
    (10,),
)
ANN_DEEP = _spec(
    "ann-deep",
    "Fully connected, deep",
    "Hidden layers of 256, 128, 64, 32 and 10 units (12.6 million parameters).",
    DEEP,
)
ANN_DEEP_SMALL = _spec(
    "ann-deep-small",
    "Fully connected, deep and narrow",
    "Hidden layers of 128, 64, 32 and 10 units, half the weights of the deep one.",
    DEEP[1:],
)
ANN_DEEP_DROPOUT = _spec(
    "ann-deep-dropout",
    "Fully connected, deep, with dropout",
    "The deep fully connected network with dropout of 0.3 before the first and after every layer.",
    DEEP,
    dropout=0.3,
)
ANN_DEEP_L2 = _spec(
    "ann-deep-l2",
    "Fully connected, deep, with L2",
    "The deep fully connected network with an L2 penalty of 0.005 on every hidden layer.",
    DEEP,
    l2=0.005,
)
