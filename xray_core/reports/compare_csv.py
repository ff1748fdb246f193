"""A comparison as CSV: the figures of every model, and what each says of every film."""

from typing import Any

from xray_core.evaluation.by_class import by_class
from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.figures import ends
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.scoring import FilmScore
from xray_core.evaluation.subgroups import subgroups
from xray_core.notice import NOTICE
from xray_core.reports.compare_films import is_phantom
from xray_core.spreadsheet import written

TESTS = (
    *("delong_p", "mcnemar_p", "missed_p", "alarms_p"),
    *("auc_patients_p", "missed_patients_p", "alarms_patients_p"),
)
PHANTOMS = " Among the films are synthetic phantoms: figures on them say nothing about patients."
"""Without a comma, so that the line of the notice stays one cell without quotes, a comment."""
YES_NO = {True: "yes", False: "no", None: ""}


def figures_csv(comparison: Comparison) -> str:
    """Return one row for each model and figure, those of classes too, and one for each difference.

    Figures of a class are called as `precision:VIRAL`, and their films are those of that class;
    those of a mean of classes are the exactly labelled ones (`Measured.films_of`).
    The difference of calibration errors has no interval (`evaluation.pair.difference`).
    Each p stands as it is and corrected for the number of such tests (`…_corrected`, Holm).
    """
    rows: list[list[Any]] = [["model", "against", "figure", "value", "low", "high", "films"]]
    for model in comparison.models:
        for name in MEASURES:
            found = model.measured[name]
            low, high = ends(found) or (None, None)
            films = model.measured.films_of(name)
            rows.append([model.name, "", name, found.value, low, high, films])
        for one in by_class(model.measured):
            for kind, found in one.figures.items():
                low, high = ends(found) or (None, None)
                rows.append(
                    [model.name, "", f"{kind}:{one.name}", found.value, low, high, one.films]
                )
    for pair in comparison.pairs:
        for name, found in pair.differences.items():
            low, high = ends(found) or (None, None)
            films = min(pair.of_a.films_of(name), pair.of_b.films_of(name))
            rows.append([pair.a, pair.b, f"delta {name}", found.value, low, high, films])
        for name in TESTS:
            for test in (name, f"{name}_corrected"):
                rows.append([pair.a, pair.b, test, getattr(pair, test), None, None, pair.n])
    return _noted(comparison, rows)


def groups_csv(comparison: Comparison) -> str:
    """Return one row for each model, group (`evaluation.subgroups`) and figure."""
    head = ["model", "by", "group", "films", "patients", "figure", "value", "low", "high"]
    rows: list[list[Any]] = [head]
    for model in comparison.models:
        for group in subgroups(model, comparison.dataset):
            of = group.measured
            for name in MEASURES:
                found = of[name]
                which = [model.name, group.by, group.group, of.n, of.patients, name, found.value]
                rows.append([*which, *(ends(found) or (None, None))])
    return _noted(comparison, rows)


def films_csv(comparison: Comparison) -> str:
    """Return one row for each film: hash, label, and what every model says of it.

    `synthetic` says whether the film is a phantom, not a patient; it is empty where no model read
    the film. For each model `p`, P(pneumonia); `called`, what that is at its threshold; `abstains`,
    whether the model would give no opinion all the same; and `state`: counted, seen (it was trained
    or tuned on the film, or on another of the patient), unscored, refused or error.
    """
    head = ["path", "sha256", "label", "synthetic"]
    for model in comparison.models:
        head += [f"{model.name} {what}" for what in ("p", "called", "abstains", "state")]
    table = comparison.dataset.table
    rows: list[list[Any]] = [head]
    for i, (path, sha256, label) in enumerate(
        zip(table["path"], table["sha256"], table["label"], strict=True)
    ):
        row: list[Any] = [path, sha256, label, YES_NO[is_phantom(comparison, i)]]
        for model in comparison.models:
            own = model.contender
            state = _state(own.scores[i], bool(own.seen[i]), bool(own.usable[i]))
            if state != "counted":
                row += [None, None, None, state]
                continue
            score = own.scores[i]
            assert score is not None and score.probabilities is not None
            p = 1 - score.probabilities[own.manifest.task.normal_index]
            threshold = own.manifest.operating_point.threshold
            called = "PNEUMONIA" if p >= threshold else "NORMAL"
            row += [round(p, 6), called, YES_NO[score.abstain], state]
        rows.append(row)
    return _noted(comparison, rows)


def _state(score: FilmScore | None, seen: bool, usable: bool) -> str:
    if seen:
        return "seen"
    if not usable:
        return "unscored"
    return "counted" if score and score.probabilities else (score.status.value if score else "")


def _noted(comparison: Comparison, rows: list[list[Any]]) -> str:
    """Return rows as CSV below one line that says what they are for, and of phantoms among them."""
    return f"# {NOTICE}{PHANTOMS if comparison.synthetic else ''}\n{written(rows)}"
