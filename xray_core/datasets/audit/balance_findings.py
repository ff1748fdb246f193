"""What is to be said of how many films, patients and classes there are."""

import pandas as pd

from xray_core.datasets.audit.results import Finding, Verdict
from xray_core.datasets.audit.survey import Survey
from xray_core.datasets.audit.wording import MOST_NAMED, listed, number, share

UNEVEN, VERY_UNEVEN = 3.0, 10.0
"""Times as many films as another class has: warned of, and serious."""
FEW_PATIENTS, TOO_FEW_PATIENTS = 100, 20
"""Patients of a class: with fewer it is warned of, and serious. With 100 the 95 % interval of a
sensitivity of 0.9 is 0.83 to 0.94 (Wilson 1927); with 20 it is 0.70 to 0.97."""
FEW_IN_SPLIT = 10
"""Patients of a class in one split."""


def balance_findings(survey: Survey) -> list[Finding]:
    """Judge labels, balance, and whether each class has enough, in all and in each split."""
    table = survey.dataset.table[survey.readable]
    labelled = table[table["label"] != ""]
    found = [_unlabelled(survey.dataset.table), _imbalance(labelled), _little_data(labelled)]
    if (table["split"] != "").any():
        found.append(_splits(labelled))
    return found


def _unlabelled(table: pd.DataFrame) -> Finding:
    missing = table["label"] == ""
    count = int(missing.sum())
    verdict, sentence = Verdict.FINE, "Every film has a class."
    if count:
        verdict = Verdict.SERIOUS if count == len(table) else Verdict.WARNING
        sentence = (
            f"{share(count, len(table))} films lie in no folder that is named by a class, and "
            "cannot be trained on."
        )
    return Finding(
        check="unlabelled",
        title="Films without a class",
        verdict=verdict,
        sentence=sentence,
        films=tuple(table["path"][missing].head(MOST_NAMED)),
    )


def _imbalance(labelled: pd.DataFrame) -> Finding:
    counts = labelled["label"].value_counts()
    if len(counts) < 2:
        verdict = Verdict.SERIOUS
        sentence = f"There are {len(counts)} classes; at least two are needed to tell apart."
        if len(counts) == 1:
            sentence = f"All films are {counts.index[0]}; two classes are needed to tell apart."
    else:
        ratio = counts.iloc[0] / counts.iloc[-1]
        verdict = Verdict.WARNING if ratio >= UNEVEN else Verdict.FINE
        verdict = Verdict.SERIOUS if ratio >= VERY_UNEVEN else verdict
        sentence = (
            f"{counts.index[0]} has {ratio:.1f} times as many films as {counts.index[-1]} "
            f"({counts.iloc[0]:,} and {counts.iloc[-1]:,})."
        )
    return Finding(check="imbalance", title="Balance", verdict=verdict, sentence=sentence)


def _little_data(labelled: pd.DataFrame) -> Finding:
    patients = labelled.groupby("label")["patient"].nunique().sort_values()
    few = patients[patients < FEW_PATIENTS]
    if patients.empty:
        verdict, sentence = Verdict.SERIOUS, "No class has a film that can be read."
    elif few.empty:
        verdict = Verdict.FINE
        sentence = (
            f"Every class has {FEW_PATIENTS} patients or more; the least, {patients.iloc[0]:,}, "
            f"has {patients.index[0]}."
        )
    else:
        verdict = Verdict.SERIOUS if few.iloc[0] < TOO_FEW_PATIENTS else Verdict.WARNING
        counts = listed([f"{name} ({count:,})" for name, count in few.items()])
        sentence = (
            f"Fewer than {FEW_PATIENTS} patients have {counts}: too few for figures that mean much."
        )
    return Finding(check="little_data", title="Enough data", verdict=verdict, sentence=sentence)


def _splits(labelled: pd.DataFrame) -> Finding:
    """Judge whether every split has every class."""
    counts = labelled.groupby(["split", "label"])["patient"].nunique().unstack(fill_value=0)
    lacking = [
        f"{split or 'no split'} has {number(int(counts.loc[split, name]), 'patient', 'patients')} "
        f"of {name}"
        for split in counts.index
        for name in counts.columns
        if counts.loc[split, name] < FEW_IN_SPLIT
    ]
    if not lacking:
        return Finding(
            check="splits_lacking",
            title="Classes in every split",
            verdict=Verdict.FINE,
            sentence="Every split of the set has patients of every class.",
        )
    return Finding(
        check="splits_lacking",
        title="Classes in every split",
        verdict=Verdict.WARNING,
        sentence=f"A split is short of a class: {listed(lacking[:4])}.",
    )
