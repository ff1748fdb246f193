"""Loading weights without running code that a file brought along."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xray_core.errors import BundleError

MAX_MEMBER_BYTES = 2 * 2**30
STRUCTURAL = {"__keras_tensor__", "__tuple__", "__list__", "__dict__"}
"""Class names with which Keras writes plain structure, not code."""
MODULES = {
    "keras",
    "keras.constraints",
    "keras.initializers",
    "keras.layers",
    "keras.models",
    "keras.optimizers",
    "keras.regularizers",
    "keras.src.models.functional",
    "keras.src.models.sequential",
}
"""Where the objects of a network come from; `keras.utils`, for one, has functions that download."""
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
        BundleError: it is not a `.keras` archive, or holds a Lambda or custom object.
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
            if any(member.file_size > MAX_MEMBER_BYTES for member in archive.infolist()):
                raise BundleError(f"{path.name}: a part of the file is over 2 GB.")
            config = json.loads(archive.read("config.json"))
            # Loading with compile=False drops the outermost of these (the loss it was trained by).
            config.pop("compile_config", None)
            objects = list(_objects(config))
    except (
        *(OSError, KeyError, ValueError, AttributeError, RecursionError),
        zipfile.BadZipFile,
    ) as error:
        raise BundleError(f"{path.name}: this is not a .keras archive.") from error
    for kind, module, registered in objects:
        own = module in MODULES or (module is None and kind in STRUCTURAL)
        if kind in BANNED or registered or not own:
            raise BundleError(
                f"{path.name}: it holds {kind!r}; only Keras' own layers are loaded, "
                "never Lambda or custom code."
            )


def _objects(config: Any) -> Iterator[tuple[str, str | None, str | None]]:
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
