"""A classical model on a network's features: `classical.json`, numbers and nothing else.

The network of the bundle (`model.keras`, `model.tflite`) then ends in features, and what weighs
them is read from here: boosted trees, one decision tree or logistic regression. It is evaluated
here with NumPy, so that neither LightGBM nor scikit-learn reads a file that somebody brought, and
neither is needed to give an opinion.
"""

from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from xray_core.bundle.part import NAME
from xray_core.errors import BundleError

CLASSICAL_FILE = "classical.json"
LEAF = -1
"""Stands for the feature of a node that has no children."""

ClassicalKind = Literal["boosted-trees", "decision-tree", "logistic-regression"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FeaturesFrom(_Frozen):
    """The bundle whose network makes the features: its name, hash, and the layer they are of."""

    model: str = Field(pattern=NAME)
    sha256: str
    layer: str
    count: int = Field(ge=1)


class Linear(_Frozen):
    """Logits = ((features − mean) / scale) · weights + bias.

    Attributes:
        mean: (F,).
        scale: (F,), above 0.
        weights: (F, K).
        bias: (K,).
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]

    def fits(self, features: int, outputs: int) -> bool:
        """Tell whether it takes so many features and gives so many outputs."""
        return (
            len(self.mean) == len(self.scale) == len(self.weights) == features
            and {len(row) for row in self.weights} == {len(self.bias)} == {outputs}
            and min(self.scale) > 0
        )

    def logits(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return logits (N, K) of features (N, F)."""
        scaled = (features - np.array(self.mean)) / np.array(self.scale)
        return np.asarray(scaled @ np.array(self.weights) + np.array(self.bias))


class Forest(_Frozen):
    """Trees, each of which adds the value of a leaf to the logit of one output.

    The nodes of all trees stand in one row; a child stands behind its parent. A film goes left
    where its feature is at most the threshold.

    Attributes:
        roots: (T,), node that each tree begins at.
        outputs: (T,), output that it adds to.
        feature: (M,), number of the feature, `LEAF` for a leaf.
        threshold: (M,).
        left: (M,), the node itself for a leaf.
        right: (M,), likewise.
        value: (M,), of leaves.
    """

    roots: tuple[int, ...]
    outputs: tuple[int, ...]
    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def fits(self, features: int, outputs: int) -> bool:
        """Tell whether it takes so many features, gives so many outputs, and has no circle."""
        count, at = len(self.feature), np.arange(len(self.feature))
        if {len(self.threshold), len(self.left), len(self.right), len(self.value)} != {count}:
            return False
        feature, left, right = (np.array(row) for row in (self.feature, self.left, self.right))
        leaf = feature == LEAF
        behind = (left > at) & (right > at) & (np.maximum(left, right) < count)
        return bool(
            len(self.roots) == len(self.outputs) > 0
            and all(0 <= root < count for root in self.roots)
            and all(0 <= output < outputs for output in self.outputs)
            and np.where(leaf, (left == at) & (right == at), behind).all()
            and ((feature >= LEAF) & (feature < features)).all()
        )

    @cached_property
    def _rows(self) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.intp]]:
        children = np.array([self.left, self.right], dtype=np.intp)
        return np.array(self.feature, dtype=np.intp), np.array(self.threshold), children

    def logits(self, features: NDArray[np.float64], outputs: int) -> NDArray[np.float64]:
        """Return logits (N, K) of features (N, F); all trees are walked down together."""
        feature, threshold, children = self._rows
        films = np.arange(len(features))[:, None]
        node = np.tile(np.array(self.roots, dtype=np.intp), (len(features), 1))
        while (feature[node] != LEAF).any():
            # A leaf has no feature; whatever it is compared with, it stays where it is.
            node = children[(features[films, feature[node]] > threshold[node]).astype(int), node]
        reached = np.array(self.value)[node]
        added = [reached[:, np.array(self.outputs) == k].sum(axis=1) for k in range(outputs)]
        return np.stack(added, axis=1)


class ClassicalModel(_Frozen):
    """The content of `classical.json`: `linear` for logistic regression, `forest` for trees."""

    format_version: Literal[1] = 1
    kind: ClassicalKind
    features: FeaturesFrom
    outputs: int = Field(ge=2)
    linear: Linear | None = None
    forest: Forest | None = None

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        stated = self.linear if self.kind == "logistic-regression" else self.forest
        if stated is None or (self.linear is None) == (self.forest is None):
            raise ValueError(f"{self.kind} states `linear` or `forest`, the one of its kind alone")
        if not stated.fits(self.features.count, self.outputs):
            raise ValueError(
                f"its numbers are not those of a model from {self.features.count} features to "
                f"{self.outputs} outputs"
            )
        return self

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return logits float32 (N, K) of features (N, F)."""
        exact = features.astype(np.float64)
        if self.linear is not None:
            return self.linear.logits(exact).astype(np.float32)
        assert self.forest is not None  # one of the two is stated
        return self.forest.logits(exact, self.outputs).astype(np.float32)

    def write(self, folder: Path) -> None:
        """Write `classical.json` into a bundle's folder."""
        text = self.model_dump_json(exclude_none=True)
        (folder / CLASSICAL_FILE).write_bytes(text.encode() + b"\n")


def read_classical(folder: Path) -> ClassicalModel | None:
    """Return the classical model of a bundle; None where the network gives the logits itself.

    Raises:
        BundleError: `classical.json` is damaged.
    """
    path = folder / CLASSICAL_FILE
    if not path.exists():
        return None
    try:
        return ClassicalModel.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
        raise BundleError(f"{folder.name}: {CLASSICAL_FILE} is not valid: {why}.") from error
