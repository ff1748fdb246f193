"""The gate between a trained model and the champion's place."""

from dataclasses import dataclass
from typing import Any

from xray_core.errors import PromotionError
from xray_core.evaluation.data_ref import DataRef
from xray_core.inference import ModelRef
from xray_core.promotion.at_threshold import sensitivity, specificity
from xray_core.promotion.check import Check
from xray_core.promotion.checks import calibration, intact, unseen
from xray_core.promotion.evidence import Evidence
from xray_core.promotion.shortcuts import shortcuts

MARGIN = 0.02
SPECIFICITY_MARGIN = 0.05
"""Wider: a false alarm costs a second look, a film that is missed costs more."""
MARGINS = (0.001, 0.2)
"""Margins that may be set."""


@dataclass(frozen=True)
class Gate:
    """A challenger judged against the champion.

    Attributes:
        challenger: the model to be promoted.
        champion: the present one; None where no model gives opinions yet.
        data: which films.
        margin: by how much sensitivity may be lower.
        films: that were counted: neither has seen them and both have an opinion on them.
        patients: of these films.
        checks: in the order in which they are shown.
        specificity_margin: by how much specificity may be lower.
    """

    challenger: ModelRef
    champion: ModelRef | None
    data: DataRef
    margin: float
    films: int
    patients: int
    checks: tuple[Check, ...]
    specificity_margin: float = SPECIFICITY_MARGIN

    @property
    def passed(self) -> bool:
        """Whether every check holds."""
        return all(check.passed for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.checks if not check.passed)

    def to_json(self) -> dict[str, Any]:
        """Return the gate as JSON types, as it is written into the record."""
        return {
            "passed": self.passed,
            "margin": self.margin,
            "specificity_margin": self.specificity_margin,
            "films": self.films,
            "patients": self.patients,
            "data": self.data.to_json(),
            "checks": [check.to_json() for check in self.checks],
        }


def judge(
    evidence: Evidence, margin: float = MARGIN, specificity_margin: float = SPECIFICITY_MARGIN
) -> Gate:
    """Judge a challenger.

    Args:
        evidence: what both models say of the same films.
        margin: by how much sensitivity may be lower, 0.001 to 0.2: 0.02 is 2 percentage points.
        specificity_margin: by how much specificity may be lower, 0.001 to 0.2.

    Raises:
        PromotionError: a margin is not allowed.
    """
    check_margin(margin)
    check_margin(specificity_margin)
    return Gate(
        challenger=evidence.challenger.ref,
        champion=evidence.champion.ref if evidence.champion else None,
        data=evidence.data,
        margin=margin,
        films=evidence.of_challenger.n,
        patients=evidence.of_challenger.patients,
        checks=(
            sensitivity(evidence, margin),
            specificity(evidence, specificity_margin),
            calibration(evidence),
            shortcuts(evidence),
            unseen(evidence),
            intact(evidence),
        ),
        specificity_margin=specificity_margin,
    )


def check_margin(margin: float) -> None:
    """Check a margin, before films are scored for it.

    Raises:
        PromotionError: it is not allowed.
    """
    low, high = MARGINS
    if not low <= margin <= high:
        raise PromotionError(f"margin {margin:g} is not from {low:g} to {high:g}.")
