"""What a comparison shows, in words: errors at a threshold, which films, rounded figures."""

from collections.abc import Sequence

from xray_core.evaluation.bootstrap import ROUNDING
from xray_core.evaluation.measured import Confusion
from xray_core.evaluation.result import ModelResult


def rounded(value: float, *, percent: bool = False) -> str:
    """Return a figure of 0 to 1 with three places or as per cent; no other than 0 or 1 reads so.

    What is nearer to 0 or 1 than draws, which are sums of 32-bit numbers, can tell is 0 or 1.
    """
    form = "{:.1%}" if percent else "{:.3f}"
    text = form.format(value)
    if text == form.format(1) and value < 1 - ROUNDING:
        return f"> {form.format(0.999)}"
    if text == form.format(0) and value > ROUNDING:
        return f"< {form.format(0.001)}"
    return text


def no_class_in_words(model: ModelResult) -> str:
    """Return how many films have a label that a model cannot give; nothing where none has."""
    films, count = len(model.rows), int((~model.contender.usable).sum())
    if not count:
        return ""
    verb, left = ("has", "it is") if count == 1 else ("have", "they are")
    return (
        f"{count:,} of the {films:,} films {verb} a label that {model.name} has no class for; "
        f"{left} left out."
    )


def films_of(models: Sequence[ModelResult]) -> list[str]:
    """Return "n of N films" for each model, to stand behind its name; empty where all share them.

    Models that are drawn in one chart may have seen, refused or left out other films.
    """
    if len({model.rows.tobytes() for model in models}) < 2:
        return [""] * len(models)
    return [f"{int(model.rows.sum()):,} of {len(model.rows):,} films" for model in models]


def films_differ_in_words(models: Sequence[ModelResult]) -> str:
    """Return that models drawn together stand on different films; nothing where they do not."""
    parts = [f"{m.name} on {films}" for m, films in zip(models, films_of(models), strict=True)]
    if not all(films_of(models)):
        return ""
    return (
        f"These are not the same films for all: {'; '.join(parts)}. Pairs has every two models on "
        "the same."
    )


def errors_of_a_hundred(confusion: Confusion) -> str:
    """Return both kinds of errors for 100 films of each kind, and the films themselves.

    Args:
        confusion: ((true normal, false alarm), (missed, found)).
    """
    (passed, alarms), (missed, found) = confusion
    ill, well = missed + found, passed + alarms
    parts = []
    if ill:
        parts.append(
            f"Of 100 films with pneumonia, {_of_a_hundred(missed, ill)} missed "
            f"({missed:,} of {ill:,})"
        )
    if well:
        parts.append(
            f"of 100 without, {_of_a_hundred(alarms, well)} called pneumonia "
            f"({alarms:,} of {well:,})"
        )
    text = "; ".join(parts) or "no film is counted"
    return f"{text[:1].upper()}{text[1:]}."


def _of_a_hundred(films: int, among: int) -> str:
    share = 100 * films / among
    if films == 0:
        return "none is"
    if share < 1:
        return "fewer than 1 is"
    if films < among and share > 99:
        return "more than 99 are"
    count = round(share)
    return f"{count} {'is' if count == 1 else 'are'}"
