"""The figures of a model apart for children and adults, women and men, views and sources."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from xray_core.datasets.dataset import Dataset
from xray_core.evaluation.figures import ends
from xray_core.evaluation.measured import Measured, measure
from xray_core.evaluation.result import ModelResult
from xray_core.evaluation.scoring import FilmScore

DRAWS = 2_000
NOT_RECORDED = "not recorded"
AGES = ((5, "under 5 years"), (16, "5 to 15 years"), (65, "16 to 64 years"))
OLDEST = "65 years and over"
SEXES = {"F": "female", "M": "male", "O": "other"}
SHOWN = ("auc", "auc_lungs_blanked", "auc_frame_blanked", "sensitivity", "specificity")


@dataclass(frozen=True, eq=False)
class Subgroup:
    """The films of one group that count for a model.

    Attributes:
        by: `age`, `sex`, `view` or `source`.
        group: for example `under 5 years`, or `not recorded`.
        measured: figures on them.
    """

    by: str
    group: str
    measured: Measured

    def to_json(self) -> dict[str, Any]:
        """Return the group as JSON types."""
        out: dict[str, Any] = {"by": self.by, "group": self.group, "n": self.measured.n}
        for name in SHOWN:
            out[name] = self.measured[name].value
            out[f"{name}_ci"] = ends(self.measured[name])
        return out


def subgroups(
    model: ModelResult, dataset: Dataset, *, seed: int = 0, draws: int = DRAWS
) -> list[Subgroup]:
    """Return a model's figures for each group that the films' files or their data set tell of.

    Where no film tells, one group `not recorded` holds them all: the model's own figures.

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


_BY: dict[str, Callable[[FilmScore], str]] = {
    "age": _age,
    "sex": lambda score: SEXES.get(score.sex or "", ""),
    "view": lambda score: score.view or "",
}
_ORDER = [name for _, name in AGES] + [OLDEST, *SEXES.values()]


def _place(name: str) -> tuple[int, str]:
    """Sort ages and sexes as listed, others by name, what is not recorded last."""
    if name == NOT_RECORDED:
        return len(_ORDER) + 1, name
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER)), name
