"""What is to be said of duplicates, and of patients on both sides of a split."""

import pandas as pd

from xray_core.datasets.audit.duplicates import Duplicates
from xray_core.datasets.audit.results import Finding, Pair, Verdict
from xray_core.datasets.audit.survey import Survey
from xray_core.datasets.audit.wording import MOST_NAMED, number


def repeat_findings(survey: Survey, duplicates: Duplicates) -> list[Finding]:
    """Judge duplicates: that there are any, across splits, with labels that contradict."""
    pairs = duplicates.pairs
    groups = number(duplicates.groups, "group", "groups")
    across = number(duplicates.across, "pair", "pairs")
    conflicts = number(duplicates.conflicting, "pair", "pairs")
    least = "" if duplicates.complete else "At least "
    return [
        _pairs(
            "exact_duplicates",
            "Exact duplicates",
            duplicates.exact,
            [pair for pair in pairs if pair.exact],
            f"{number(duplicates.exact, 'pair', 'pairs')} of files in {groups} are equal byte for "
            "byte: such a film counts twice.",
        ),
        _pairs(
            "near_duplicates",
            "Near duplicates",
            duplicates.near,
            [pair for pair in pairs if not pair.exact],
            f"{least}{number(duplicates.near, 'pair', 'pairs')} of films look the same in files "
            "that differ, as after saving or resizing a film again.",
        ),
        _pairs(
            "duplicates_across_splits",
            "Duplicates across splits",
            duplicates.across,
            [pair for pair in pairs if pair.across_splits],
            f"{least}{across} of equal or nearly equal films lie in two splits: "
            "what is tested has been trained on.",
            Verdict.SERIOUS,
        ),
        _pairs(
            "conflicting_labels",
            "Conflicting labels",
            duplicates.conflicting,
            [pair for pair in pairs if pair.conflicting],
            f"{least}{conflicts} of equal or nearly equal films have labels that "
            "contradict each other.",
            Verdict.SERIOUS,
        ),
    ]


def _pairs(
    check: str,
    title: str,
    count: int,
    listed: list[Pair],
    sentence: str,
    verdict: Verdict = Verdict.WARNING,
) -> Finding:
    if not count:
        return Finding(check=check, title=title, verdict=Verdict.FINE, sentence="None was found.")
    films = dict.fromkeys(path for pair in listed for path in (pair.first, pair.second))
    return Finding(
        check=check,
        title=title,
        verdict=verdict,
        sentence=sentence,
        films=tuple(films)[:MOST_NAMED],
    )


def divided_patients(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the patients with films in more than one split, sorted."""
    splits = table[table["split"] != ""].groupby("patient")["split"].nunique()
    return tuple(sorted(splits.index[splits > 1]))


def leak_finding(survey: Survey, leaks: tuple[str, ...]) -> Finding:
    """Judge whether the set's own splits keep patients apart."""
    table = survey.dataset.table
    films: tuple[str, ...] = ()
    verdict = Verdict.FINE
    if leaks:
        verdict = Verdict.SERIOUS
        films = tuple(table["path"][table["patient"].isin(leaks)].head(MOST_NAMED))
        sentence = (
            f"{number(len(leaks), 'patient has', 'patients have')} films in more than one split, "
            f"such as {leaks[0]}: figures on these splits flatter the model."
        )
    elif (table["split"] != "").any():
        sentence = "No patient has films in two splits, as far as file names tell."
    else:
        sentence = "The set has no splits of its own; divide it by patient."
    return Finding(
        check="patients_in_two_splits",
        title="Patients in two splits",
        verdict=verdict,
        sentence=sentence,
        films=films,
    )
