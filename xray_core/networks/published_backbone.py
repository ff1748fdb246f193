"""Backbones as `keras.applications` builds them, with their own input scaling and our heads."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from keras import Model, models

from xray_core.networks.grey import Scaling, as_rgb, film_input
from xray_core.networks.heads import logits


def build_on(
    application: Callable[..., Any],
    head: Callable[[Any], Any],
    input_size: int,
    outputs: int,
    *,
    name: str,
    scaling: Scaling,
) -> Model:
    """Build a network on a backbone of Keras, with random weights.

    The backbone is not nested: its layers are those of the network.

    Args:
        application: of `keras.applications`, made without its own head.
        head: from the backbone's last maps to what the logits are made of.
        input_size: side of the input in pixels.
        outputs: number of logits.
        name: of the network in the registry.
        scaling: what the backbone's published weights expect.

    Returns:
        Model from float32 (N, S, S, 1) in [0, 1] to logits (N, outputs).
    """
    film = film_input(input_size)
    body = application(include_top=False, weights=None, input_tensor=as_rgb(film, scaling))
    return named(Model(film, logits(head(body.output), outputs), name=name))


def named(model: Model) -> Model:
    """Return a network whose layers bear the same names whenever it is built.

    Where Keras was given no name it counts all layers of the process.
    """
    seen: Counter[str] = Counter()

    def rename(layer: Any) -> Any:
        config, kind = layer.get_config(), type(layer).__name__
        if re.fullmatch(rf"{kind.lower()}\d*", layer.name.replace("_", "")):
            plain = re.sub(r"_\d+$", "", layer.name)
            seen[plain] += 1
            config["name"] = f"{plain}_{seen[plain]}"
        return type(layer).from_config(config)

    return models.clone_model(model, clone_function=rename)
