"""A model measured on films: every figure with its interval, its counts and its draws."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Interval
from xray_core.evaluation.bootstrap import (
    BIASED_UPWARD,
    interval,
    with_width,
    without_exception,
    without_overlap,
)
from xray_core.evaluation.figures import ends
from xray_core.evaluation.measures import AREAS, MEASURES, PER_CLASS, statistics_of
from xray_core.evaluation.opinions import Opinions
from xray_core.evaluation.paired import DRAWS, Step, draws_of
from xray_core.evaluation.reliance import reliance_of
from xray_core.evaluation.statistics import Bools
from xray_core.labels import BACTERIAL, VIRAL

Confusion = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Measured:
    """Figures of one model on one set of films; 95 % intervals over patients.

    Attributes:
        opinions: what was measured.
        figures: by the names of `measures.statistics_of`.
        draws: the same in each bootstrap draw, (B,); empty with fewer than two patients.
    """

    opinions: Opinions
    figures: dict[str, Interval]
    draws: Mapping[str, NDArray[np.floating]] = field(repr=False)

    def __getitem__(self, name: str) -> Interval:
        return self.figures[name]

    @property
    def n(self) -> int:
        """Films."""
        return len(self.opinions)

    @property
    def patients(self) -> int:
        """Patients of the films."""
        return len(set(self.opinions.patients))

    def films_of(self, name: str) -> int:
        """Return of how many films a figure of `MEASURES` is: those of a class that it can use."""
        if name.startswith("macro_"):
            return int((self.opinions.exact >= 0).sum())
        if name == "bacterial_vs_viral_auc":
            return len(self.opinions.kinds[0]) if self.opinions.kinds else 0
        return self.n

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON types, each `name` with its `name_ci`, null if undefined."""
        out: dict[str, Any] = {"n": self.n, "patients": self.patients}
        for name in MEASURES:
            out[name], out[f"{name}_ci"] = self.figures[name].value, ends(self.figures[name])
        out["threshold"] = self.opinions.threshold
        out["confusion"] = [list(row) for row in confusion(self.opinions)]
        out["per_class"] = {name: self._of_class(name) for name in self.opinions.task.outputs}
        return out

    def _of_class(self, name: str) -> dict[str, Any]:
        k = self.opinions.task.outputs.index(name)
        found: dict[str, Any] = {"support": int((self.opinions.exact == k).sum())}
        for kind in PER_CLASS:
            one = self.figures[f"{kind}:{name}"]
            found |= {kind: one.value, f"{kind}_ci": ends(one)}
        return found


def measure(
    opinions: Opinions, *, seed: int = 0, draws: int = DRAWS, step: Step | None = None
) -> Measured:
    """Return every figure of a model on films, with 95 % intervals over patients.

    Where not one film is an exception no resampling can show a width. The interval of a share, also
    of a class, or an AUC is then the exact one (`bootstrap.without_exception`,
    `bootstrap.without_overlap`); other figures have none. An AUC may have one without width: that
    of a network which sees uniform grey is 0.5 in every draw.

    Args:
        opinions: on the films.
        seed: of the draws; models with the same films and seed share the draws.
        draws: how many.
        step: see `paired.draws_of`.
    """
    statistics = statistics_of(opinions)
    plain = {name: float(v[0]) for name, v in statistics(np.ones((len(opinions), 1))).items()}
    drawn: dict[str, NDArray[np.floating]] = {}
    if len(set(opinions.patients)) > 1:
        drawn = draws_of(statistics, opinions.patients, seed=seed, draws=draws, step=step)
    none = np.empty(0)
    found = {
        name: interval(value, drawn.get(name, none), reflected=name in BIASED_UPWARD)
        for name, value in plain.items()
    }
    better = found | _exact(found, opinions)
    honest = {name: one if name in AREAS else with_width(one) for name, one in better.items()}
    honest["reliance"] = reliance_of(honest["auc_lungs_blanked"])
    return Measured(opinions, honest, drawn)


def confusion(opinions: Opinions) -> Confusion:
    """Return films as ((true normal, false alarm), (missed, found)) at the threshold."""
    truth, called = opinions.truth, opinions.called

    def films(where: Bools) -> int:
        return int(where.sum())

    return (films(~truth & ~called), films(~truth & called)), (
        films(truth & ~called),
        films(truth & called),
    )


def _exact(found: dict[str, Interval], opinions: Opinions) -> dict[str, Interval]:
    people, truth = np.asarray(opinions.patients, dtype=str), opinions.truth
    among = {
        "accuracy": np.ones_like(truth),
        "sensitivity": truth,
        "specificity": ~truth,
        "precision": opinions.called,
    }
    better = {
        name: without_exception(found[name], len(set(people[rows]))) for name, rows in among.items()
    }
    known = opinions.exact >= 0
    for k, output in enumerate(opinions.task.outputs):
        for kind, rows in (("recall", opinions.exact), ("precision", opinions.given)):
            count, name = len(set(people[known & (rows == k)])), f"{kind}:{output}"
            better[name] = without_exception(found[name], count)
    for name in ("auc", "auc_lungs_blanked", "auc_frame_blanked"):
        better[name] = without_overlap(found[name], people[truth], people[~truth])
    sides = [
        [k for k, label in zip(people, opinions.labels, strict=True) if label == frozenset({kind})]
        for kind in (BACTERIAL, VIRAL)
    ]
    name = "bacterial_vs_viral_auc"
    return better | {name: without_overlap(found[name], *sides)}


def plain_figures(opinions: Opinions) -> dict[str, float | None]:
    """Return every figure without an interval, at once, as for a threshold that moves."""
    plain = statistics_of(opinions)(np.ones((len(opinions), 1)))
    values = {name: float(value[0]) for name, value in plain.items()}
    return {name: None if np.isnan(value) else value for name, value in values.items()}
