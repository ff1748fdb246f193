"""What decides a run that makes its model from bundles that are installed."""

from pathlib import Path
from typing import Any, Self

from pydantic import Field

from xray_core.bundle import BundleManifest
from xray_core.bundle.part import NAME
from xray_core.errors import ConfigError
from xray_core.labels import TASKS
from xray_core.training.config import TrainingConfig
from xray_core.training.config_file import Frozen, path_in_project, read_config
from xray_core.training.division import Division
from xray_core.training.parts import DataFolder, NoveltyRule, OperatingRule

SHARED = (
    *("name", "title", "seed", "data", "manifest", "division", "store", "champion"),
    *("operating_point", "novelty", "confounders", "file"),
)
"""Settings that mean the same for a network."""
OF_THE_NETWORK = ("task", "preprocessing", "input_size")
"""Settings that the bundle decides."""


class OnBundles(Frozen):
    """Films and rules of such a run: the same configuration, data and seed give the same model.

    What the network sees (crop, size, grey values) and the task are those of the bundle.

    Attributes:
        name: of the new bundle and its folder.
        store: folder that the bundle is written into; None is the user's own store.
        champion: make the model the default one of that store, where it is not the user's own.
        manifest: CSV that gives every patient a role, for the division by manifest.
        division: how patients are divided; as for the bundle, or its films are scored again.
        confounders: what is known to go with the class and is not disease, for the card.
        file: path of the file that the configuration was read from.
    """

    name: str = Field(pattern=NAME)
    title: str
    seed: int = Field(0, ge=0, lt=2**31)
    data: tuple[DataFolder, ...] = Field(min_length=1)
    manifest: Path | None = None
    division: Division = Division()
    store: Path | None = None
    champion: bool = False
    operating_point: OperatingRule
    novelty: NoveltyRule = NoveltyRule()
    confounders: str
    file: str = ""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a JSON file; relative paths in it become relative to the file's folder.

        Raises:
            ConfigError: it is missing or not valid.
        """
        config, base = read_config(cls, path), path.parent
        return config.model_copy(
            update={
                "file": path_in_project(path),
                "data": tuple(d.model_copy(update={"path": base / d.path}) for d in config.data),
                "manifest": base / config.manifest if config.manifest else None,
                "store": base / config.store if config.store else None,
            }
        )

    def portable(self) -> dict[str, Any]:
        """Return the configuration as JSON types, each path cut to its name."""
        content = self.model_dump(mode="json")
        for key, path in (("manifest", self.manifest), ("store", self.store)):
            content[key] = path.name if path else None
        for folder in content["data"]:
            folder["path"] = Path(folder["path"]).name
        return content

    def on(self, base: BundleManifest) -> TrainingConfig:
        """Return the settings by which films are read for this run, and its bundle is released.

        Args:
            base: of the bundle that decides what is seen.

        Raises:
            ConfigError: the settings do not hold together, or the bundle's outputs are no task.
        """
        outputs = base.task.outputs
        task = next((task.name for task in TASKS if task.outputs == outputs), None)
        if task is None:
            raise ConfigError(
                f"the outputs of {base.name!r} are {', '.join(outputs)}; allowed are those of a "
                f"task: {', '.join(task.name for task in TASKS)}."
            )
        config = TrainingConfig(
            **{name: getattr(self, name) for name in SHARED},
            network=base.network,
            task=task,
            preprocessing=base.preprocessing,
            input_size=base.input.size,
        )
        config.check()
        return config


def stated_of(manifest: BundleManifest) -> dict[str, Any]:
    """Return what decided such a run of what its bundle states as if it were a network's."""
    return {key: manifest.training[key] for key in (*SHARED, *OF_THE_NETWORK)}
