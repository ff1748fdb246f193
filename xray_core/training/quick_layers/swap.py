"""A model's layers, quick while it trains."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import keras

from xray_core.training.quick_layers.batch_norm import BatchNormalization, can_be_fused
from xray_core.training.quick_layers.depthwise import DepthwiseConv2D, is_wide_depthwise
from xray_core.training.quick_layers.pointwise import Conv2D, is_pointwise

QUICK = {
    keras.layers.BatchNormalization: (BatchNormalization, can_be_fused),
    keras.layers.Conv2D: (Conv2D, is_pointwise),
    keras.layers.DepthwiseConv2D: (DepthwiseConv2D, is_wide_depthwise),
}
"""For Keras' layers those that do the same, and where they do.

They bear Keras' names, for weights are written under the name of their layer's class.
"""
TO_SCORE = (keras.layers.BatchNormalization,)
"""Those whose quick form takes less time also where nothing is learnt."""


@contextmanager
def quick_layers(model: Any, kinds: Collection[type] = tuple(QUICK)) -> Iterator[None]:
    """Let the layers of a model be quick; afterwards they are Keras' again.

    Weights and names are untouched, so a state that was written within can be read without.

    Args:
        model: whose layers these are.
        kinds: of Keras' layers, those that are to be quick.
    """
    swapped = {
        layer: type(layer)
        for layer in model.layers
        if type(layer) in kinds and _has_quick_form(layer)
    }
    try:
        for layer, own in swapped.items():
            layer.__class__ = QUICK[own][0]
        yield
    finally:
        for layer, own in swapped.items():
            layer.__class__ = own


def _has_quick_form(layer: Any) -> bool:
    # Of maps whose size is known when the model is built, and in floats: all that is needed here.
    return (
        layer.compute_dtype == "float32"
        and len(layer.input.shape) == 4
        and None not in layer.input.shape[1:]
        and QUICK[type(layer)][1](layer)
    )
