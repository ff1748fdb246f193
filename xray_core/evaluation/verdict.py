"""What a comparison says, in plain sentences."""

from xray_core.bundle import Interval
from xray_core.evaluation.comparison import SURE, Comparison, is_sure, leaves_out_zero
from xray_core.evaluation.pair import Pair
from xray_core.evaluation.reliance_words import (
    beside_auc,
    frame_in_words,
    leaning_in_words,
    unclear_in_words,
)
from xray_core.evaluation.result import ModelResult


def p_in_words(p: float | None) -> str:
    """Return a p-value with two significant digits, or that there is none."""
    if p is None:
        return "p undefined"
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.2g}" if p < 0.995 else "p = 1"


def errors_in_words(pair: Pair) -> str:
    """Return who errs where the other does not, and whether that could be chance.

    Missed films and false alarms are tested apart: as many of the one as of the other would cancel
    in a test of all errors. Each p is corrected for the number of such tests in the comparison.
    McNemar's test counts films of one patient as independent and alone would find too much, so a
    difference is more than chance only where the p and the interval over patients of the difference
    of sensitivities, or of specificities, say so too (`comparison.is_sure`).
    """
    if not pair.n:
        return (
            f"There is not one film that counts for both {pair.a} and {pair.b}: each was seen, "
            "refused or left out by one of them."
        )
    a_found, b_found = pair.only_right(ill=True)
    a_passed, b_passed = pair.only_right(ill=False)
    if a_found == b_found == a_passed == b_passed == 0:
        return f"{pair.a} and {pair.b} are right and wrong on the same films."
    parts = [
        f"{pair.a} misses {_films(b_found)} that {pair.b} finds",
        f"{pair.b} misses {_number(a_found)} that {pair.a} finds",
        *_chance(
            pair.missed_p_corrected,
            pair.missed_patients_p_corrected,
            pair.differences["sensitivity"],
        ),
    ]
    if a_passed or b_passed:
        parts += [
            f"{pair.a} raises {_alarms(b_passed)} that {pair.b} does not",
            f"{pair.b} raises {_number(a_passed)} that {pair.a} does not",
            *_chance(
                pair.alarms_p_corrected,
                pair.alarms_patients_p_corrected,
                pair.differences["specificity"],
            ),
        ]
    return f"{'; '.join(parts)}{_corrected(pair.kinds_tested)}."


def _chance(p: float | None, over_patients: float | None, difference: Interval) -> list[str]:
    """Return whether a difference could be chance; nothing where there was none to test."""
    if p is None:
        return []
    if is_sure(p, over_patients, difference):
        could = "is more than chance"
    else:
        could = f"could be chance{_by_patients(p, over_patients, difference)}"
    return [f"the difference {could}, {p_in_words(p)}"]


def _by_patients(p: float | None, over_patients: float | None, difference: Interval) -> str:
    """Return why a difference of a small p could be chance; nothing where p says so itself."""
    if p is None or p >= SURE:
        return ""
    if over_patients is None or not leaves_out_zero(difference):
        return " (its interval over patients does not leave out 0)"
    return f" (counting patients, not films, {p_in_words(over_patients)})"


def areas_in_words(pair: Pair, pairs: int = 1) -> str:
    """Return whose AUC is higher, by how much, and whether that could be chance.

    Args:
        pair: two models.
        pairs: of the comparison; from two on each p is corrected, for those that could be tested.
    """
    difference = pair.differences["auc"]
    first, second = pair.of_a["auc"].value, pair.of_b["auc"].value
    if first is None or second is None or difference.value is None:
        return "Their AUCs cannot be compared: that needs films of both kinds."
    p, over_patients = pair.delong_p, pair.auc_patients_p
    if pairs > 1:
        p, over_patients = pair.delong_p_corrected, pair.auc_patients_p_corrected
    chance = "more than chance"
    if not is_sure(p, over_patients, difference):
        chance = f"which could be chance{_by_patients(p, over_patients, difference)}"
    n = _places(difference.value)
    interval = (
        " (too few differing films for an interval)"
        if difference.low is None or difference.high is None
        else f" (95 % interval {difference.low:+.{n}f} to {difference.high:+.{n}f})"
    )
    one, other = (beside_auc(side.figures) for side in (pair.of_a, pair.of_b))
    return (
        f"AUC {first:.{n}f} ({one}) against {second:.{n}f} ({other}), a difference of "
        f"{difference.value:+.{n}f}{interval}, {chance}, {p_in_words(p)}"
        f"{_corrected(pair.areas_tested)}."
    ).replace("-", "−")


