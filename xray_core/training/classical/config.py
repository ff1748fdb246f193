"""Everything that decides the training of a classical model."""

from typing import Literal

from pydantic import Field

from xray_core.bundle.classical import ClassicalKind
from xray_core.bundle.part import NAME
from xray_core.training.on_bundles import OnBundles

TITLES: dict[ClassicalKind, str] = {
    "boosted-trees": "Boosted trees (LightGBM)",
    "decision-tree": "One decision tree",
    "logistic-regression": "Logistic regression",
}
"""What a person reads of each kind."""


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
