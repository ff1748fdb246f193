"""10,000 bootstrap draws of 600 films and 5 models: every figure, its interval, every difference.

Beside it one figure, the AUC, drawn the plain way: resample patients, call scikit-learn.

    python benchmarks/bootstrap_speed.py [FILMS] [MODELS] [DRAWS]
"""

import sys
import time
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from sklearn.metrics import roc_auc_score

from xray_core.evaluation.bootstrap import interval
from xray_core.evaluation.measured import measure
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.opinions import Opinions
from xray_core.labels import CLASSES, FOUR_CLASSES

PLAIN = 200
"""Draws of the plain way that are timed: all of them would take minutes."""


def opinions(films: int, seed: int) -> Opinions:
    """Return what a made-up model says of the same made-up films."""
    truth = np.random.default_rng(0).integers(4, size=films)
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(films, 4))
    logits[np.arange(films), truth] += 2
    p = np.exp(logits)
    return Opinions(
        FOUR_CLASSES,
        0.4,
        p / p.sum(axis=1, keepdims=True),
        rng.random((films, 2)),
        tuple(frozenset({CLASSES[k]}) for k in truth),
        tuple(str(i // 2) for i in range(films)),
    )


def plain_way(model: Opinions) -> float:
    """Return the seconds that a draw takes where it is made film by film."""
    rng, people = np.random.default_rng(0), np.asarray(model.patients)
    rows = [np.flatnonzero(people == name) for name in np.unique(people)]
    started = time.perf_counter()
    for _ in range(PLAIN):
        picked = np.concatenate([rows[k] for k in rng.integers(len(rows), size=len(rows))])
        roc_auc_score(model.truth[picked], model.p[picked])
    return (time.perf_counter() - started) / PLAIN


def main(films: int, models: int, draws: int) -> None:
    made = [opinions(films, seed) for seed in range(1, models + 1)]
    started = time.perf_counter()
    measured = [measure(one, draws=draws) for one in made]
    pairs = list(combinations(measured, 2))
    for a, b in pairs:
        for name in MEASURES:
            difference = (a[name].value or 0) - (b[name].value or 0)
            interval(difference, a.draws[name] - b.draws[name])
    seconds = time.perf_counter() - started
    plain = plain_way(made[0]) * draws * models
    count = len(measured[0].figures)
    print(f"{draws:,} draws, {films} films, {models} models, {len(pairs)} pairs")
    print(f"  {seconds:7.2f} s  {count} figures of each model and {len(MEASURES)} of each pair")
    print(f"  {plain:7.2f} s  the AUCs alone, film by film (from {PLAIN} draws)")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*[*given, *(600, 5, 10_000)[len(given) :]])
