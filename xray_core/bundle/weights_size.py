"""A small file must not claim a large network: Keras would allocate it before it looked."""

import math
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import h5py

from xray_core.errors import BundleError

WEIGHTS = "model.weights.h5"
MAX_PACKING = 4
"""Largest ratio of weights to their packed bytes."""
SMALL_BYTES = 2**24
"""Of weights that are unpacked at once however well they pack."""


def check_size(path: Path, archive: zipfile.ZipFile, config: Any) -> None:
    """Check that the weights which the network needs are really in the file.

    Weights hardly get smaller when they are packed, rounded ones to a half: so neither the network
    nor the arrays may have more bytes than a few times those of the file. That holds the memory for
    loading to a few times the size of the file, whatever its config and its headers say.

    Args:
        path: of the file, for messages.
        archive: the open `.keras` archive.
        config: its `config.json`, checked to name nothing but Keras' own layers.

    Raises:
        BundleError: the network or an array is larger, or the network cannot be built.
    """
    member_info = archive.getinfo(WEIGHTS)
    stored = min(member_info.file_size, MAX_PACKING * member_info.compress_size)
    with _seekable(archive, member_info, stored) as member:
        claimed = _claimed_bytes(path, member)
    # Keras keeps its scopes and what is still to be allocated by thread: this one ends with them.
    with ThreadPoolExecutor(1) as pool:
        try:
            needed = pool.submit(_count_weights, config).result()
        except Exception as error:  # Keras raises many kinds for a config that is none
            raise BundleError(f"{path.name}: the weights cannot be loaded ({error}).") from error
    if max(needed, claimed) > max(stored, 1):
        raise BundleError(
            f"{path.name}: it claims {needed:,} weights and {claimed:,} bytes of arrays, but holds "
            f"{stored:,} bytes; only networks whose weights are in the file are loaded."
        )


def _seekable(archive: zipfile.ZipFile, info: zipfile.ZipInfo, stored: int) -> IO[bytes]:
    """Open the weights for reading here and there.

    Going back in a packed file unpacks it again from its beginning: the check of a network of a few
    hundred layers took longer than all the rest of loading it. What packs no better than weights do
    is unpacked once; what might be a bomb is never held whole.
    """
    if info.file_size <= max(stored, SMALL_BYTES):
        return BytesIO(archive.read(info))
    return archive.open(info)


def _count_weights(config: Any) -> int:
    """Return how many numbers the network needs; only shapes are made, nothing is allocated."""
    import keras

    with keras.StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
        return sum(math.prod(variable.shape) for variable in model.variables)


def _claimed_bytes(path: Path, member: Any) -> int:
    """Return the bytes of all arrays by their headers; links could name other files."""
    total = 0

    def visit(name: str, link: Any) -> str | None:
        """Add one array; a name ends the visit, which must not be left by an exception."""
        nonlocal total
        if not isinstance(link, h5py.HardLink):
            return name
        item = file[name]
        total += item.nbytes if isinstance(item, h5py.Dataset) else 0
        return None

    with h5py.File(member, "r") as file:
        linked = file.visititems_links(visit)
    if linked:
        raise BundleError(f"{path.name}: {linked} is a link; allowed are plain arrays.")
    return total
