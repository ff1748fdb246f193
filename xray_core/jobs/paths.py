"""The paths of a run, as a process in another folder needs them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from xray_core.errors import ConfigError, DatasetError

if TYPE_CHECKING:  # it brings TensorFlow
    from xray_core.training.classical.config import ClassicalConfig
    from xray_core.training.config import TrainingConfig
    from xray_core.training.parts import DataFolder

    AnyConfig = TypeVar("AnyConfig", TrainingConfig, ClassicalConfig)


def absolute(config: "AnyConfig") -> "AnyConfig":
    """Return a configuration with absolute paths, all of which are there.

    Raises:
        ConfigError: it names a store of its own.
        DatasetError: a data folder, the manifest or a file of weights is not there.
    """
    if config.store is not None:
        raise ConfigError("a job writes its model into your own store: leave `store` out.")
    data: tuple[DataFolder, ...] = tuple(
        folder.model_copy(update={"path": folder.path.expanduser().resolve()})
        for folder in config.data
    )
    manifest: Path | None = config.manifest.expanduser().resolve() if config.manifest else None
    changes: dict[str, Any] = {"data": data, "manifest": manifest}
    paths: list[Path | None] = [*(folder.path for folder in data), manifest]
    if getattr(config, "starts_from_file", False):
        weights = Path(getattr(config, "start", "")).expanduser().resolve()
        changes["start"] = str(weights)
        paths.append(weights)
    for path in filter(None, paths):
        if not path.exists():
            raise DatasetError(f"{path} is not there; allowed is a path that exists.")
    return config.model_copy(update=changes)