def _places(difference: float) -> int:
    """Return how many places, three at least, a difference needs not to read as none."""
    return next((n for n in (3, 4, 5) if round(abs(difference), n) > 0), 3)


def shortcut_in_words(model: ModelResult) -> str:
    """Return what it means that a model surely leans on shortcuts; else nothing."""
    found = (
        leaning_in_words(model.name, model.measured["auc_lungs_blanked"]),
        frame_in_words(model.name, model.measured["auc_frame_blanked"]),
    )
    return " ".join(words for words in found if words)


def unclear_shortcuts_in_words(comparison: Comparison) -> str:
    """Return of which models the films cannot tell whether they lean on shortcuts."""
    return unclear_in_words({m.name: m.measured["reliance"] for m in comparison.models})


def seen_in_words(model: ModelResult) -> str:
    """Return how many films a model knows, and what follows; nothing where it knows none."""
    films = len(model.rows)
    if model.seen is None:
        return (
            f"{model.name} does not say which films it was trained on: it may have seen these, and "
            "is not ranked."
        )
    if not model.seen:
        return ""
    words = (
        f"{model.name} was trained or tuned on {model.seen:,} of the {films:,} films, or on "
        "another film of the same patient"
    )
    if model.saw_most:
        return f"{words}; they are left out, and having seen most of the set it cannot win on it."
    return f"{words}; they are left out."


def few_in_words(model: ModelResult) -> str:
    """Return that too few films count for a model to rank it; nothing where enough do."""
    if model.seen is None or model.saw_most or model.has_most:
        return ""  # the first two are told by `seen_in_words`
    return (
        f"Only {model.measured.n:,} of the {len(model.rows):,} films count for {model.name}. To be "
        "called best a model needs half of them."
    )


def best_in_words(comparison: Comparison) -> str:
    """Return which model is best, which cannot be told from it, and on how many films."""
    if comparison.best is None:
        return "No model can be called best on these films."
    if len(comparison.models) == 1:
        return f"{comparison.best} is the only model here."
    if sum(model.may_win for model in comparison.models) == 1:
        name = comparison.best
        return f"Only {name} may be called best on these films; there is none to rank it against."
    leaders = [comparison.best, *comparison.level]
    others = [name for name in comparison.tied if name not in leaders]
    them = "them" if comparison.level else "it"
    highest = f"{_listed(leaders)} {'share' if comparison.level else 'has'} the highest AUC"
    if not all(model.may_win for model in comparison.models):
        highest = f"Of the models that may be ranked, {highest}"
    if others:
        return (
            f"{highest}; {_listed(others)} cannot be told from {them} on these films. "
            f"{_decided_in_words(comparison)}"
        )
    if comparison.level:
        return f"{highest} on these films. {_decided_in_words(comparison)}"
    return f"{highest}, by more than chance. Each pair was judged on the films that count for both."


def _decided_in_words(comparison: Comparison) -> str:
    """Return on what the best was picked from those that no other is surely better than."""
    films = comparison.decided_on
    if not films:
        return "They have no films of both kinds in common: each was ranked on its own."
    what = "They were ranked" if comparison.level else "The best was picked"
    return f"{what} on the {films:,} films that count for all in the running."


def _corrected(tests: int) -> str:
    return f" (corrected for {tests} comparisons)" if tests > 1 else ""


def _number(count: int) -> str:
    return f"{count:,}" if count else "none"


def _films(count: int) -> str:
    return f"{_number(count)} {'film' if count == 1 else 'films'}" if count else "no film"


def _alarms(count: int) -> str:
    return f"{count:,} false {'alarm' if count == 1 else 'alarms'}" if count else "no false alarm"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
