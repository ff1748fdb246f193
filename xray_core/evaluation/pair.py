"""Two models on the films that neither has seen."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Interval
from xray_core.evaluation.bootstrap import BIASED_UPWARD, ROUNDING, interval
from xray_core.evaluation.delong import delong
from xray_core.evaluation.few import difference_of_few, p_over_patients
from xray_core.evaluation.figures import ends
from xray_core.evaluation.mcnemar import mcnemar
from xray_core.evaluation.measured import Measured
from xray_core.evaluation.measures import AREAS, MEASURES
from xray_core.evaluation.reliance import unfolded
from xray_core.evaluation.statistics import Bools
from xray_core.evaluation.tango import tango_interval
from xray_core.labels import Label

SHARES = {"sensitivity": True, "specificity": False, "accuracy": None}
"""Shares of the same films for both models: of those with pneumonia, of those without, of all."""
OF_ALL = frozenset({"ece", "brier"})
"""Figures that every film adds to alike, of whichever kind it is."""
MOST = {"reliance": 0.5}
"""The largest difference of a figure where that is not 1."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Model A against model B on the same films, each at its own threshold.

    Attributes:
        a: name.
        b: name.
        rows: bool (N,), the films of the data set that count for both.
        of_a: figures of A on them.
        of_b: figures of B on them.
        delong_p: that both have one AUC; None where it cannot be judged.
        mcnemar_p: that neither errs more.
        differences: A less B for each of `measures.MEASURES`, see `difference`.
        delong_p_corrected: for the number of pairs (Holm).
        mcnemar_p_corrected: for the number of pairs (Holm).
        missed_p: that neither misses more films with pneumonia; None where no film tells them
            apart.
        alarms_p: that neither raises more false alarms, likewise.
        missed_p_corrected: for all tests of one kind of error in the comparison (Holm).
        alarms_p_corrected: likewise.
        kinds_tested: how many such tests there are.
        auc_patients_p: that both have one AUC, from the draws of patients
            (`few.p_over_patients`); None where it cannot be judged.
        missed_patients_p: likewise, that both have one sensitivity; None where no film tells them
            apart.
        alarms_patients_p: likewise, one specificity.
        auc_patients_p_corrected: for the number of pairs of which it is known (Holm).
        missed_patients_p_corrected: as `missed_p_corrected`.
        alarms_patients_p_corrected: as `alarms_p_corrected`.
        areas_tested: of how many pairs the AUCs could be tested.
    """

    a: str
    b: str
    rows: Bools
    of_a: Measured
    of_b: Measured
    delong_p: float | None
    mcnemar_p: float
    differences: dict[str, Interval]
    delong_p_corrected: float | None = None
    mcnemar_p_corrected: float | None = None
    missed_p: float | None = None
    alarms_p: float | None = None
    missed_p_corrected: float | None = None
    alarms_p_corrected: float | None = None
    kinds_tested: int = 0
    auc_patients_p: float | None = None
    missed_patients_p: float | None = None
    alarms_patients_p: float | None = None
    auc_patients_p_corrected: float | None = None
    missed_patients_p_corrected: float | None = None
    alarms_patients_p_corrected: float | None = None
    areas_tested: int = 0

    @property
    def n(self) -> int:
        """Films."""
        return self.of_a.n

    def only_right(self, ill: bool | None = None) -> tuple[int, int]:
        """Return the films that A alone has right, and that B alone has right.

        Args:
            ill: only films with pneumonia (True) or without (False); None for all.
        """
        a, b = self.of_a.opinions, self.of_b.opinions
        among = np.ones_like(a.truth) if ill is None else a.truth == ill
        return (
            int((a.right & ~b.right & among).sum()),
            int((b.right & ~a.right & among).sum()),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the pair as JSON types."""
        a_only, b_only = self.only_right()
        auc = self.differences["auc"]
        return {
            "a": self.a,
            "b": self.b,
            "delong_p": self.delong_p,
            "mcnemar_p": self.mcnemar_p,
            "a_only_correct": a_only,
            "b_only_correct": b_only,
            "delta_auc": auc.value,
            "delta_auc_ci": ends(auc),
            "n": self.n,
            "patients": self.of_a.patients,
            "delong_p_corrected": self.delong_p_corrected,
            "mcnemar_p_corrected": self.mcnemar_p_corrected,
            "missed_p": self.missed_p,
            "alarms_p": self.alarms_p,
            "missed_p_corrected": self.missed_p_corrected,
            "alarms_p_corrected": self.alarms_p_corrected,
            **{
                f"{kind}_patients_p{corrected}": getattr(self, f"{kind}_patients_p{corrected}")
                for kind in ("auc", "missed", "alarms")
                for corrected in ("", "_corrected")
            },
            "differences": {
                name: {"value": one.value, "ci": ends(one)}
                for name, one in self.differences.items()
            },
        }


