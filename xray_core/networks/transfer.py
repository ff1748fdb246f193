"""Which layers of a network are trained, and from which epoch on."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xray_core.errors import ConfigError
from xray_core.networks.parts import backbone, head, with_weights

Kind = Literal["all", "frozen", "frozen-but-last", "all-but-last", "frozen-then-all"]

HELP: dict[Kind, str] = {
    "all": "Every layer is trained; right for a network that starts from nothing.",
    "frozen": "Only the head is trained; quick, and hard to overfit.",
    "frozen-but-last": "The head and the last layers of the backbone are trained.",
    "all-but-last": "All is trained but the last layers of the backbone.",
    "frozen-then-all": "First only the head is trained, then all of it at a much smaller rate.",
}
"""What a person reads of each kind."""
COUNTED = ("frozen-but-last", "all-but-last")
"""The kinds that say how many layers at the end of the backbone are meant."""


class TransferStrategy(BaseModel):
    """How a network that starts from learnt weights is trained further.

    In every kind but `all`, batch norm of the backbone is not trained and stays in inference mode
    (Keras runs a batch norm that is not trainable so): its statistics are of millions of pictures,
    those of a small batch of films would spoil them. Where a network has learnt from films before,
    `norms` trains that of the layers that are trained.

    Attributes:
        kind: see `HELP`.
        layers: how many layers at the end of the backbone `frozen-but-last` trains and
            `all-but-last` does not, counted as Keras counts them, those without weights too.
        unfreeze_epoch: with `frozen-then-all`, the number of epochs before all is trained.
        fine_rate_factor: with `frozen-then-all`, what the rate is multiplied by from then on.
        norms: whether batch norm is trained where the layers about it are; with `all` it is anyway.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = Field(
        "all", description=" ".join(f"{kind}: {words}" for kind, words in HELP.items())
    )
    layers: int = Field(
        0,
        ge=0,
        description="How many layers at the end of the backbone frozen-but-last trains and "
        "all-but-last does not; 0 with the others.",
    )
    unfreeze_epoch: int = Field(
        0,
        ge=0,
        description="With frozen-then-all, the number of epochs before all is trained; 0 with the "
        "others.",
    )
    fine_rate_factor: float = Field(
        1.0,
        gt=0,
        le=1,
        description="With frozen-then-all, what the rate is multiplied by from then on; 1 with the "
        "others.",
    )

    norms: bool = Field(
        False,
        description="Batch norm of the layers that are trained is trained too: for weights that "
        "were learnt from films. With all it is trained anyway.",
    )

    @model_validator(mode="after")
    def _say_what_the_kind_needs(self) -> Self:
        if (self.kind in COUNTED) != (self.layers > 0):
            raise ValueError(
                f"layers is {self.layers} with {self.kind!r}; it is 1 or more with "
                f"{' and '.join(COUNTED)}, and 0 with the others"
            )
        later = self.kind == "frozen-then-all"
        if later != (self.unfreeze_epoch > 0) or (not later and self.fine_rate_factor != 1):
            raise ValueError(
                f"unfreeze_epoch is {self.unfreeze_epoch} and fine_rate_factor "
                f"{self.fine_rate_factor:g} with {self.kind!r}; they are 1 or more, and up to 1, "
                "with frozen-then-all, and 0 and 1 with the others"
            )
        return self

    def rate_factor(self, epoch: int) -> float:
        """Return what the learning rate is multiplied by in an epoch, counted from 0."""
        unfrozen = self.kind == "frozen-then-all" and epoch >= self.unfreeze_epoch
        return self.fine_rate_factor if unfrozen else 1.0


ALL = TransferStrategy()
"""Every layer is trained."""


def apply_strategy(model: Any, strategy: TransferStrategy, epoch: int) -> bool:
    """Set which layers of a network are trained in an epoch.

    The head is always trained.

    Args:
        model: a network of the registry.
        strategy: which layers.
        epoch: counted from 0.

    Returns:
        Whether that differs from what was set before, so that the model has to be compiled again
        and its optimiser made anew.

    Raises:
        ConfigError: the network has no backbone, or fewer layers than are named.
    """
    layers = backbone(model)
    if strategy.kind != "all" and not with_weights(layers):
        raise ConfigError(
            f"the network {model.name!r} has no backbone that could be frozen; allowed is the "
            "transfer strategy 'all'."
        )
    if strategy.layers > len(layers):
        raise ConfigError(
            f"the transfer strategy names {strategy.layers} layers; the backbone of "
            f"{model.name!r} has {len(layers)}."
        )
    before = [layer.trainable for layer in with_weights(model.layers)]
    norms = strategy.norms or strategy.kind == "all"
    for layer, trained in zip(layers, _trained(len(layers), strategy, epoch), strict=True):
        layer.trainable = trained and (norms or not _is_batch_norm(layer))
    for layer in head(model):
        layer.trainable = True
    return before != [layer.trainable for layer in with_weights(model.layers)]


def _trained(count: int, strategy: TransferStrategy, epoch: int) -> list[bool]:
    """Return for each of so many layers of a backbone whether it is trained."""
    first = count - strategy.layers
    if strategy.kind == "frozen-but-last":
        return [i >= first for i in range(count)]
    if strategy.kind == "all-but-last":
        return [i < first for i in range(count)]
    frozen = strategy.kind == "frozen" or (
        strategy.kind == "frozen-then-all" and epoch < strategy.unfreeze_epoch
    )
    return [not frozen] * count


def _is_batch_norm(layer: Any) -> bool:
    return type(layer).__name__ == "BatchNormalization"
