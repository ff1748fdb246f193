"""A network of a bundle as a function, in the quickest of its forms."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import BundleInfo
from xray_core.bundle.lite import LITE_FILE, LiteNetwork
from xray_core.errors import BundleError

Floats = NDArray[np.float32]


def quickest_form(model: Any, info: BundleInfo) -> Callable[[Floats], Floats]:
    """Return the network as a function from inputs to logits, in the quickest form there is.

    Args:
        model: the Keras model of the bundle.
        info: the bundle.

    Raises:
        BundleError: the quick form is of another network.
    """
    lite = info.path / LITE_FILE
    if not lite.exists():
        return _compile(model)
    network = LiteNetwork(lite)
    if (network.input_shape[1:], network.output_shape[1:]) != (
        model.input_shape[1:],
        model.output_shape[1:],
    ):
        raise BundleError(f"model {info.name!r}: its two forms are of different networks.")
    return network


def _compile(model: Any) -> Callable[[Floats], Floats]:
    """Return the Keras network as one compiled function with a fixed signature."""
    import tensorflow as tf

    @tf.function(
        input_signature=[tf.TensorSpec(model.input_shape, tf.float32)],
        autograph=False,
    )
    def score(batch: Any) -> Any:
        return model(batch, training=False)

    return lambda batch: np.asarray(score(batch))
