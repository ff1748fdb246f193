"""Loading weights without running code that a file brought along."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xray_core.bundle.weights_size import check_size
from xray_core.datasets.archive_limits import DAMAGE
from xray_core.errors import BundleError

MEMBERS = ["config.json", "metadata.json", "model.weights.h5"]
"""What Keras writes for a network; assets are files of layers that are not loaded anyway."""
MAX_JSON_BYTES = 16 * 2**20
MAX_WEIGHTS_BYTES = 2 * 2**30
STRUCTURAL = {"__keras_tensor__", "__tuple__", "__list__", "__dict__"}
"""Class names with which Keras writes plain structure, not code."""
PART_MODULES = {
    "keras",
    "keras.models",
    "keras.src.models.functional",
    "keras.src.models.sequential",
}
PARTS = {"Functional", "Model", "Sequential", "DTypePolicy"}
"""All that is loaded from these modules, for `keras` holds everything, `utils.get_file` too."""
MODULES = {
    "keras.constraints",
    "keras.initializers",
    "keras.layers",
    "keras.optimizers",
    "keras.regularizers",
}
"""Where the other objects of a network come from."""
BANNED = {
    *("Lambda", "function"),
    *("TorchModuleWrapper", "FlaxLayer", "JaxLayer", "TFSMLayer"),
    *("StringLookup", "IntegerLookup", "TextVectorization"),
}
"""Keras' own, but they run code that the file brings, or read other files that it names."""


def load_keras_model(path: Path) -> Any:
    """Load a `.keras` file, after checking that it names nothing but Keras' own layers.

    Args:
        path: a `.keras` file whose hash the caller has checked.

    Raises:
        BundleError: it is not a `.keras` archive, holds a Lambda or custom object, or describes a
            network that is larger than its weights.
    """
    _check_archive(path)
    import keras

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises many kinds for a damaged file
        raise BundleError(f"{path.name}: the weights cannot be loaded ({error}).") from error


def _check_archive(path: Path) -> None:
    if path.suffix != ".keras":
        raise BundleError(f"{path.name}: only .keras weights are loaded, never {path.suffix}.")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive)
            config = json.loads(archive.read("config.json"))
            # Loading with compile=False drops the outermost of these (the loss it was trained by).
            config.pop("compile_config", None)
            _check_objects(path, list(_objects(config)))
            check_size(path, archive, config)
    except (*DAMAGE, KeyError, AttributeError, TypeError) as error:
        raise BundleError(f"{path.name}: this is not a .keras archive.") from error


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    members = {member.filename: member.file_size for member in archive.infolist()}
    if sorted(archive.namelist()) != MEMBERS:
        raise BundleError(
            f"{path.name}: this is not a .keras archive: allowed are {', '.join(MEMBERS)} alone."
        )
    for name, size in members.items():
        limit = MAX_JSON_BYTES if name.endswith(".json") else MAX_WEIGHTS_BYTES
        if size > limit:
            raise BundleError(f"{path.name}: {name} is over the {limit >> 20} MB allowed.")


def _check_objects(path: Path, objects: list[tuple[str, Any, Any]]) -> None:
    for kind, module, registered in objects:
        if registered or kind in BANNED or not _is_own(kind, module):
            raise BundleError(
                f"{path.name}: it holds {kind!r}; only Keras' own layers are loaded, "
                "never Lambda or custom code."
            )


def _is_own(kind: str, module: Any) -> bool:
    if module is None:
        return kind in STRUCTURAL
    if not isinstance(module, str):
        return False
    # A plain class name: Keras would look up `layers.Lambda` in `keras`, and call a function.
    plain = re.fullmatch(r"[A-Z][A-Za-z0-9]*", kind) is not None
    return plain and (module in MODULES or (module in PART_MODULES and kind in PARTS))


def _objects(config: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield (class name, module, registered name) of every object in a Keras config."""
    if isinstance(config, dict):
        if isinstance(config.get("class_name"), str):
            registered = config.get("registered_name")
            # Keras repeats the class name here for its own Functional and Sequential.
            own_name = registered in (None, config["class_name"])
            yield config["class_name"], config.get("module"), None if own_name else registered
        for value in config.values():
            yield from _objects(value)
    elif isinstance(config, list):
        for value in config:
            yield from _objects(value)
