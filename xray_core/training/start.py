"""The weights that a training starts from, and the hashes of the models that it learns from."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from xray_core.bundle import find_bundle
from xray_core.errors import BundleError, ConfigError
from xray_core.file_hash import file_sha256
from xray_core.networks.carrying import carry_over
from xray_core.networks.registry import network
from xray_core.networks.weights_file import SUFFIXES, read_weights

RANDOM, IMAGENET = "random", "imagenet"


def start_from(model: Any, start: str) -> str:
    """Give a network that was just built the weights to start from.

    Args:
        model: a network of the registry; it is changed.
        start: `random` leaves it as it is; `imagenet`, where the network has published weights; a
            file of weights of the same architecture (`.weights.h5`, `.keras`, or `.h5` as Keras
            publishes them); or the name of an installed model of the same architecture. Of files
            and models the backbone is taken, and of the head what fits.

    Returns:
        A sentence that says what was taken.

    Raises:
        BundleError: no installed model has that name, or its files were changed.
        ConfigError: the weights are of another network or cannot be read.
        DownloadError: the ImageNet weights cannot be downloaded.
    """
    if start == RANDOM:
        return "Every layer begins at random."
    if start == IMAGENET:
        return network(model.name).start_from_imagenet(model)
    if start.endswith(SUFFIXES):
        return carry_over(model, read_weights(Path(start)), Path(start).name)
    info = find_bundle(start)
    return carry_over(model, read_weights(info.path / "model.keras"), info.name)


def start_sha256(start: str) -> str:
    """Return the hash of the file or the model that a training starts from; empty for other starts.

    Raises:
        BundleError: no installed model has that name.
        ConfigError: the file cannot be read.
    """
    if start in (RANDOM, IMAGENET):
        return ""
    if not start.endswith(SUFFIXES):
        return find_bundle(start).sha256
    try:
        return file_sha256(Path(start))
    except OSError as error:
        raise ConfigError(f"weights {Path(start).name!r}: this file cannot be read.") from error


def teacher_sha256(teacher: str) -> str:
    """Return the hashes of the models that teach, joined as their names are; empty for none.

    Raises:
        BundleError: no installed model has such a name.
    """
    return "+".join(find_bundle(name).sha256 for name in teacher.split("+")) if teacher else ""


def what_it_began_as(start: str, teacher: str = "") -> dict[str, str]:
    """Return what a bundle states beside the names of its start and its teacher.

    These may change hands: it is asked before the first epoch, and the release is told.

    Returns:
        `start_sha256` and `teacher_sha256`, see there; neither for starts without one and where
        nobody teaches, nor for a file or model that was taken away: that stops no release.
    """
    found = {}
    with suppress(BundleError, ConfigError):
        found["start_sha256"] = start_sha256(start)
    with suppress(BundleError):
        found["teacher_sha256"] = teacher_sha256(teacher)
    return {name: sha256 for name, sha256 in found.items() if sha256}
