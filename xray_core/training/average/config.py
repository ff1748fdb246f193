"""Everything that decides an average of networks."""

from typing import Literal

from pydantic import Field

from xray_core.errors import ConfigError
from xray_core.training.on_bundles import OnBundles


class AverageConfig(OnBundles):
    """A network with the weights of several, averaged.

    Attributes:
        kind: marks the configuration of an average.
        models: names of the installed bundles; of one network, each begun with the same weights.
        shares: of each, in the same order; None is as much of each.
    """

    kind: Literal["average"] = "average"
    models: tuple[str, ...] = Field(min_length=2)
    shares: tuple[float, ...] | None = None

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
