"""The figures of a model apart for ages, sexes, views, exposures and sources."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from xray_core.datasets.dataset import Dataset
from xray_core.evaluation.figures import ends
from xray_core.evaluation.measured import Measured, measure
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.result import ModelResult
from xray_core.evaluation.scoring import FilmScore

DRAWS = 2_000
NOT_RECORDED = "not recorded"
AGES = ((5, "under 5 years"), (16, "5 to 15 years"), (65, "16 to 64 years"))
OLDEST = "65 years and over"
SEXES = {"F": "female", "M": "male", "O": "other"}
EXPOSURES = ((0.40, "darker (mean grey under 0.40)"), (0.60, "usual (mean grey 0.40 to 0.60)"))
"""Of the films of three collections 5 in 100 have a mean grey under 0.35 to 0.40, and 5 in 100 one
over 0.60 to 0.67. It is of the pixels as they are read; a picture says nothing of the exposure in
mAs."""
BRIGHTEST = "brighter (mean grey from 0.60)"


@dataclass(frozen=True, eq=False)
class Subgroup:
    """The films of one group that count for a model.

    Attributes:
        by: `age`, `sex`, `view`, `exposure` or `source`.
        group: for example `under 5 years`, or `not recorded`.
        measured: figures on them.
    """

    by: str
    group: str
    measured: Measured

    def to_json(self) -> dict[str, Any]:
        """Return the group as JSON types."""
        out: dict[str, Any] = {"by": self.by, "group": self.group, "n": self.measured.n}
        out["patients"] = self.measured.patients
        for name in MEASURES:
            out[name] = self.measured[name].value
            out[f"{name}_ci"] = ends(self.measured[name])
        return out


def subgroups(
    model: ModelResult, dataset: Dataset, *, seed: int = 0, draws: int = DRAWS
) -> list[Subgroup]:
    """Return a model's figures for each group that the films' files or their data set tell of.

    Where no film tells, one group `not recorded` holds them all: the model's own figures. The
    exposure is that of the pixels, by their mean.

    Args:
        model: a result of the comparison.
        dataset: its films.
        seed: of the bootstrap.
        draws: of the bootstrap; fewer than for the whole, as groups are many.
    """
    labels, patients = dataset.labels(), dataset.table["patient"].tolist()
    names = {by: [told(s) if s else "" for s in model.contender.scores] for by, told in _BY.items()}
    names["source"] = dataset.table["source"].tolist()
    found = []
    for by, groups in names.items():
        named = np.array([name or NOT_RECORDED for name in groups], dtype=str)
        for group in dict.fromkeys(sorted(named[model.rows].tolist(), key=_place)):
            rows = model.rows & (named == group)
            if rows.sum() == model.rows.sum():
                found.append(Subgroup(by, group, model.measured))
                continue
            opinions = model.contender.opinions(labels, patients, rows)
            found.append(Subgroup(by, group, measure(opinions, seed=seed, draws=draws)))
    return found


def _age(score: FilmScore) -> str:
    if score.age_years is None:
        return ""
    return next((name for limit, name in AGES if score.age_years < limit), OLDEST)


def _exposure(score: FilmScore) -> str:
    if score.mean_grey is None:
        return ""
    return next((name for limit, name in EXPOSURES if score.mean_grey < limit), BRIGHTEST)


_BY: dict[str, Callable[[FilmScore], str]] = {
    "age": _age,
    "sex": lambda score: SEXES.get(score.sex or "", ""),
    "view": lambda score: score.view or "",
    "exposure": _exposure,
}
_ORDER = [name for _, name in AGES] + [OLDEST, *SEXES.values()]
_ORDER += [name for _, name in EXPOSURES] + [BRIGHTEST]


def _place(name: str) -> tuple[int, str]:
    """Sort ages and sexes as listed, others by name, what is not recorded last."""
    if name == NOT_RECORDED:
        return len(_ORDER) + 1, name
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER)), name
