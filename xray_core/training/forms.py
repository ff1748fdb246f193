"""The two forms of a network in its bundle: for Keras, and the quick one."""

import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from tensorflow.lite.python.convert import ConverterError

from xray_core.bundle.lite import LITE_FILE, LiteNetwork, write_lite
from xray_core.calibration import partial_log_loss
from xray_core.errors import BundleError, TrainingError
from xray_core.training.canvas import centre_of
from xray_core.training.config import TrainingConfig
from xray_core.training.films import TRAIN, VALIDATION, FilmSet
from xray_core.training.fit import logits

MANTISSA_BITS_DROPPED = 13
"""Of 23: what a 16-bit float keeps of a number, but not of its range."""
MAX_APART = 1e-3
"""Most that a probability of the two forms may differ by; noise is a thousandth of that."""


MAX_LOSS_BITS = 0.005
"""Most that the loss on validation films may grow by where the quick form has eight bits."""
TYPICAL = 256
"""Training films that eight bits are scaled to."""


def write_forms(
    model: Any, config: TrainingConfig, films: dict[str, FilmSet], folder: Path
) -> LiteNetwork:
    """Write both forms of a trained network and return the one that scores.

    Where eight bits are asked for and cost too much on the validation films, the quick form is
    written without.

    Args:
        model: from (N, S, S, 1) to logits (N, K); its weights are rounded in place.
        config: the run.
        films: from `load_films`.
        folder: of the bundle.

    Raises:
        TrainingError: the two forms are not of one network.
    """
    views, allowed = films[VALIDATION].images, films[VALIDATION].allowed
    if config.eight_bits:
        # A training that is over must not be lost to a layer that has no form of eight bits.
        with suppress(BundleError, RuntimeError, ValueError, ConverterError):
            lite = save_forms(model, config.network, folder, _typical(films[TRAIN], config))
            quick, exact = lite(views[..., None]), logits(model, views)
            if partial_log_loss(quick, allowed) <= partial_log_loss(exact, allowed) + MAX_LOSS_BITS:
                return lite
    lite = save_forms(model, config.network, folder)
    check_forms(lite(views[..., None]), logits(model, views))
    return lite


def _typical(films: FilmSet, config: TrainingConfig) -> NDArray[np.float32]:
    """Return some training films as the network sees them, (M, S, S, 1)."""
    rng = np.random.default_rng(config.seed)
    rows = rng.choice(len(films), min(TYPICAL, len(films)), replace=False)
    views = np.stack([centre_of(films.images[row], config.size) for row in np.sort(rows)])
    return views[..., None].astype(np.float32) / np.float32(255)


def save_forms(
    model: Any, name: str, folder: Path, typical: NDArray[np.float32] | None = None
) -> LiteNetwork:
    """Round a network's weights, write both of its forms into a folder and return the quick one.

    Rounded weights take half the space when they are packed, and change no figure.

    Args:
        model: from (N, S, S, 1) to logits (N, K); its weights are rounded in place.
        name: of the network.
        folder: of the bundle.
        typical: inputs (M, S, S, 1) by which the quick form becomes one of eight bits.
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
    if typical is not None:
        return _write_eight_bits(plain, folder / LITE_FILE, typical)
    write_lite(plain, folder / LITE_FILE)
    return LiteNetwork(folder / LITE_FILE)


def _write_eight_bits(model: Any, path: Path, typical: NDArray[np.float32]) -> LiteNetwork:
    """Write the quick form with whole numbers of eight bits, its mean logits those of the network.

    Rounding shifts the logits of all films by much the same; the bias of the last layer takes that
    back (Nagel et al. 2019, arXiv:1906.04721).
    """
    write_lite(model, path, typical)
    head = model.layers[-1]
    if not (isinstance(head, keras.layers.Dense) and head.use_bias):
        return LiteNetwork(path)
    shift = (model.predict(typical, verbose=0) - LiteNetwork(path)(typical)).mean(axis=0)
    bias = head.bias.numpy()
    head.bias.assign(bias + shift)
    try:
        write_lite(model, path, typical)
    finally:
        head.bias.assign(bias)
    return LiteNetwork(path)


def round_mantissa(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return float32 numbers rounded to ten bits after the first; others as they are."""
    if values.dtype != np.float32:
        return values
    bits = np.ascontiguousarray(values).view(np.uint32)
    half = np.uint32(1 << (MANTISSA_BITS_DROPPED - 1))
    kept = np.uint32(0xFFFFFFFF << MANTISSA_BITS_DROPPED & 0xFFFFFFFF)
    return ((bits + half) & kept).view(np.float32).reshape(values.shape)


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
