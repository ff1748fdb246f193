"""The two forms of a network in its bundle: for Keras, and the quick one."""

import math
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from xray_core.bundle.lite import LITE_FILE, LiteNetwork, write_lite
from xray_core.errors import TrainingError

MANTISSA_BITS_DROPPED = 13
"""Of 23: what a 16-bit float keeps of a number, but not of its range."""
COMPARED = 256
"""Films at most that both forms are scored on."""
MAX_APART = 1e-3
"""Most that a probability of the two forms may differ by; noise is a thousandth of that."""


def save_forms(model: Any, name: str, folder: Path) -> LiteNetwork:
    """Round a network's weights, write both of its forms into a folder and return the quick one.

    Rounded weights take half the space when they are packed, and change no figure.

    Args:
        model: from (N, S, S, 1) to logits (N, K); its weights are rounded in place.
        name: of the network.
        folder: of the bundle.
    """
    model.set_weights([round_mantissa(weight) for weight in model.get_weights()])
    # A new model of the same layers: a compiled one would bring its loss along, which is our code.
    plain = keras.Model(model.inputs[0], model.outputs[0], name=name)
    unpacked = folder / "unpacked.keras"
    plain.save(unpacked)
    with (
        zipfile.ZipFile(unpacked) as saved,
        zipfile.ZipFile(folder / "model.keras", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for member in saved.infolist():
            packed.writestr(member.filename, saved.read(member))
    unpacked.unlink()
    write_lite(plain, folder / LITE_FILE)
    return LiteNetwork(folder / LITE_FILE)


def round_mantissa(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return float32 numbers rounded to ten bits after the first; others as they are."""
    if values.dtype != np.float32:
        return values
    bits = np.ascontiguousarray(values).view(np.uint32)
    half = np.uint32(1 << (MANTISSA_BITS_DROPPED - 1))
    kept = np.uint32(0xFFFFFFFF << MANTISSA_BITS_DROPPED & 0xFFFFFFFF)
    return ((bits + half) & kept).view(np.float32).reshape(values.shape)


def some_films(inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return at most `COMPARED` of the inputs (N, S, S), from all of them alike."""
    return inputs[:: math.ceil(len(inputs) / COMPARED)]


def check_forms(lite: NDArray[np.floating], model: NDArray[np.floating]) -> None:
    """Check that what is scored and what is shown of its inside are the same network.

    Args:
        lite: logits (N, K) of the quick form.
        model: logits (N, K) of the Keras form.

    Raises:
        TrainingError: a probability differs by more than `MAX_APART`.
    """
    apart = float(np.abs(softmax(lite, axis=1) - softmax(model, axis=1)).max())
    if not apart <= MAX_APART:
        raise TrainingError(
            f"the network's quick form differs from it by {apart:.4f} in a probability, at most "
            f"{MAX_APART:g} is allowed."
        )
