"""The check that a challenger leans no more on what lies outside the lungs than the champion."""

from typing import Any

import numpy as np

from xray_core.bundle import Interval
from xray_core.evaluation.figures import ends
from xray_core.evaluation.measured import Measured
from xray_core.evaluation.pair import difference
from xray_core.evaluation.reliance import ALLOWED, least_patients, visible_from
from xray_core.promotion.check import NOTHING_TO_COMPARE, Check, Figures
from xray_core.promotion.evidence import Evidence
from xray_core.promotion.in_words import decimals

TITLE = "No more reliance on shortcuts than the champion"
MEANING = (
    "With the lungs blanked a model should know nothing: AUC 0.5. How far it is from that, above "
    "or below, is its reliance on what lies outside the lungs."
)


def shortcuts(evidence: Evidence) -> Check:
    """Check that the challenger's reliance (`evaluation.reliance`) is not above the champion's.

    It holds where the 95 % interval of the difference, paired, over patients, is not wholly above
    0 and stays below 0.10, on films that could show a reliance of 0.10. Where they could not, the
    check fails and says how many films are needed: few films show nothing, which proves nothing.
    """
    own = evidence.of_challenger
    if evidence.of_champion is None:
        said = f"{NOTHING_TO_COMPARE} {MEANING} {_stated('The challenger', own)}."
        return Check("shortcuts", TITLE, True, said, _of(own))
    other = evidence.of_champion
    found, (ill, well) = _difference(own, other), _patients(own)
    figures = {
        **_of(own),
        **{f"champion_{name}": value for name, value in _of(other).items()},
        "difference": found.value,
        "difference_ci": ends(found),
        "allowed": ALLOWED,
        "patients_with_pneumonia": ill,
        "patients_without": well,
        "visible_from": visible_from(ill, well),
        "least_patients_of_each": least_patients(),
    }
    if found.value is None:
        said = "Films of both kinds, of several patients, are needed to measure this."
        return Check("shortcuts", TITLE, False, said, figures)
    passed, verdict = _judged(found, ill, well)
    said = (
        f"{MEANING} {_stated('The challenger', own)}, {_stated('the champion', other)}: a "
        f"difference of {_signed(found)}. {verdict}"
    )
    return Check("shortcuts", TITLE, passed, said, figures)


def _judged(found: Interval, ill: int, well: int) -> tuple[bool, str]:
    """Return whether the check holds, and why."""
    low, high, visible = found.low, found.high, visible_from(ill, well)
    if low is not None and low > 0:
        return False, "The challenger leans on it more than the champion, by more than chance."
    if high is None or visible > ALLOWED:
        return False, (
            f"These films are too few to tell: those of {ill:,} patients with pneumonia and "
            f"{well:,} without show a reliance from {visible:.2f} on. For {ALLOWED:.2f} films of "
            f"about {least_patients():,} patients of each kind are needed."
        )
    if high >= ALLOWED:
        return False, (
            "These films are too few to tell: that the challenger leans on it more by "
            f"{ALLOWED:.2f} is not ruled out. Films of more patients are needed."
        )
    if high < 0:
        return True, "The challenger leans on it less."
    return True, (
        "That the challenger leans on it more is not shown, and that it does by "
        f"{ALLOWED:.2f} is ruled out."
    )


def _difference(own: Measured, other: Measured) -> Interval:
    """Return challenger less champion, draw by draw: both have the same films and seed.

    Two models that rank the films alike, such as one network at two thresholds, have one difference
    in every draw, and `pair.difference` gives that no interval. Here it is taken as it is: whether
    so few films could show a reliance at all is asked beside it.
    """
    found = difference(own, other, "reliance")
    known = all(one["reliance"].low is not None for one in (own, other))
    if found.value is None or found.low is not None or not known:
        return found
    return Interval(value=found.value, low=found.value, high=found.value)


def _patients(measured: Measured) -> tuple[int, int]:
    """Return how many patients have films with pneumonia, and how many normal ones."""
    opinions = measured.opinions
    people = np.asarray(opinions.patients, dtype=str)
    return len(set(people[opinions.truth])), len(set(people[~opinions.truth]))


def _of(measured: Measured) -> Figures:
    found: dict[str, Any] = {}
    for name in ("reliance", "auc_lungs_blanked"):
        found |= {name: measured[name].value, f"{name}_ci": ends(measured[name])}
    return found


def _stated(who: str, measured: Measured) -> str:
    return (
        f"{who} has AUC {decimals(measured['auc_lungs_blanked'])}, reliance "
        f"{decimals(measured['reliance'])}"
    )


def _signed(found: Interval) -> str:
    words = f"{found.value:+.3f}"
    if found.low is not None and found.high is not None:
        words += f" ({found.low:+.3f} to {found.high:+.3f})"
    return words.replace("-", "−")
