"""Everything that decides the training of a classical model."""

from typing import Literal

from pydantic import Field

from xray_core.bundle.classical import ClassicalKind
from xray_core.bundle.manifest import NAME
from xray_core.training.on_bundles import OnBundles


class ClassicalConfig(OnBundles):
    """A model on the features of one bundle.

    Attributes:
        kind: marks the configuration of a classical model.
        model: boosted trees (LightGBM), one decision tree, or logistic regression.
        features: name of the installed bundle whose network makes the features.
    """

    kind: Literal["classical"] = "classical"
    model: ClassicalKind
    features: str = Field(pattern=NAME)
