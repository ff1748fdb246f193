"""The other checks of the gate: calibration, films that were seen, files."""

from xray_core.errors import XrayError
from xray_core.evaluation.figures import ends
from xray_core.evaluation.result import MOST
from xray_core.promotion.check import Check
from xray_core.promotion.evidence import Evidence, check_unchanged
from xray_core.promotion.in_words import decimals

ECE_BOUND = 0.05
"""Calibration error that is always good enough; on harder films the champion's own is."""

PLACES = 4
"""Of a calibration error: 0.0504 fails, and must not read as the bound."""


def calibration(evidence: Evidence) -> Check:
    """Check that the calibration error is low, or no higher than the champion's."""
    own = evidence.of_challenger["ece"]
    other = evidence.of_champion["ece"].value if evidence.of_champion else None
    bound = max(ECE_BOUND, other or 0.0)
    title = f"Calibration error at most {bound:.{PLACES}f}"
    figures = {"ece": own.value, "ece_ci": ends(own), "champion": other, "bound": bound}
    if own.value is None:
        return Check("calibration", title, False, "There is no film to measure it on.", figures)
    whose = "" if other is None else f" The champion's is {other:.{PLACES}f}."
    said = (
        f"The expected calibration error of P(pneumonia), 15 bins, is {decimals(own, PLACES)}."
        f"{whose} Allowed is {ECE_BOUND:g}, or as much as the champion's own on these films."
    )
    return Check("calibration", title, own.value <= bound, said, figures)


def unseen(evidence: Evidence) -> Check:
    """Check that the films counted are unseen, and that the models say what they have seen."""
    title = "No film that counts was in training"
    models = [("challenger", evidence.challenger)]
    models += [("champion", evidence.champion)] if evidence.champion else []
    figures = {"counted": evidence.of_challenger.n, "films": evidence.data.films} | {
        f"seen_by_{who}": evidence.seen_by(model) if model.known else None for who, model in models
    }
    for who, model in models:
        if not model.known or model.ref.name in evidence.unlisted:
            said = f"The {who}'s films.csv names no film that it was trained on."
            return Check("unseen", title, False, said, figures)
        if model.seen.mean() > MOST:
            said = (
                f"The {who} was trained or tuned on {evidence.seen_by(model):,} of the "
                f"{evidence.data.films:,} films, more than half, or on another film of the same "
                "patient: nothing can be won on them."
            )
            return Check("unseen", title, False, said, figures)
    left = " and ".join(f"{evidence.seen_by(model):,} by the {who}" for who, model in models)
    said = (
        f"Of {evidence.data.films:,} films {left} are known from training or tuning, by SHA-256, "
        "by look or by another film of the same patient; they are left out. "
        f"{evidence.of_challenger.n:,} films of {evidence.of_challenger.patients:,} patients are "
        "counted."
    )
    return Check("unseen", title, evidence.of_challenger.n > 0, said, figures)


def intact(evidence: Evidence) -> Check:
    """Hash the files again, now: scoring may have taken hours."""
    title = "Files as they were when trusted"
    refs = [evidence.challenger.ref, *([evidence.champion.ref] if evidence.champion else [])]
    for ref in refs:
        try:
            check_unchanged(ref)
        except XrayError as error:
            return Check("intact", title, False, f"{str(error)[:1].upper()}{str(error)[1:]}")
    hashes = " and ".join(f"{ref.name} {ref.sha256[:12]}…" for ref in refs)
    said = f"All files were hashed again just now, and their SHA-256 is the trusted one: {hashes}."
    return Check("intact", title, True, said, {ref.name: ref.sha256 for ref in refs})
