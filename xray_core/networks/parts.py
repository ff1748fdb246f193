"""Where a network's backbone ends and its head begins."""

from itertools import takewhile
from typing import Any

HEAD_BEGINS = ("features", "flatten", "head")
"""The head begins at the first layer whose name begins so; what is before it is the backbone."""


def backbone(model: Any) -> list[Any]:
    """Return the layers of a network before its head, in the order of the network.

    A backbone finds what there is on a film and can be carried over to another task; a head weighs
    it for one task. A fully connected network has no backbone: its list holds no weights.
    """
    return list(takewhile(lambda layer: not layer.name.startswith(HEAD_BEGINS), model.layers))


def head(model: Any) -> list[Any]:
    """Return the layers of a network after its backbone, the logits last."""
    return list(model.layers[len(backbone(model)) :])


def with_weights(layers: list[Any]) -> list[Any]:
    """Return those of the layers that have weights."""
    return [layer for layer in layers if layer.weights]
