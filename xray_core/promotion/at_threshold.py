"""The first checks of the gate: is the challenger as right as the champion, ill films and normal?

Each model decides at its own threshold. Sensitivity alone would let a model pass that calls every
film pneumonia, and specificity alone one that calls none.
"""

from dataclasses import dataclass
from typing import Any

from xray_core.promotion.check import NOTHING_TO_COMPARE, Check, Figures
from xray_core.promotion.evidence import Evidence
from xray_core.promotion.in_words import per_cent, points
from xray_core.promotion.noninferiority import (
    Difference,
    difference,
    least_patients,
    likely_patients,
)


@dataclass(frozen=True)
class _Rate:
    """A share of the films of one kind that a model has right, and its words.

    Attributes:
        name: of the check.
        ill: whether the films are those with pneumonia.
        films: what they are called.
        gain: what the challenger does with films that it alone has right.
        loss: what it does with those that the champion alone has right.
        wrong: what a film counts as that only the champion judges.
    """

    name: str
    ill: bool
    films: str
    gain: str
    loss: str
    wrong: str


_SENSITIVITY = _Rate(
    "sensitivity",
    True,
    "with pneumonia",
    "finds {} that the champion misses",
    "misses {} that it finds",
    "missed",
)
_SPECIFICITY = _Rate(
    "specificity",
    False,
    "without pneumonia",
    "calls {} normal that the champion calls pneumonia",
    "calls {} pneumonia that it calls normal",
    "false alarms",
)


def sensitivity(evidence: Evidence, margin: float) -> Check:
    """Check that the challenger's sensitivity is not lower by more than a margin.

    The bound is one-sided, 95 %, paired, over patients.
    """
    return _check(_SENSITIVITY, evidence, margin)


def specificity(evidence: Evidence, margin: float) -> Check:
    """Check that the challenger's specificity is not lower by more than a margin, likewise."""
    return _check(_SPECIFICITY, evidence, margin)


def _check(rate: _Rate, evidence: Evidence, margin: float) -> Check:
    title = f"{rate.name.capitalize()} not worse by more than {points(margin)}"
    a, b, patients = evidence.right(rate.ill)
    least = least_patients(margin)
    if a is None or evidence.champion is None:
        return Check(rate.name, title, True, *_alone(rate, evidence))
    if not len(a):
        said = (
            f"There is no film {rate.films} here that neither model has seen; this margin needs "
            f"films of at least {least:,} patients."
        )
        return Check(rate.name, title, False, said, {"films": 0, "needed_patients": least})
    found = difference(a, b, patients)
    figures = {
        "champion": float(a.mean()),
        "challenger": float(b.mean()),
        "margin": margin,
        "difference": found.value,
        "lower_bound": found.bound,
        "only_champion_right": found.only_a,
        "only_challenger_right": found.only_b,
        "films": found.films,
        "patients": found.patients,
        "least_patients": least,
        "needed_patients": likely_patients(margin, (found.only_a + found.only_b) / found.films),
        "counted_as_wrong": int((evidence.lost & (evidence.labels_ill == rate.ill)).sum()),
        "challenger_abstains": evidence.abstained(evidence.challenger, rate.ill),
        "champion_abstains": evidence.abstained(evidence.champion, rate.ill),
    }
    return Check(rate.name, title, found.bound >= -margin, _said(rate, found, figures), figures)


def _alone(rate: _Rate, evidence: Evidence) -> tuple[str, dict[str, Any]]:
    """Return what is known of a challenger without a champion, in words and in numbers."""
    _, right, _ = evidence.right(rate.ill)
    if not len(right):
        return f"{NOTHING_TO_COMPARE} There is no film {rate.films}.", {"films": 0}
    share, abstains = float(right.mean()), evidence.abstained(evidence.challenger, rate.ill)
    said = (
        f"{NOTHING_TO_COMPARE} The challenger has {per_cent(share)} of {len(right):,} films "
        f"{rate.films} right and would abstain on {abstains:,} of them."
    )
    return said, {"challenger": share, "films": len(right), "challenger_abstains": abstains}


def _said(rate: _Rate, found: Difference, figures: Figures) -> str:
    per_patient, margin = found.films / found.patients, figures["margin"]
    lost = figures["counted_as_wrong"]
    wrong = f" {lost:,} that only the champion judges count as {rate.wrong}." if lost else ""
    gained = f"{found.only_b:,} film{'' if found.only_b == 1 else 's'}"
    return (
        f"{per_cent(figures['challenger'])} against the champion's "
        f"{per_cent(figures['champion'])}, each at its own threshold: the challenger "
        f"{rate.gain.format(gained)} and {rate.loss.format(f'{found.only_a:,}')}.{wrong} With 95 % "
        f"confidence it is no worse than {points(found.bound, signed=True)}; allowed is "
        f"{points(-margin, signed=True)}. There are {found.films:,} films {rate.films} of "
        f"{found.patients:,} patients. A margin "
        f"of {points(margin)} needs films of at least {figures['least_patients']:,} patients, and "
        f"where two models differ as often as these, about {figures['needed_patients']:,} "
        f"({round(figures['needed_patients'] * per_patient):,} films) for an 80 % chance to pass "
        f"if both are equally good. The challenger would abstain on "
        f"{figures['challenger_abstains']:,} of these films and the champion on "
        f"{figures['champion_abstains']:,}; they count at their score."
    )
