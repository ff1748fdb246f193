"""Classical models are fitted to exact labels, and written down as what the libraries compute."""

import sys

import numpy as np
import pytest
from scipy.special import softmax

from xray_core.bundle.classical import ClassicalKind, Forest, Linear
from xray_core.errors import TrainingError
from xray_core.training.classical.fit import BOOSTING, Table, fit_classical, forest_of

OUTPUTS = 3
KINDS: tuple[ClassicalKind, ...] = ("boosted-trees", "decision-tree", "logistic-regression")
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def table(n: int, seed: int, partial: float = 0.2) -> Table:
    """Films whose output is the largest of their first three features; some labels are partial."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 6)).astype(np.float32)
    best = features[:, :OUTPUTS].argmax(axis=1)
    allowed = np.eye(OUTPUTS, dtype=bool)[best]
    allowed[(rng.random(n) < partial) & (best > 0), 1:] = True
    return Table(features, allowed)


def logits(model: Linear | Forest, features: np.ndarray) -> np.ndarray:
    exact = features.astype(np.float64)
    return model.logits(exact) if isinstance(model, Linear) else model.logits(exact, OUTPUTS)


@EVERY_KIND
def test_it_learns_what_tells_the_outputs_apart(kind: ClassicalKind) -> None:
    model = fit_classical(kind, table(600, 0), table(200, 1), seed=3)
    assert model.fits(6, OUTPUTS)
    unseen = table(300, 2, partial=0)
    share = np.mean(logits(model, unseen.features).argmax(1) == unseen.allowed.argmax(1))
    assert share > 0.7


@EVERY_KIND
def test_the_same_seed_gives_the_same_model(kind: ClassicalKind) -> None:
    one, other = (fit_classical(kind, table(200, 0), table(100, 1), seed=3) for _ in range(2))
    assert one == other


@EVERY_KIND
def test_films_with_partial_labels_are_left_out(kind: ClassicalKind) -> None:
    whole = table(200, 0)
    exact = whole.allowed.sum(axis=1) == 1
    assert not exact.all()
    fewer = Table(whole.features[exact], whole.allowed[exact])
    validation = table(100, 1)
    assert fit_classical(kind, whole, validation, 3) == fit_classical(kind, fewer, validation, 3)


@EVERY_KIND
def test_an_output_without_a_film_of_its_own_is_one_sentence(kind: ClassicalKind) -> None:
    films = table(100, 0)
    films.allowed[films.allowed[:, 2], 1:] = True
    with pytest.raises(TrainingError, match="no training film whose label names it alone"):
        fit_classical(kind, films, films, 0)


def test_the_rows_of_a_forest_give_what_lightgbm_gives() -> None:
    lightgbm = pytest.importorskip("lightgbm")
    features, labels = table(400, 0).exact()
    booster = lightgbm.train(
        BOOSTING | {"num_class": OUTPUTS}, lightgbm.Dataset(features, labels), 12
    )
    forest = forest_of(booster.dump_model(), OUTPUTS)
    unseen = table(200, 5).features
    np.testing.assert_allclose(
        logits(forest, unseen), booster.predict(unseen, raw_score=True), rtol=1e-9, atol=1e-12
    )


def test_the_rows_of_a_tree_give_the_shares_of_its_leaves() -> None:
    films = table(400, 0, partial=0)
    tree = fit_classical("decision-tree", films, films, 0)
    assert isinstance(tree, Forest)
    probabilities = softmax(logits(tree, films.features), axis=1)
    leaves = {tuple(row) for row in probabilities.round(9).tolist()}
    assert 2 < len(leaves) <= 32
    # In every leaf the probability is near the share of its films, and never 0 or 1.
    assert probabilities.min() > 0
    for leaf in leaves:
        inside = np.all(probabilities.round(9) == leaf, axis=1)
        assert inside.sum() >= 20
        np.testing.assert_allclose(films.allowed[inside].mean(axis=0), leaf, atol=0.12)


def test_without_lightgbm_the_sentence_says_what_else_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(TrainingError, match="allowed without it are decision-tree and logistic"):
        fit_classical("boosted-trees", table(100, 0), table(100, 1), 0)
