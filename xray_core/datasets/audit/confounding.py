"""How well each probe tells the class: boosted trees, cross-validated by patient."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xray_core.auc_interval import auc_interval
from xray_core.datasets.audit.probes import PROBES, Features, ProbeKind
from xray_core.datasets.audit.results import Probe, Verdict
from xray_core.datasets.audit.survey import Survey
from xray_core.datasets.folds import fold_patients
from xray_core.datasets.splits import keyed_hash
from xray_core.errors import DatasetError
from xray_core.labels import NORMAL

FOLDS = 3
LEAST_PATIENTS = 20
"""On each side of a contrast: with fewer, an AUC says nothing."""
MOST_FILMS = 6_000
"""Of a larger set so many are looked at, all films of patients drawn by a keyed hash."""
TRIED_AT_ONCE = 30
"""Features among which a tree chooses each cut."""
SEED = 20180222


@dataclass(frozen=True)
class _Contrast:
    """One class against the rest.

    Attributes:
        name: such as `NORMAL against the rest`.
        truth: bool (N,).
        patients: how many there are on the smaller side, and on the other.
    """

    name: str
    truth: NDArray[np.bool_]
    patients: tuple[int, int]


def probe_classes(
    survey: Survey, progress: Callable[[int, int], None] | None = None
) -> tuple[Probe, ...]:
    """Try to tell the classes from each probe, and return the best AUC of each.

    Contrasts are NORMAL against the rest and, where there are three labels or more, each label
    against the rest. Patients are divided into three folds, equal films kept together; each third
    is scored by trees fitted on the two others.

    Args:
        survey: the films, measured.
        progress: called with the fits made so far and in all.
    """
    rows = _sampled(survey)
    table = survey.dataset.table.iloc[rows].reset_index(drop=True)
    contrasts = _contrasts(table)
    total = len(PROBES) * len(contrasts) * FOLDS
    done = 0

    def step() -> None:
        nonlocal done
        if progress:
            progress(done, total)
        done += 1

    folds = np.zeros(len(table), np.int64)
    if contrasts:
        try:
            folds = fold_patients(table, FOLDS, SEED).to_numpy()
        except DatasetError:  # all of them share films: there is nothing to hold out
            contrasts = []
    found = []
    for kind in PROBES:
        features = kind.features(survey)
        if features is not None:
            varying = _varying(features[rows])
            found.append(_probe(kind, varying, contrasts, folds, step))
    return tuple(found)


def _varying(features: Features) -> Features:
    """Return the columns that are not the same for all films; one of them, if all are."""
    varies = np.ptp(features, axis=0) > 0 if len(features) else np.zeros(features.shape[1], bool)
    return features[:, varies] if varies.any() else features[:, :1]


def _sampled(survey: Survey) -> NDArray[np.intp]:
    """Return the rows of films that are read and labelled, not too many of them."""
    table = survey.dataset.table
    rows = np.flatnonzero(survey.readable & (table["label"] != "").to_numpy())
    if len(rows) <= MOST_FILMS:
        return rows
    patients = table["patient"].iloc[rows]
    order = sorted(patients.unique(), key=lambda name: keyed_hash(name, SEED))
    films = patients.value_counts().reindex(order).cumsum()
    kept = set(films.index[films <= MOST_FILMS])
    return rows[patients.isin(kept).to_numpy()]


def _contrasts(table: pd.DataFrame) -> list[_Contrast]:
    labels = table["label"]
    names = labels.unique().tolist()
    if len(names) == 2:
        names = [NORMAL] if NORMAL in names else sorted(names)[:1]
    contrasts = []
    for name in sorted(names, key=lambda name: name != NORMAL):
        truth = (labels == name).to_numpy()
        sides = [table["patient"][side].nunique() for side in (truth, ~truth)]
        if min(sides) >= LEAST_PATIENTS:
            contrasts.append(_Contrast(f"{name} against the rest", truth, (sides[0], sides[1])))
    return contrasts


def _probe(
    kind: ProbeKind,
    features: Features,
    contrasts: list[_Contrast],
    folds: NDArray[np.int64],
    step: Callable[[], None],
) -> Probe:
    best: tuple[float, _Contrast] | None = None
    for contrast in contrasts:
        value = _cross_validated(features, contrast.truth, folds, step)
        if value is not None and (best is None or value > best[0]):
            best = value, contrast
    if best is None:
        return Probe(
            name=kind.name,
            title=kind.title,
            auc=None,
            interval=None,
            contrast="",
            verdict=Verdict.WARNING,
        )
    value, contrast = best
    low, high = auc_interval(value, *contrast.patients)
    return Probe(
        name=kind.name,
        title=kind.title,
        auc=round(value, 4),
        interval=(round(low, 4), round(high, 4)),
        contrast=contrast.name,
        verdict=_verdict(kind, value, low),
    )


def _verdict(kind: ProbeKind, value: float, low: float) -> Verdict:
    """Judge by the AUC, but never by what may be chance alone."""
    if value >= kind.serious and low >= kind.warning:
        return Verdict.SERIOUS
    return Verdict.WARNING if value >= kind.warning and low > 0.5 else Verdict.FINE


def _cross_validated(
    features: Features,
    truth: NDArray[np.bool_],
    folds: NDArray[np.int64],
    step: Callable[[], None],
) -> float | None:
    """Return the AUC of every film scored by trees that saw none of its patients.

    None where a fold lacks a class.
    """
    from sklearn.metrics import roc_auc_score

    scores = np.zeros(len(truth))
    for fold in range(FOLDS):
        step()
        held = folds == fold
        if len({*truth[held]}) < 2 or len({*truth[~held]}) < 2:
            return None
        scores[held] = _fitted(features[~held], truth[~held]).predict_proba(features[held])[:, 1]
    return float(roc_auc_score(truth, scores))


def _fitted(features: Features, truth: NDArray[np.bool_]):  # type: ignore[no-untyped-def]
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        learning_rate=0.2,
        max_iter=60,
        max_leaf_nodes=15,
        max_features=min(1.0, TRIED_AT_ONCE / features.shape[1]),
        max_bins=32,
        early_stopping=False,
        random_state=SEED,
    ).fit(features, truth)
