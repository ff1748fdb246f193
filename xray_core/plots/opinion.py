"""An opinion in words, and how good the model is that gave it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from xray_core.bundle import BundleManifest
from xray_core.bundle.headline import per_cent
from xray_core.inference.prediction import Decision, Prediction, Status
from xray_core.labels import BACTERIAL, COVID, VIRAL

KINDS = {BACTERIAL: "bacterial", VIRAL: "viral", COVID: "COVID-19"}
WITHOUT_IT = "Read this film without the model."
IF_A_CHEST = (
    "If it is a chest film, read it without the model: gross disease may look like no other."
)
LIKELY = 0.7
"""From this probability on pneumonia is called likely, where the operating point is passed, too.

Readers take "likely" for more than even odds. And between 0.5 and 0.7 the bundled model is often
wrong: 16 of 46 such films of the internal test had pneumonia (docs/diagnose.md)."""
POSSIBLE = 0.5
"""From this probability on pneumonia is possible, whatever the operating point."""
MEASURED = {"n", "patients", "sensitivity", "specificity"}


@dataclass(frozen=True)
class Words:
    """One line of opinion.

    Attributes:
        kind: `pneumonia`, `possible`, `normal`, `abstain`, `refused` or `error`: for the icon.
        headline: the opinion.
        detail: a second line: the kind of pneumonia, or why there is no opinion.
    """

    kind: str
    headline: str
    detail: str


def percent(p: float, digits: int = 0) -> str:
    """Return a probability as a clinician reads it: never 0 % or 100 %."""
    finest = 10.0 ** -(digits + 2)
    if p > 1 - finest / 2:
        return f"over {100 * (1 - finest):.{digits}f} %"
    if p < finest / 2:
        return f"under {100 * finest:.{digits}f} %"
    return f"{100 * p:.{digits}f} %"


def in_words(prediction: Prediction) -> Words:
    """Return the opinion on a film in words; it claims no more than the probability does."""
    if prediction.status is not Status.OK:
        refused = prediction.status is Status.REFUSED
        headline = "No opinion: not a film to read" if refused else "No opinion: unreadable file"
        why = (*prediction.reasons, *([IF_A_CHEST] if refused else []))
        return Words(prediction.status.value, headline, " ".join(why))
    p, threshold = prediction.p_pneumonia or 0.0, prediction.threshold or 0.0
    if prediction.decision is Decision.ABSTAIN:
        why = prediction.reasons[:1] or ("The film is not one that the model should judge.",)
        return Words("abstain", "No opinion: the model abstains", f"{why[0]} {WITHOUT_IT}")
    side = "above" if prediction.decision is Decision.PNEUMONIA else "below"
    digits = _digits(p, threshold)
    shown = percent(p, digits)
    limit = f"{side} the operating point of {percent(threshold, max(1, digits))}"
    if p >= LIKELY and side == "above":
        return Words("pneumonia", f"Pneumonia likely — {shown}", f"{_kind(prediction)}.")
    if side == "above" or p >= POSSIBLE:
        detail = f"{limit.capitalize()}. {_kind(prediction)}."
        return Words("possible", f"Pneumonia possible — {shown}", detail)
    detail = f"{limit.capitalize()}. This does not rule out disease."
    return Words("normal", f"Pneumonia unlikely — {shown}", detail)


def _digits(p: float, threshold: float) -> int:
    """Return after how many digits one reads on which side of the operating point p is."""
    return 0 if abs(p - threshold) >= 0.01 else digits_apart(p, threshold)


def digits_apart(p: float, threshold: float) -> int:
    """Return how many digits, one at least, tell p from the operating point."""
    apart = (n for n in (1, 2, 3, 4) if percent(p, n) != percent(threshold, n))
    return next(apart, 1)


def notes(prediction: Prediction) -> tuple[str, ...]:
    """Return the sentences that stand below the line of opinion, which says the others."""
    if prediction.status is not Status.OK:
        return ()
    return prediction.reasons[1 if prediction.decision is Decision.ABSTAIN else 0 :]


def _kind(prediction: Prediction) -> str:
    """Return the most probable kind of pneumonia with its share, where the model tells kinds."""
    probabilities = prediction.probabilities or {}
    kinds = {name: p for name, p in probabilities.items() if name in KINDS}
    if not kinds:
        return "The model does not tell its kinds apart"
    name = max(kinds, key=kinds.__getitem__)
    test = "only a laboratory test can tell" if name == COVID else "treatment must not hang on it"
    return f"Most probable kind: {KINDS[name]} ({percent(kinds[name])}); {test}"


def short_words(prediction: Prediction) -> str:
    """Return the opinion in a few words, for lists and galleries."""
    if prediction.status is Status.REFUSED:
        return "Refused"
    if prediction.status is Status.ERROR:
        return "Unreadable"
    if prediction.decision is Decision.ABSTAIN:
        return "Abstains"
    words = in_words(prediction)
    return words.headline.replace(" — ", ", ")


@dataclass(frozen=True)
class Performance:
    """What the operating point gives on films that chose nothing about the model.

    Attributes:
        films: which films: the data set, whom it shows, how many.
        figures: sensitivity and specificity with their 95 % intervals.
    """

    films: str
    figures: str


def performance(manifest: BundleManifest) -> tuple[Performance, ...]:
    """Return the figures on internal test patients, one row for each data set.

    Data sets are kept apart, because a mean over children and adults is true of neither; the one
    that the threshold was chosen on comes first.
    """
    people = _people(manifest)
    return tuple(
        _performance(source, people, metrics) for source, metrics in _apart(manifest).items()
    )


def _apart(manifest: BundleManifest) -> dict[str, dict[str, Any]]:
    """Return the figures on internal test patients by data set, or of all where it is one."""
    every = {
        key.partition("/")[2]: metrics
        for key, metrics in manifest.metrics.items()
        if key.split("/")[0] == "internal_test" and metrics.keys() >= MEASURED
    }
    chosen_on = manifest.training.get("operating_point", {}).get("source")
    order = sorted(every, key=lambda source: source != chosen_on)
    return {source: every[source] for source in order if source} or every


def _people(manifest: BundleManifest) -> dict[str, str]:
    """Return whom each data set shows, with its own name where two show the same people."""
    people = manifest.people
    shared = {who for who, times in Counter(people.values()).items() if times > 1}
    return {source: f"{who} ({source})" if who in shared else who for source, who in people.items()}


def _performance(source: str, people: dict[str, str], metrics: dict[str, Any]) -> Performance:
    who = people.get(source) or source or "all"
    return Performance(
        f"{who[:1].upper()}{who[1:]}, {metrics['n']:,} films of {metrics['patients']:,} patients",
        f"sensitivity {_with_interval(metrics, 'sensitivity')}, "
        f"specificity {_with_interval(metrics, 'specificity')}",
    )


def operating_point_in_words(manifest: BundleManifest) -> str:
    """Return where pneumonia is called, and on which films the figures beside it are."""
    called = f"Pneumonia is called from {percent(manifest.operating_point.threshold, 1)} on"
    if not performance(manifest):
        return f"{called}; this model has not been measured on films kept apart for it."
    return (
        f"{called}. On internal test patients, who chose nothing of this model, that gives "
        "(95 % intervals):"
    )


def ages_in_words(manifest: BundleManifest) -> str:
    """Return the ages that a model knows, or nothing where that is not known."""
    if not manifest.ages:
        return ""
    ranges = " and ".join(f"{low:g} to under {high:g}" for low, high in manifest.ages)
    return f"It learnt from ages {ranges} years; how good it is at others is not known."


def kinds_in_words(manifest: BundleManifest) -> str:
    """Return how far the kind of a pneumonia was tested, or nothing where no kinds are told apart.

    What a data set has no films of was not tested in the people whom it shows.
    """
    if len(set(KINDS) & set(manifest.task.outputs)) < 2:
        return ""
    people = _people(manifest)
    found: dict[str, list[str]] = {}
    for source, metrics in _apart(manifest).items():
        if "per_class" not in metrics:
            continue
        who = people.get(source) or source or "all"
        found.setdefault(_kinds_tested(metrics), []).append(who)
    return " ".join(f"Kinds, {' and '.join(whose)}: {told}." for told, whose in found.items())


def _kinds_tested(metrics: dict[str, Any]) -> str:
    of_kind = metrics["per_class"]
    there = [name for name in KINDS if of_kind.get(name, {}).get("support")]
    if metrics.get("bacterial_vs_viral_auc") is not None:
        value, ends = metrics["bacterial_vs_viral_auc"], metrics.get("bacterial_vs_viral_auc_ci")
        interval = f" ({ends[0]:.2f} to {ends[1]:.2f})" if ends else ""
        named = (
            f"of {of_kind[name]['support']:,} {KINDS[name]} films {of_kind[name]['recall']:.0%}"
            for name in (BACTERIAL, VIRAL)
            if name in there
        )
        return f"{', '.join(named)} were named so; one against the other AUC {value:.2f}{interval}"
    if len(there) == 1:
        return f"{KINDS[there[0]]} alone was there to test, so that naming it tells little"
    return "not tested"


def performance_in_words(manifest: BundleManifest) -> str:
    """Return the operating point and all that `performance` says, as one line of text."""
    rows = "; ".join(f"{row.films}: {row.figures}" for row in performance(manifest))
    said = (
        operating_point_in_words(manifest),
        f"{rows}." if rows else "",
        kinds_in_words(manifest),
        ages_in_words(manifest),
    )
    return " ".join(part for part in said if part)


def _with_interval(metrics: dict[str, Any], name: str) -> str:
    value, ends = metrics.get(name), metrics.get(f"{name}_ci")
    if value is None:
        return "undefined"
    interval = f" ({per_cent(ends[0])} to {per_cent(ends[1])})" if ends else ""
    return f"{per_cent(value)} %{interval}"
