"""The first check of the gate: does the challenger find what the champion finds?"""

from xray_core.promotion.check import NOTHING_TO_COMPARE, Check, Figures
from xray_core.promotion.evidence import Evidence
from xray_core.promotion.in_words import per_cent, points
from xray_core.promotion.noninferiority import (
    Difference,
    difference,
    least_patients,
    likely_patients,
)


def sensitivity(evidence: Evidence, margin: float) -> Check:
    """Check that the challenger's sensitivity is not lower by more than a margin.

    Each model decides at its own threshold; the bound is one-sided, 95 %, paired, over patients.
    """
    title = f"Sensitivity not worse by more than {points(margin)}"
    if evidence.champion is None:
        return Check("sensitivity", title, True, NOTHING_TO_COMPARE)
    a, b, patients = evidence.found()
    least = least_patients(margin)
    if not len(a):
        said = (
            "There is no film with pneumonia here that neither model has seen; this margin needs "
            f"films of at least {least:,} patients."
        )
        return Check("sensitivity", title, False, said, {"films": 0, "needed_patients": least})
    found = difference(a, b, patients)
    needed = likely_patients(margin, (found.only_a + found.only_b) / found.films)
    figures = {
        "champion": float(a.mean()),
        "challenger": float(b.mean()),
        "difference": found.value,
        "lower_bound": found.bound,
        "only_champion_finds": found.only_a,
        "only_challenger_finds": found.only_b,
        "films": found.films,
        "patients": found.patients,
        "least_patients": least,
        "needed_patients": needed,
        "counted_as_missed": int((evidence.lost & evidence.labels_ill).sum()),
    }
    passed = found.bound >= -margin
    return Check("sensitivity", title, passed, _difference(found, figures, margin), figures)


def _difference(found: Difference, figures: Figures, margin: float) -> str:
    per_patient = found.films / found.patients
    lost = figures["counted_as_missed"]
    missed = f" {lost:,} that only the champion judges count as missed." if lost else ""
    return (
        f"{per_cent(figures['challenger'])} against the champion's "
        f"{per_cent(figures['champion'])}, each at its own threshold: the challenger finds "
        f"{found.only_b:,} film{'' if found.only_b == 1 else 's'} that the champion misses and "
        f"misses {found.only_a:,} that it "
        f"finds.{missed} With 95 % confidence it is no worse than "
        f"{points(found.bound, signed=True)}; allowed is {points(-margin, signed=True)}. "
        f"There are {found.films:,} films with pneumonia of {found.patients:,} patients. A margin "
        f"of {points(margin)} needs films of at least {figures['least_patients']:,} patients, and "
        f"where two models differ as often as these, about {figures['needed_patients']:,} "
        f"({round(figures['needed_patients'] * per_patient):,} films) for an 80 % chance to pass "
        "if both are equally good."
    )
