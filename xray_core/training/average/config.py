"""Everything that decides an average of networks."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field

from xray_core.bundle.store import installed
from xray_core.errors import ConfigError
from xray_core.training.config import TrainingConfig
from xray_core.training.on_bundles import OnBundles


class AverageConfig(OnBundles):
    """A network with the weights of several, averaged.

    Attributes:
        kind: marks the configuration of an average.
        models: names of the installed bundles; of one network, each begun with the same weights.
        shares: of each, in the same order; None is as much of each.
        made_by: configuration file of each network that is to be trained where no model of its name
            is installed.
    """

    kind: Literal["average"] = "average"
    models: tuple[str, ...] = Field(min_length=2)
    shares: tuple[float, ...] | None = None
    made_by: dict[str, Path] = Field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a JSON file; relative paths in it become relative to the file's folder.

        Raises:
            ConfigError: it is missing or not valid.
        """
        config = super().read(path)
        made_by = {name: path.parent / file for name, file in config.made_by.items()}
        return config.model_copy(update={"made_by": made_by})

    def portable(self) -> dict[str, Any]:
        """Return the configuration as JSON types, each path cut to its name."""
        made_by = {name: file.name for name, file in self.made_by.items()}
        return super().portable() | {"made_by": made_by}

    def missing(self) -> list[TrainingConfig]:
        """Return the runs that make the models that are not installed, in the models' order.

        Raises:
            BundleError: an index of models is damaged.
            ConfigError: a configuration cannot be read, or makes a model of another name.
        """
        there, runs = installed(), []
        for name in self.models:
            if name in there or name not in self.made_by:
                continue
            runs.append(run := TrainingConfig.read(self.made_by[name]))
            if run.name != name:
                raise ConfigError(
                    f"{self.made_by[name].name} makes {run.name!r}; allowed is one of {name!r}."
                )
        return runs

    def parts(self) -> tuple[float, ...]:
        """Return the share of each model; together they are 1.

        Raises:
            ConfigError: they are not as many as the models, or not above 0, or a name is none.
        """
        shares = self.shares or (1.0,) * len(self.models)
        if len(shares) != len(self.models) or min(shares) <= 0:
            raise ConfigError(
                f"{len(shares)} shares for {len(self.models)} models; allowed is one above 0 each."
            )
        return tuple(share / sum(shares) for share in shares)
