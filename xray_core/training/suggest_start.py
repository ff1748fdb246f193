"""What a network had best start from on this machine, and which of its layers are then trained."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xray_core.networks.imagenet import PublishedWeights
from xray_core.networks.registry import network as spec_of
from xray_core.networks.transfer import TransferStrategy


def suggest_start(network: str) -> dict[str, Any]:
    """Return start weights, transfer strategy and rate for a network.

    ImageNet weights are suggested only where they are on this machine already.
    """
    if not has_weights_here(network):
        return {"start": "random", "rate": 1e-3, "weight_decay": 0.02}
    if isinstance(spec_of(network).pretrained, PublishedWeights):  # small, and trained so itself
        return {"start": "imagenet", "rate": 6e-4, "weight_decay": 0.02}
    thaw = TransferStrategy(kind="frozen-then-all", unfreeze_epoch=3, fine_rate_factor=0.1)
    return {"start": "imagenet", "transfer": thaw, "rate": 1e-3, "weight_decay": 0.02}


def has_weights_here(network: str) -> bool:
    """Tell whether a network has ImageNet weights that need no download."""
    pretrained = spec_of(network).pretrained
    if isinstance(pretrained, PublishedWeights):
        return find_spec(pretrained.package) is not None
    return pretrained is not None and (keras_files() / pretrained.file).exists()


def keras_files() -> Path:
    """Return where Keras keeps the weights that it downloaded: below `KERAS_HOME`, if that is set.

    Keras is not asked, as importing it takes seconds.
    """
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"
