"""A network with a tap on every layer: one compiled pass that returns what each puts out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from xray_core.errors import ExplanationError

if TYPE_CHECKING:
    from keras import Layer, Model


@contextmanager
def _tap(layer: Any, note: Callable[[Any], None]) -> Iterator[None]:
    """Tell `note` of what the layer puts out, while the context lasts and in this thread.

    Keras has no hook on a layer's output, and a sub-model per layer cannot be cut out of a nested
    network through its public interface; `Layer.call` is public and may be overridden.
    """
    original, thread = layer.call, get_ident()

    def call(*args: Any, **kwargs: Any) -> Any:
        output = original(*args, **kwargs)
        if get_ident() == thread:
            note(output)
        return output

    layer.call = call
    try:
        yield
    finally:
        del layer.call


class TappedModel:
    """The compiled pass of one network.

    It holds the network's variables but not the network, so that it ends with it, and a network
    that is trained further is seen as it then is. Safe to call from several threads.

    Attributes:
        shapes: shape (1, …) of each layer's output by path, in the order of computation.
    """

    def __init__(self, model: "Model", found: "Mapping[str, Layer]") -> None:
        self._input = _input_shape(model)
        self._pass = _trace(model, found, self._input)
        self.shapes = {
            name: tuple(output.shape) for name, output in self._pass.structured_outputs.items()
        }

    def __call__(self, image: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return every layer's output for one film float32 (S, S), by path.

        Raises:
            ExplanationError: the film is not of the network's size.
        """
        if image.shape != self._input[1:3]:
            height, width = self._input[1:3]
            raise ExplanationError(
                f"the film is an array {image.shape}, but this network sees ({height}, {width})."
            )
        import tensorflow as tf

        film = np.repeat(image.astype(np.float32)[None, ..., None], self._input[3], axis=-1)
        return {name: output.numpy() for name, output in self._pass(tf.constant(film)).items()}


def _input_shape(model: "Model") -> tuple[int, int, int, int]:
    shape = model.input_shape
    if not isinstance(shape, tuple) or len(shape) != 4 or None in shape[1:]:
        raise ExplanationError(
            f"the network takes {shape}, not one image (None, S, S, 1 or 3) of a fixed size."
        )
    return (1, *shape[1:])


def _trace(model: "Model", found: "Mapping[str, Layer]", shape: tuple[int, int, int, int]) -> Any:
    import tensorflow as tf

    outputs: dict[str, Any] = {}

    def forward(film: Any) -> dict[str, Any]:
        outputs.clear()
        with ExitStack() as taps:
            for name, layer in found.items():
                taps.enter_context(_tap(layer, partial(outputs.__setitem__, name)))
            model(film, training=False)
        return dict(outputs)

    compiled = tf.function(forward, autograph=False)
    return compiled.get_concrete_function(tf.TensorSpec(shape, tf.float32))


_made: "WeakKeyDictionary[Model, TappedModel]" = WeakKeyDictionary()
_lock = Lock()


def tapped(model: "Model", find: "Callable[[], Mapping[str, Layer]]") -> TappedModel:
    """Return the compiled pass of a network, made once for as long as the network lives.

    Args:
        model: a Keras network of one image input.
        find: gives the layers to tap, by path.

    Raises:
        ExplanationError: the network has not one image input of a fixed size.
    """
    with _lock:
        if model not in _made:
            _made[model] = TappedModel(model, find())
        return _made[model]
