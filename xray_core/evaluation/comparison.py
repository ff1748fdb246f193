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
from xray_core.evaluation.paired import DRAWS, Step
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
        best: of those that may win and are surely worse than none, the one of the highest AUC on
            the films that count for all of these, the first of several; None where there is none.
        level: the others in the running whose AUC there is the very same.
        tied: those that may win and are not surely worse than the best, the best among them.
        decided_on: how many films decided which is the best; 0 where those in the running have no
            films of both kinds in common, so that each stands on its own.
        seed: of the draws.
        draws: of the bootstrap.
    """

    data: DataRef
    dataset: Dataset
    models: tuple[ModelResult, ...]
    pairs: tuple[Pair, ...]
    best: str | None
    level: tuple[str, ...]
    tied: tuple[str, ...]
    decided_on: int
    seed: int
    draws: int = field(default=DRAWS)

    def model(self, name: str) -> ModelResult:
        """Return the result of one of the models."""
        return next(model for model in self.models if model.name == name)

    def pair(self, a: str, b: str) -> Pair:
        """Return two models compared, in the order in which they were given."""
        return next(pair for pair in self.pairs if {pair.a, pair.b} == {a, b})

    @property
    def synthetic(self) -> int:
        """How many of the films that any of the models has an opinion on are phantoms."""
        answers = zip(*(model.contender.scores for model in self.models), strict=True)
        return sum(any(s is not None and s.synthetic for s in film) for film in answers)

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON types, as `compare --json` prints it."""
        return {
            "models": [model.to_json() for model in self.models],
            "pairs": [pair.to_json() for pair in self.pairs],
            "seen": {model.name: model.seen for model in self.models},
            "best": self.best,
            "level_with_best": list(self.level),
            "tied_with_best": list(self.tied),
            "decided_on": self.decided_on,
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
    step: Step | None = None,
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
        step: told the share done, 0 to 1, before each lot of draws and at the end; what it raises
            ends the comparison.
    """
    rows = [contender.counted for contender in contenders]
    both = {(a, b): rows[a] & rows[b] for a, b in combinations(range(len(rows)), 2)}
    wanted = [*enumerate(rows), *((i, mask) for pair, mask in both.items() for i in pair)]
    known = _measured(contenders, dataset, wanted, seed, draws, step or _nobody)
    models = tuple(
        ModelResult(contender, rows[i], known[i, rows[i].tobytes()])
        for i, contender in enumerate(contenders)
    )
    pairs = _corrected(
        [
            pair_of(
                (models[a].name, known[a, mask.tobytes()]),
                (models[b].name, known[b, mask.tobytes()]),
                mask,
            )
            for (a, b), mask in both.items()
        ]
    )
    best, level, films = _best(models, pairs, dataset)
    worse = {a for a, b in map(surely_worse, pairs) if b == best}
    tied = tuple(m.name for m in models if best and m.may_win and m.name not in worse)
    data = DataRef.of(dataset, split)
    (step or _nobody)(1.0)
    return Comparison(data, dataset, models, pairs, best, level, tied, films, seed, draws)


def _measured(
    contenders: Sequence[Contender],
    dataset: Dataset,
    wanted: Sequence[tuple[int, Bools]],
    seed: int,
    draws: int,
    step: Step,
) -> dict[tuple[int, bytes], Measured]:
    """Return each model on each set of films that is wanted of it, measured once."""
    labels, patients = dataset.labels(), dataset.table["patient"].tolist()
    sets = {(number, mask.tobytes()): mask for number, mask in wanted}
    known = {}
    for done, ((number, key), mask) in enumerate(sets.items()):

        def told(share: float, before: int = done) -> None:
            step((before + share) / len(sets))

        told(0.0)
        opinions = contenders[number].opinions(labels, patients, mask)
        known[number, key] = measure(opinions, seed=seed, draws=draws, step=told)
    return known


def _nobody(share: float) -> None:
    """Stand in for a callback where none is given."""


def _corrected(pairs: list[Pair]) -> tuple[Pair, ...]:
    """State every p corrected for the number of tests of its kind."""
    areas = holm([pair.delong_p for pair in pairs])
    errors = holm([pair.mcnemar_p for pair in pairs])
    kinds = [p for pair in pairs for p in (pair.missed_p, pair.alarms_p)]
    corrected = holm(kinds)
    areas_over_patients = _over_patients(
        [pair.delong_p for pair in pairs], [pair.auc_patients_p for pair in pairs]
    )
    kinds_over_patients = _over_patients(
        kinds, [p for pair in pairs for p in (pair.missed_patients_p, pair.alarms_patients_p)]
    )
    tested = sum(p is not None for p in kinds)
    return tuple(
        replace(
            pair,
            delong_p_corrected=areas[i],
            mcnemar_p_corrected=errors[i],
            missed_p_corrected=corrected[2 * i],
            alarms_p_corrected=corrected[2 * i + 1],
            kinds_tested=tested,
            auc_patients_p_corrected=areas_over_patients[i],
            missed_patients_p_corrected=kinds_over_patients[2 * i],
            alarms_patients_p_corrected=kinds_over_patients[2 * i + 1],
            areas_tested=sum(pair.delong_p is not None for pair in pairs),
        )
        for i, pair in enumerate(pairs)
    )


def _over_patients(
    tests: Sequence[float | None], found: Sequence[float | None]
) -> list[float | None]:
    """State every p over patients corrected for the number of tests that films allow.

    So both p of a pair are corrected for one number. Films of one patient have no p over patients;
    their test counts all the same.
    """
    made = [
        None if p is None else (1.0 if q is None else q) for p, q in zip(tests, found, strict=True)
    ]
    return [None if q is None else p for p, q in zip(holm(made), found, strict=True)]


def _best(
    models: Sequence[ModelResult], pairs: Sequence[Pair], dataset: Dataset
) -> tuple[str | None, tuple[str, ...], int]:
    """Return the best model, its equals, and on how many films those in the running were ranked.

    In the running are those that may win and that no pair calls surely worse than another one that
    may: so a third model, for which few films count, cannot overrule what a pair shows.
    """
    fit = [model for model in models if model.may_win]
    names = {model.name for model in fit}
    beaten = {worse for worse, better in map(surely_worse, pairs) if better in names}
    running = [model for model in fit if model.name not in beaten]
    if not running:
        return None, (), 0
    common = np.logical_and.reduce([model.rows for model in running])
    labels, patients = dataset.labels(), dataset.table["patient"].tolist()
    opinions = [model.contender.opinions(labels, patients, common) for model in running]
    areas = delong(np.array([one.p for one in opinions]), opinions[0].truth).areas
    films = len(opinions[0])
    if np.isnan(areas).any():
        films, areas = 0, np.array([model.measured["auc"].value for model in running])
    first, *level = np.flatnonzero(areas == areas.max())
    return running[first].name, tuple(running[i].name for i in level), films


def surely_worse(pair: Pair) -> tuple[str | None, str | None]:
    """Return the model of a pair whose AUC is surely lower, and the other; None where none is.

    One is where DeLong's p is below 0.05, the p over patients too, both corrected, and the interval
    over patients of the difference of the AUCs leaves out 0: DeLong's test counts films of one
    patient as independent, and an interval of one pair knows nothing of the others.
    """
    difference = pair.differences["auc"]
    one = is_sure(pair.delong_p_corrected, pair.auc_patients_p_corrected, difference)
    if not one or difference.value is None:
        return None, None
    return (pair.a, pair.b) if difference.value < 0 else (pair.b, pair.a)


def is_sure(p: float | None, over_patients: float | None, difference: Interval) -> bool:
    """Tell whether a difference is more than chance, by films and by patients.

    Args:
        p: of a test that counts films, corrected.
        over_patients: of the draws of patients, corrected.
        difference: with its interval over patients.
    """
    if p is None or over_patients is None:
        return False
    return p < SURE and over_patients < SURE and leaves_out_zero(difference)


def leaves_out_zero(difference: Interval) -> bool:
    """Tell whether an interval is wholly above or wholly below 0."""
    low, high = difference.low, difference.high
    return low is not None and high is not None and (low > 0 or high < 0)
