"""What the registry knows of a network."""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xray_core.errors import ConfigError
from xray_core.networks.carrying import carry_over
from xray_core.networks.imagenet import PublishedWeights, load_imagenet
from xray_core.networks.keras_weights import KerasWeights
from xray_core.networks.weights_file import read_weights


@dataclass(frozen=True)
class NetworkSpec:
    """One architecture.

    Attributes:
        name: key used in configs and on the command line; the model bears it too.
        title: what a person reads.
        description: one sentence on what it is and when to choose it.
        input_size: side of the square input in pixels that it was made for.
        builder: module of this package and function in it, `module:function`, imported with Keras
            when a network is built: (input size, number of outputs) → keras.Model that takes
            float32 (N, S, S, 1) in [0, 1] and returns logits (N, outputs); its input scaling is
            inside.
        options: given to the builder by name, where it builds several networks; it is given the
            name of the network then, too.
        pretrained: weights learnt on ImageNet that training may start from, or None.
        smallest: smallest side of the input in pixels that it can be built for.
        channels: channels of the input; grey films have one.
    """

    name: str
    title: str
    description: str
    input_size: int
    builder: str
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    pretrained: PublishedWeights | KerasWeights | None = None
    smallest: int = 32
    channels: int = 1

    def build(self, input_size: int, outputs: int) -> Any:
        """Return the network with random weights.

        Args:
            input_size: side of the input in pixels.
            outputs: number of logits.

        Raises:
            ConfigError: the input is too small for it.
        """
        if input_size < self.smallest:
            raise ConfigError(
                f"an input of {input_size} px is too small for the network {self.name!r}; allowed "
                f"are {self.smallest} px and more."
            )
        build = pkgutil.resolve_name(f"{__package__}.{self.builder}")
        named = {"name": self.name} if self.options else {}
        return build(input_size, outputs, **named, **self.options)

    def start_from_imagenet(self, model: Any) -> str:
        """Give a model that `build` made the published weights, and say what was taken.

        Raises:
            ConfigError: there are none for this network, they are not installed, or do not fit.
            DownloadError: they cannot be downloaded.
        """
        if self.pretrained is None:
            raise ConfigError(f"for the network {self.name!r} there are no ImageNet weights.")
        if isinstance(self.pretrained, KerasWeights):
            return carry_over(model, read_weights(self.pretrained.fetch()), self.pretrained.file)
        load_imagenet(model, self.pretrained)
        return f"{self.pretrained.requirement}: the backbone taken; the head begun anew."
