"""Fitting classical models to features, and writing them down as plain numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle.classical import LEAF, ClassicalKind, Forest, Linear
from xray_core.calibration import partial_log_loss
from xray_core.errors import TrainingError

PENALTIES = (1e-3, 1e-2, 1e-1, 1.0)
"""Inverse strengths of the L2 penalty that validation chooses from."""
BOOSTING = {
    "objective": "multiclass",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    # One thread: the rows are few, and threads that wait for each other cost more than they give.
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
ROUNDS, PATIENCE = 400, 30


@dataclass(frozen=True)
class Table:
    """Features of films.

    Attributes:
        features: float32 (N, F).
        allowed: bool (N, K), the outputs that each label allows.
    """

    features: NDArray[np.float32]
    allowed: NDArray[np.bool_]

    def exact(self) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """Return the features and the output of the films whose label allows a single one."""
        rows = self.allowed.sum(axis=1) == 1
        return self.features[rows], self.allowed[rows].argmax(axis=1)


def fit_classical(
    kind: ClassicalKind, train: Table, validation: Table, seed: int
) -> Linear | Forest:
    """Return a classical model, fitted to the films whose label is exact.

    A partial label is never guessed: such films are left out of the fit. Every output weighs the
    same, however many films it has. Validation films choose the penalty of logistic regression and
    the number of boosted trees.

    Raises:
        TrainingError: an output has no film with an exact label, or LightGBM cannot be used.
    """
    _, labels = train.exact()
    if len(set(labels.tolist())) < train.allowed.shape[1]:
        raise TrainingError(
            "an output has no training film whose label names it alone; a classical model needs "
            "some of each."
        )
    return _FITS[kind](train, validation, seed)


def _weights(labels: NDArray[np.intp]) -> NDArray[np.float64]:
    counts = np.bincount(labels)
    return np.asarray(len(labels) / (len(counts) * counts[labels]))


def _fit_linear(train: Table, validation: Table, seed: int) -> Linear:
    from sklearn.linear_model import LogisticRegression

    features, labels = train.exact()
    mean = features.mean(axis=0, dtype=np.float64)
    spread = features.std(axis=0, dtype=np.float64)
    scale = np.where(spread > 0, spread, 1.0)
    fitted = []
    for penalty in PENALTIES:
        found = LogisticRegression(C=penalty, max_iter=2000, random_state=seed)
        found.fit((features - mean) / scale, labels, sample_weight=_weights(labels))
        weights, bias = found.coef_.T, found.intercept_
        if weights.shape[1] == 1:  # of two outputs the second one's is given alone
            weights, bias = np.hstack([0 * weights, weights]), np.hstack([0 * bias, bias])
        fitted.append(
            Linear(
                mean=tuple(mean.tolist()),
                scale=tuple(scale.tolist()),
                weights=tuple(map(tuple, weights.tolist())),
                bias=tuple(bias.tolist()),
            )
        )
    exact = validation.features.astype(np.float64)
    losses = [partial_log_loss(model.logits(exact), validation.allowed) for model in fitted]
    return fitted[int(np.argmin(losses))]


def _fit_tree(train: Table, validation: Table, seed: int) -> Forest:
    from sklearn.tree import DecisionTreeClassifier

    features, labels = train.exact()
    found = DecisionTreeClassifier(max_depth=5, min_samples_leaf=20, random_state=seed)
    tree = found.fit(features, labels, sample_weight=_weights(labels)).tree_
    outputs = train.allowed.shape[1]
    # Shares are drawn towards even ones by one film for each output: no leaf is quite certain.
    share = tree.value[:, 0] / tree.value[:, 0].sum(axis=1, keepdims=True)
    seen = tree.n_node_samples[:, None]
    value = np.log((share * seen + 1) / (seen + outputs))
    leaf, at, count = tree.children_left < 0, np.arange(tree.node_count), tree.node_count
    rows = _Rows()
    for k in range(outputs):
        rows.roots.append(k * count)
        rows.outputs.append(k)
        rows.feature += np.where(leaf, LEAF, tree.feature).tolist()
        rows.threshold += np.where(leaf, 0.0, tree.threshold).tolist()
        rows.left += (k * count + np.where(leaf, at, tree.children_left)).tolist()
        rows.right += (k * count + np.where(leaf, at, tree.children_right)).tolist()
        rows.value += np.where(leaf, value[:, k], 0.0).tolist()
    return rows.forest()


def _fit_boosted(train: Table, validation: Table, seed: int) -> Forest:
    try:
        import lightgbm
    except (ImportError, OSError) as error:  # OSError: the system lacks libgomp.so.1
        raise TrainingError(
            f"boosted trees need LightGBM, which cannot be loaded here ({error}); allowed without "
            "it are decision-tree and logistic-regression."
        ) from error

    (features, labels), outputs = train.exact(), train.allowed.shape[1]
    known = lightgbm.Dataset(features, labels, weight=_weights(labels))
    held_out = lightgbm.Dataset(*validation.exact(), reference=known)
    booster = lightgbm.train(
        BOOSTING | {"num_class": outputs, "seed": seed},
        known,
        ROUNDS,
        valid_sets=[held_out],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    return forest_of(booster.dump_model(num_iteration=booster.best_iteration), outputs)


def forest_of(dump: dict[str, Any], outputs: int) -> Forest:
    """Return LightGBM's own description of a multi-class model as plain rows.

    Args:
        dump: of `Booster.dump_model`, of numerical features without missing values.
        outputs: number of classes; the trees belong to them in turn.
    """
    rows = _Rows()
    for number, tree in enumerate(dump["tree_info"]):
        rows.roots.append(len(rows.feature))
        rows.outputs.append(number % outputs)
        rows.add(tree["tree_structure"])
    return rows.forest()


class _Rows:
    """The rows of a forest while they grow."""

    def __init__(self) -> None:
        self.roots: list[int] = []
        self.outputs: list[int] = []
        self.feature: list[int] = []
        self.threshold: list[float] = []
        self.left: list[int] = []
        self.right: list[int] = []
        self.value: list[float] = []

    def add(self, node: dict[str, Any]) -> int:
        """Add a node of LightGBM's and all below it, and return its number."""
        at, leaf = len(self.feature), "split_feature" not in node
        self.feature.append(LEAF if leaf else node["split_feature"])
        self.threshold.append(0.0 if leaf else node["threshold"])
        self.value.append(node["leaf_value"] if leaf else 0.0)
        self.left.append(at)
        self.right.append(at)
        if not leaf:
            self.left[at] = self.add(node["left_child"])
            self.right[at] = self.add(node["right_child"])
        return at

    def forest(self) -> Forest:
        """Return what has grown."""
        return Forest(**{name: tuple(row) for name, row in vars(self).items()})


_FITS: dict[ClassicalKind, Callable[[Table, Table, int], Linear | Forest]] = {
    "logistic-regression": _fit_linear,
    "decision-tree": _fit_tree,
    "boosted-trees": _fit_boosted,
}
