"""Models compared on the same films, with what is chance and what is not."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np

from xray_core.bundle import Interval
from xray_core.datasets.dataset import Dataset
from xray_core.evaluation.contender import Contender
from xray_core.evaluation.data_ref import DataRef
from xray_core.evaluation.delong import delong
from xray_core.evaluation.holm import holm
from xray_core.evaluation.measured import Measured, measure
from xray_core.evaluation.pair import Pair, pair_of
from xray_core.evaluation.paired import DRAWS
from xray_core.evaluation.result import ModelResult
from xray_core.evaluation.statistics import Bools

SURE = 0.05


@dataclass(frozen=True, eq=False)
class Comparison:
    """Models on one set of films.

    Attributes:
        data: which films.
        dataset: the films themselves, N of them.
        models: as they were given.
        pairs: every two of them, each on the films that count for both.
        best: the model that ranks highest among those that may win; None where none may.
        tied: those that may win and are not surely worse than the best, the best among them.
        seed: of the draws.
        draws: of the bootstrap.
    """

    data: DataRef
    dataset: Dataset
    models: tuple[ModelResult, ...]
    pairs: tuple[Pair, ...]
    best: str | None
    tied: tuple[str, ...]
    seed: int
    draws: int = field(default=DRAWS)

    def model(self, name: str) -> ModelResult:
        """Return the result of one of the models."""
        return next(model for model in self.models if model.name == name)

    def pair(self, a: str, b: str) -> Pair:
        """Return two models compared, in the order in which they were given."""
        return next(pair for pair in self.pairs if {pair.a, pair.b} == {a, b})

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON types, as `compare --json` prints it."""
        return {
            "models": [model.to_json() for model in self.models],
            "pairs": [pair.to_json() for pair in self.pairs],
            "seen": {model.name: model.seen for model in self.models},
            "best": self.best,
            "tied_with_best": list(self.tied),
            "data": self.data.to_json(),
            "bootstrap": {"draws": self.draws, "seed": self.seed},
        }


def compare(
    contenders: Sequence[Contender],
    dataset: Dataset,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    split: str | None = None,
) -> Comparison:
    """Compare models on the films of a data set.

    A model is measured on the films that it has not seen and has an opinion on; two models on the
    films of which that is true for both. Intervals are 95 %, over patients; draws are shared.

    Args:
        contenders: the models, all of them scored on these films.
        dataset: the films.
        seed: of the bootstrap.
        draws: of the bootstrap.
        split: which part of the data set the films are, to be stated.
    """
    labels, patients = dataset.labels(), dataset.table["patient"].tolist()
    known: dict[tuple[int, bytes], Measured] = {}

    def measured(number: int, rows: Bools) -> Measured:
        key = number, rows.tobytes()
        if key not in known:
            opinions = contenders[number].opinions(labels, patients, rows)
            known[key] = measure(opinions, seed=seed, draws=draws)
        return known[key]

    rows = [contender.counted for contender in contenders]
    models = tuple(
        ModelResult(contender, rows[i], measured(i, rows[i]))
        for i, contender in enumerate(contenders)
    )
    pairs = _corrected(
        [
            pair_of(
                (models[a].name, measured(a, rows[a] & rows[b])),
                (models[b].name, measured(b, rows[a] & rows[b])),
                rows[a] & rows[b],
            )
            for a, b in combinations(range(len(models)), 2)
        ]
    )
    best = _best(models, dataset)
    tied = tuple(m.name for m in models if best and m.may_win and _ties(m.name, best, pairs))
    return Comparison(DataRef.of(dataset, split), dataset, models, pairs, best, tied, seed, draws)


def _corrected(pairs: list[Pair]) -> tuple[Pair, ...]:
    """State every p corrected for the number of tests of its kind."""
    areas = holm([pair.delong_p for pair in pairs])
    errors = holm([pair.mcnemar_p for pair in pairs])
    kinds = [p for pair in pairs for p in (pair.missed_p, pair.alarms_p)]
    corrected = holm(kinds)
    tested = sum(p is not None for p in kinds)
    return tuple(
        replace(
            pair,
            delong_p_corrected=areas[i],
            mcnemar_p_corrected=errors[i],
            missed_p_corrected=corrected[2 * i],
            alarms_p_corrected=corrected[2 * i + 1],
            kinds_tested=tested,
        )
        for i, pair in enumerate(pairs)
    )


def _best(models: Sequence[ModelResult], dataset: Dataset) -> str | None:
    """Return the model of the highest AUC on the films that count for all that may win."""
    fit = [model for model in models if model.may_win]
    if not fit:
        return None
    common = np.logical_and.reduce([model.rows for model in fit])
    labels, patients = dataset.labels(), dataset.table["patient"].tolist()
    opinions = [model.contender.opinions(labels, patients, common) for model in fit]
    areas = delong(np.array([one.p for one in opinions]), opinions[0].truth).areas
    if np.isnan(areas).any():  # no films of both kinds in common: each by its own
        areas = np.array([model.measured["auc"].value for model in fit])
    return fit[int(np.argmax(areas))].name


def _ties(name: str, best: str, pairs: Sequence[Pair]) -> bool:
    """Tell whether a model is not surely worse than the best.

    It is where DeLong's p, corrected, is below 0.05 and the interval over patients of the
    difference of the AUCs leaves out 0 too: DeLong's test counts films of one patient as
    independent, and alone would find too much.
    """
    if name == best:
        return True
    pair = next(pair for pair in pairs if {pair.a, pair.b} == {name, best})
    p, difference = pair.delong_p_corrected, pair.differences["auc"]
    return p is None or p >= SURE or not leaves_out_zero(difference)


def leaves_out_zero(difference: Interval) -> bool:
    """Tell whether an interval is wholly above or wholly below 0."""
    low, high = difference.low, difference.high
    return low is not None and high is not None and (low > 0 or high < 0)
