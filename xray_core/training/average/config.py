"""Everything that decides an average of networks."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field

from xray_core.bundle import BundleManifest
from xray_core.bundle.preprocessing import MOST_LONGEST
from xray_core.bundle.store import installed
from xray_core.errors import ConfigError
from xray_core.training.config import TrainingConfig
from xray_core.training.config_file import kind_of
from xray_core.training.on_bundles import OnBundles


class AverageConfig(OnBundles):
    """A network with the weights of several, averaged.

    Attributes:
        kind: marks the configuration of an average.
        models: names of the installed bundles; of one network, each begun with the same weights.
        shares: of each, in the same order; None is as much of each.
        sees_as: the one of the models whose size of input and preprocessing the average has, where
            they differ in these; None asks for models that see films in the same way.
        longest: `Preprocessing.longest` of the average, where it is another than that model's.
        made_by: configuration file of each model that is to be made where none of its name is
            installed, in the order in which they are made: the models, and what they start from
            or learn from.
    """

    kind: Literal["average"] = "average"
    models: tuple[str, ...] = Field(min_length=2)
    shares: tuple[float, ...] | None = None
    sees_as: str | None = None
    longest: int | None = Field(None, ge=64, le=MOST_LONGEST)
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

    def on(self, base: BundleManifest) -> TrainingConfig:
        """Return the settings by which films are read for the average, see `OnBundles.on`."""
        return super().on(base if self.longest is None else base.with_longest(self.longest))

    def missing(self) -> "list[TrainingConfig | AverageConfig]":
        """Return the runs that make what is not installed, in the order of `made_by`.

        Where all of `models` are there, nothing is made: what they started from is not needed.

        Raises:
            BundleError: an index of models is damaged.
            ConfigError: a configuration cannot be read, does not hold together, or makes a model of
                another name.
        """
        there = installed()
        if all(name in there for name in self.models):
            return []
        return [_read(name, file) for name, file in self.made_by.items() if name not in there]

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

    def check(self) -> None:
        """Check that the shares and the models go together.

        Raises:
            ConfigError: they do not.
        """
        self.parts()
        self.seen()

    def seen(self) -> str:
        """Return the name of the model as which the average sees films.

        Raises:
            ConfigError: it is none of the models.
        """
        if self.sees_as is not None and self.sees_as not in self.models:
            raise ConfigError(
                f"The average is to see films as {self.sees_as!r}; allowed is one of its models: "
                f"{', '.join(self.models)}."
            )
        return self.sees_as or self.models[0]


def _read(name: str, file: Path) -> TrainingConfig | AverageConfig:
    """Read what makes a model: the training of a network, or an average again."""
    run = AverageConfig.read(file) if kind_of(file) == "average" else TrainingConfig.read(file)
    if run.name != name:
        raise ConfigError(f"{file.name} makes {run.name!r}; allowed is one of {name!r}.")
    run.check()
    return run
