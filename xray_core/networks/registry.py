"""The networks that can be trained, in one explicit list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xray_core.errors import ConfigError
from xray_core.networks.efficientnet_lite import HEAD, build_efficientnet_lite
from xray_core.networks.imagenet import EFFICIENTNET_LITE0, PublishedWeights, load_imagenet
from xray_core.networks.residual import build_residual
from xray_core.networks.separable import build_separable


@dataclass(frozen=True)
class NetworkSpec:
    """One architecture.

    Attributes:
        name: key used in configs and on the command line.
        title: what a person reads.
        description: one sentence on what it is and when to choose it.
        input_size: side of the square input in pixels that it was made for.
        channels: channels of the input; grey films have one.
        build: (input size, number of outputs) → keras.Model that takes float32 (N, S, S, channels)
            in [0, 1] and returns logits (N, outputs); its input scaling is inside.
        pretrained: weights that training may start from, or None.
        head: name with which the layers begin that those weights do not have.
    """

    name: str
    title: str
    description: str
    input_size: int
    channels: int
    build: Callable[[int, int], Any]
    pretrained: PublishedWeights | None = None
    head: str = "head"

    def start_from_imagenet(self, model: Any) -> None:
        """Give a model that `build` made the published weights.

        Raises:
            ConfigError: there are none for this network, or they are not installed.
        """
        if self.pretrained is None:
            raise ConfigError(f"for the network {self.name!r} there are no ImageNet weights.")
        load_imagenet(model, self.pretrained, self.head)


NETWORKS: tuple[NetworkSpec, ...] = (
    NetworkSpec(
        "efficientnet-lite",
        "EfficientNet-Lite",
        "The first six stages of EfficientNet-Lite0 (2.5 million parameters), which may start from "
        "weights that were trained on ImageNet: the bundled model.",
        128,
        1,
        build_efficientnet_lite,
        EFFICIENTNET_LITE0,
        HEAD,
    ),
    NetworkSpec(
        "residual",
        "Residual CNN",
        "A residual network of about 1 million parameters with squeeze-excitation, made for grey "
        "films at 160 px, trained from nothing.",
        160,
        1,
        build_residual,
    ),
    NetworkSpec(
        "cnn-separable",
        "Separable CNN",
        "Five blocks of separable convolutions with heavy dropout (2.3 million parameters), the "
        "best published network of its kind on these films.",
        150,
        1,
        build_separable,
    ),
)


def network(name: str) -> NetworkSpec:
    """Return the network of that name.

    Raises:
        ConfigError: there is none, or the list holds it twice.
    """
    found = [spec for spec in NETWORKS if spec.name == name]
    if len(found) != 1:
        raise ConfigError(
            f"network {name!r} is not one of {', '.join(spec.name for spec in NETWORKS)}."
        )
    return found[0]
