"""A network's quick form, `model.tflite`: batch norm folded in, layers fused.

On two cores it scores a film of the bundled network five times as fast as the Keras model, and that
decides how long an explanation takes. It is data like `model.keras`: a list of TensorFlow
Lite's own operations, without code and without custom operations.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cached_property
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle.lite_cut import LiteCut, cut_lite, find_cuts
from xray_core.errors import BundleError
from xray_core.imaging.quiet import quiet

LITE_FILE = "model.tflite"
BATCH = 4
"""Films to a call; more are scored in parts, for another size would be compiled anew.

So few that the feature maps stay in the processor's cache: on two cores a film of the bundled
network takes 2.3 ms so, and 2.8 ms among 32.
"""

OPERATIONS = {
    *("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"),
    *("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "RSQRT", "SQRT", "SQUARE", "EXP", "NEG"),
    *("RELU", "RELU6", "RELU_N1_TO_1", "LEAKY_RELU", "ELU", "PRELU", "LOGISTIC", "TANH"),
    *("HARD_SWISH", "GELU", "SOFTMAX", "SQUARED_DIFFERENCE"),
    *("MAX_POOL_2D", "AVERAGE_POOL_2D", "MEAN", "SUM", "REDUCE_MAX", "REDUCE_PROD"),
    *("BATCH_MATMUL", "GATHER"),
    *("PAD", "PADV2", "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "TRANSPOSE", "CONCATENATION"),
    *("SHAPE", "STRIDED_SLICE", "SLICE", "PACK", "CAST", "FILL", "BROADCAST_TO", "SPLIT"),
    *("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", "DEQUANTIZE", "QUANTIZE", "DELEGATE"),
}
"""What the networks of this field are made of; all of it only computes."""

_silence = Lock()


def write_lite(model: Any, path: Path) -> None:
    """Write the quick form of a Keras model."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    with _silent(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        path.write_bytes(converter.convert())


class LiteNetwork:
    """A network's quick form, loaded; safe to share between threads.

    Attributes:
        input_shape: (1, S, S, C).
        output_shape: (1, K).
    """

    def __init__(self, path: Path) -> None:
        """Load a file whose hash the caller has checked.

        Raises:
            BundleError: it is not a TensorFlow Lite network, or uses more than its own operations.
        """
        self._lock = Lock()
        try:
            self._content = content = path.read_bytes()
            self._one = _Interpreter(content, 1)
            self._many = _Interpreter(content, BATCH)
        except (OSError, ValueError, RuntimeError) as error:
            raise BundleError(f"{path.name}: the network cannot be loaded ({error}).") from error
        self.input_shape, self.output_shape = self._one.shapes

    def __call__(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return logits (N, K) of inputs (N, S, S, C), float32."""
        with self._lock:
            return _in_parts(self._one if len(batch) == 1 else self._many, batch)

    @cached_property
    def halves(self) -> "tuple[LiteHalves, ...]":
        """Every way to score films in two steps, the first of which is local; maybe none."""
        try:
            cuts = find_cuts(self._content)
        except (AttributeError, IndexError, StopIteration, TypeError, ValueError, struct.error):
            # What runs a file needs less of it than what takes it apart; it is scored whole then.
            return ()
        return tuple(LiteHalves(self._content, cut) for cut in cuts)


class LiteHalves:
    """A network's quick form, cut in two; loaded when first called, safe to share between threads.

    Attributes:
        cut: where, and what the first part sees of the film.
    """

    def __init__(self, content: bytes, cut: LiteCut) -> None:
        """Take the file of a network that `LiteNetwork` has loaded, and one of its cuts."""
        self.cut = cut
        self._content = content
        self._lock = Lock()

    @cached_property
    def _parts(self) -> "tuple[_Interpreter, _Interpreter]":
        early, late = cut_lite(self._content, self.cut)
        return _Interpreter(early, BATCH), _Interpreter(late, BATCH)

    def early(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return features (N, h, w, C) of inputs (N, S, S, C), float32."""
        with self._lock:
            return _in_parts(self._parts[0], batch)

    def late(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return logits (N, K) of features (N, h, w, C), float32."""
        with self._lock:
            return _in_parts(self._parts[1], features)


def _in_parts(run: "_Interpreter", batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what comes out of a batch of any size that is run by `BATCH`."""
    out = np.empty((len(batch), *run.shapes[1][1:]), np.float32)
    for start in range(0, len(batch), BATCH):
        run.into(out[start : start + BATCH], batch[start : start + BATCH])
    return out


class _Interpreter:
    """TensorFlow Lite for one size of batch; shorter ones are filled up."""

    def __init__(self, content: bytes, size: int) -> None:
        import tensorflow as tf

        with _silent(), quiet():  # it announces that it will move to a package of its own
            self._run = tf.lite.Interpreter(
                model_content=content, num_threads=min(8, os.cpu_count() or 1)
            )
            self._run.allocate_tensors()
        _check_operations({op["op_name"] for op in self._run._get_ops_details()})
        (into,), (out,) = self._run.get_input_details(), self._run.get_output_details()
        self._into, self._out = into["index"], out["index"]
        self._size = size
        self.shapes = tuple(into["shape"].tolist()), tuple(out["shape"].tolist())
        self._run.resize_tensor_input(self._into, [size, *self.shapes[0][1:]])
        self._run.allocate_tensors()

    def into(self, out: NDArray[np.float32], batch: NDArray[np.float32]) -> None:
        """Write what comes out of a batch into an array; no copy lies between, which takes time."""
        if len(batch) < self._size:
            missing = np.zeros((self._size - len(batch), *batch.shape[1:]), np.float32)
            batch = np.concatenate([batch, missing])
        self._run.set_tensor(self._into, np.ascontiguousarray(batch, np.float32))
        self._run.invoke()
        out[:] = self._run.tensor(self._out)()[: len(out)]


def _check_operations(names: set[str]) -> None:
    """Refuse what could read or write files: TensorFlow's own and custom operations."""
    if foreign := sorted(names - OPERATIONS):
        raise BundleError(
            f"{LITE_FILE}: it holds {', '.join(foreign)}; only the plain operations of networks "
            "are loaded."
        )


@contextmanager
def _silent() -> Iterator[None]:
    """Leave out what TensorFlow Lite's own code writes on standard error, which has no setting."""
    with _silence:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