def pair_of(a: tuple[str, Measured], b: tuple[str, Measured], rows: Bools) -> Pair:
    """Compare two models.

    Args:
        a: name and figures, on the films of `rows`.
        b: name and figures, on the same films and with the same draws.
        rows: bool (N,), which films of the data set these are.
    """
    (name_a, one), (name_b, other) = a, b
    scores = np.array([one.opinions.p, other.opinions.p])
    pair = Pair(
        a=name_a,
        b=name_b,
        rows=rows,
        of_a=one,
        of_b=other,
        delong_p=delong(scores, one.opinions.truth).p_value(0, 1),
        mcnemar_p=1.0,
        differences={name: difference(one, other, name) for name in MEASURES},
    )
    missed, alarms = (_tested(*pair.only_right(ill=ill)) for ill in (True, False))
    return replace(
        pair,
        mcnemar_p=mcnemar(*pair.only_right()),
        missed_p=missed,
        alarms_p=alarms,
        auc_patients_p=_over_patients(one, other, "auc"),
        missed_patients_p=None if missed is None else _over_patients(one, other, "sensitivity"),
        alarms_patients_p=None if alarms is None else _over_patients(one, other, "specificity"),
    )


def _tested(a_only: int, b_only: int) -> float | None:
    return mcnemar(a_only, b_only) if a_only + b_only else None


def _over_patients(a: Measured, b: Measured, name: str) -> float | None:
    drawn = a.draws[name] - b.draws[name] if a.draws and b.draws else np.empty(0)
    return p_over_patients(drawn, _patients_behind(a, name))


def difference(a: Measured, b: Measured, name: str) -> Interval:
    """Return a figure of A less that of B, with its 95 % interval over patients, paired.

    Where every draw has the same difference, as that of two perfect models, too few films tell the
    two apart for resampling to show a width. The difference of two shares of the same films then
    has Tango's interval, counting patients as the films, and others have none.

    The difference of two calibration errors never has one: each is above the truth by chance gaps
    of its own, to which draws add more in the one than in the other, so that neither percentiles
    nor the basic interval hold the true difference as often as they say. Nor has that of two AUCs
    that have none themselves, where one side is one patient. Reliances are taken unfolded in the
    draws (`reliance.unfolded`). Few patients have a wider one (`few.difference_of_few`).

    Means over classes are one figure only where they are means over the same classes: else there is
    no difference.

    Args:
        a: one model on films.
        b: another on the same films, with the same draws.
        name: of the figure, from `measures.statistics_of`.
    """
    first, second = a[name].value, b[name].value
    other = name.startswith("macro_") and _averaged(a) != _averaged(b)
    if first is None or second is None or other:
        return Interval(value=None, low=None, high=None)
    usable = bool(a.draws and b.draws) and name not in BIASED_UPWARD
    if name in AREAS:
        usable = usable and a[name].low is not None and b[name].low is not None
    drawn = _drawn(a, name) - _drawn(b, name) if usable else np.empty(0)
    found = interval(first - second, drawn)
    if found.low is None or found.high is None:
        return found
    if found.high - found.low > ROUNDING:
        return difference_of_few(found, _patients_behind(a, name), most=MOST.get(name, 1.0))
    low, high = _score_interval(a, b, name)
    return Interval(value=found.value, low=low, high=high)


def _averaged(one: Measured) -> set[Label]:
    """Return the classes that a mean over classes is of: those of the task that have films."""
    return {one.opinions.task.classes[k] for k in set(one.opinions.exact.tolist()) - {-1}}


def _patients_behind(one: Measured, name: str) -> int:
    """Return how many patients a figure stands on: those of the kind that has fewer, if of two."""
    opinions = one.opinions
    people, sides = np.asarray(opinions.patients, dtype=str), opinions.truth
    if name == "bacterial_vs_viral_auc" and opinions.kinds:
        people, sides = people[opinions.kinds[0]], opinions.kinds[2]
    ill, well = len(set(people[sides])), len(set(people[~sides]))
    if name in SHARES:
        kind = SHARES[name]
        return one.patients if kind is None else (ill if kind else well)
    if name in OF_ALL:
        return one.patients
    return min(ill, well) or max(ill, well)  # one kind alone can have an F1


def _drawn(measured: Measured, name: str) -> NDArray[np.floating]:
    """Return a figure in each draw, a reliance with the side that its AUC has on all films."""
    auc = measured["auc_lungs_blanked"].value if name == "reliance" else None
    if auc is None:
        return measured.draws[name]
    return unfolded(auc, measured.draws["auc_lungs_blanked"])


def _score_interval(a: Measured, b: Measured, name: str) -> tuple[float | None, float | None]:
    if name not in SHARES:
        return None, None
    kind, one, other = SHARES[name], a.opinions, b.opinions
    among = np.ones_like(one.truth) if kind is None else one.truth == kind
    films = int(among.sum())
    people = len(set(np.asarray(one.patients, dtype=str)[among]))
    only_a, only_b = (one.right & ~other.right)[among], (other.right & ~one.right)[among]
    share = people / films
    return tango_interval(float(only_a.sum()) * share, float(only_b.sum()) * share, people)
