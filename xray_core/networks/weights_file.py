"""Weights in a file, read as numbers by the names of their layers; nothing in a file is run.

Three forms hold the same kind of HDF5 file: `.weights.h5` and `.keras`, which Keras 3 writes, and
`.h5` as the published ImageNet weights of Keras come.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from xray_core.errors import ConfigError

SUFFIXES = (".weights.h5", ".keras", ".h5")
ARCHIVED = "model.weights.h5"
MAX_BYTES = 2 * 2**30
MAX_PACKING = 32
"""Largest ratio of what is in a file to the file: weights hardly get smaller when they are packed,
the structure of a small file much."""

Arrays = list[NDArray[np.generic]]


@dataclass(frozen=True)
class Weights:
    """What a file of weights holds.

    Attributes:
        layers: arrays of each layer, in the layer's own order, by the layer's name.
        in_order: whether the layers stand in the order of the network.
    """

    layers: dict[str, Arrays]
    in_order: bool


def read_weights(path: Path) -> Weights:
    """Return the weights of a file by the names of their layers.

    Args:
        path: a `.weights.h5`, `.keras` or `.h5` file.

    Raises:
        ConfigError: it is missing, is none of these, is too large, or points to other files.
    """
    if not path.name.endswith(SUFFIXES):
        raise ConfigError(f"weights {path.name!r}: allowed are files {', '.join(SUFFIXES)}.")
    try:
        with _opened(path) as file:
            _check(path, file)
            published = _published_form(file)
            found = published or _keras_form(file)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, zipfile.BadZipFile) as error:
        raise ConfigError(f"weights {path.name!r}: this file cannot be read as weights.") from error
    if not found:
        raise ConfigError(f"weights {path.name!r}: the file names no layer that has weights.")
    return Weights(found, in_order=bool(published))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if path.suffix != ".keras":
        with h5py.File(path, "r") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(ARCHIVED).file_size
        if size > _allowed(path):
            raise ConfigError(f"weights {path.name!r}: {size:,} bytes are packed in it, too many.")
        # Unpacked at once: going back in a packed file unpacks it again from its beginning.
        member = BytesIO(archive.read(ARCHIVED))
    with h5py.File(member, "r") as file:
        yield file


def _allowed(path: Path) -> int:
    return min(MAX_BYTES, MAX_PACKING * path.stat().st_size)


def _check(path: Path, file: Any) -> None:
    """Check that all arrays lie in the file itself and are not larger than it can hold."""
    total, elsewhere = 0, ""

    def visit(name: str, link: Any) -> str | None:
        """Add one array; a name ends the visit, which must not be left by an exception."""
        nonlocal total
        if not isinstance(link, h5py.HardLink):
            return name
        item = file[name]
        if isinstance(item, h5py.Dataset):
            if item.is_virtual or item.external:
                return name
            total += item.nbytes
        return None

    elsewhere = file.visititems_links(visit) or ""
    if elsewhere:
        raise ConfigError(f"weights {path.name!r}: {elsewhere} is a link; allowed are arrays.")
    if total > _allowed(path):
        raise ConfigError(
            f"weights {path.name!r}: it claims {total:,} bytes of arrays; allowed are "
            f"{MAX_BYTES >> 30} GB, and {MAX_PACKING} times the size of the file."
        )


def _keras_form(file: Any) -> dict[str, Arrays]:
    """Read what Keras 3 writes: a group `vars` for each layer, which bears the layer's name."""
    found: dict[str, Arrays] = {}

    def visit(path: str, item: Any) -> None:
        parts = path.split("/")
        # Optimisers and random states are no layers, a layer's parts are not named by anybody.
        if parts[-1] != "vars" or parts[0] not in ("layers", "_layers") or "name" not in item.attrs:
            return
        if isinstance(item, h5py.Group) and len(item):
            found[_text(item.attrs["name"])] = [item[key][()] for key in sorted(item, key=int)]

    file.visititems(visit)
    return found


def _published_form(file: Any) -> dict[str, Arrays]:
    """Read what Keras wrote before version 3; empty where the file is not of that form."""
    root = file.get("model_weights", file)
    if "layer_names" not in root.attrs:
        return {}
    found: dict[str, Arrays] = {}
    for name in map(_text, root.attrs["layer_names"]):
        group = root[name]
        if arrays := [group[_text(path)][()] for path in group.attrs["weight_names"]]:
            found[name] = arrays
    return found


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
