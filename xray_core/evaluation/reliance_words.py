"""What a model's reliance on shortcuts means, in plain sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from xray_core.bundle import Interval
from xray_core.evaluation.reliance import ALLOWED, leans, reliance_of

MEANING = (
    "It leans on what lies outside the lungs, such as the frame, markers or exposure, and may fail "
    "on films from elsewhere."
)
OPPOSITE = (
    "That is not harmless: without the lungs its answer follows something else that goes with the "
    "class in these films, and has learnt the opposite. It is the frame, markers or exposure or, "
    "where a model sees a crop, how much of that is blanked. It leans on it as much as a model "
    "with AUC {mirrored:.2f}, and may fail on films from elsewhere."
)


def beside_auc(found: Mapping[str, Interval]) -> str:
    """Return both AUCs of the blanked films in short, as they stand beside a model's AUC.

    Args:
        found: figures that hold `auc_lungs_blanked` and `auc_frame_blanked`.
    """
    lungs, frame = (found[f"auc_{part}_blanked"].value for part in ("lungs", "frame"))
    said = ("undefined" if value is None else f"{value:.2f}" for value in (lungs, frame))
    return "lungs blanked {}, frame blanked {}".format(*said)


def leaning_in_words(name: str, auc: Interval, films: str = "") -> str:
    """Return what it means that a model leans on shortcuts; nothing where that is not shown.

    Args:
        name: of the model.
        auc: with the lungs blanked.
        films: which films, put behind "With the lungs blanked"; empty where that is clear.
    """
    found = reliance_of(auc)
    if not leans(found) or auc.value is None:
        return ""
    begin = f"With the lungs blanked{f', on {films},' if films else ''} {name}"
    figures = (
        f"AUC {auc.value:.2f} ({auc.low:.2f} to {auc.high:.2f}), where 0.5 is knowing nothing: a "
        f"reliance of {found.value:.2f}, and {ALLOWED:.2f} is allowed."
    )
    if auc.value >= 0.5:
        return f"{begin} still tells ill from well: {figures} {MEANING}"
    opposite = OPPOSITE.format(mirrored=1 - auc.value)
    return (
        f"{begin} ranks normal films above films with pneumonia more often than not: {figures} "
        f"{opposite}"
    )


def frame_in_words(name: str, auc: Interval) -> str:
    """Return what it means that a model is surely wrong without the frame; else nothing.

    Args:
        name: of the model.
        auc: with the frame blanked.
    """
    if auc.value is None or auc.low is None or auc.high is None or auc.high >= 0.5:
        return ""
    return (
        f"With the frame blanked {name} ranks normal films above films with pneumonia: AUC "
        f"{auc.value:.2f} ({auc.low:.2f} to {auc.high:.2f}). What it knows of these films it reads "
        "outside the lungs, not in them."
    )


def unclear_in_words(found: Mapping[str, Interval]) -> str:
    """Return of which models these films cannot tell whether they lean on shortcuts.

    Args:
        found: reliance of each model by its name.
    """
    unclear = {name: one.value for name, one in found.items() if leans(one) is None}
    why = {
        "they are too few": [name for name, value in unclear.items() if value is not None],
        "that needs films of both kinds": [n for n, value in unclear.items() if value is None],
    }
    return " ".join(
        f"Whether {_listed(names)} {'lean' if len(names) > 1 else 'leans'} on shortcuts by more "
        f"than the {ALLOWED:.2f} allowed cannot be told on these films: {reason}."
        for reason, names in why.items()
        if names
    )


def card_in_words(name: str, metrics: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what the figures of a bundle say of its reliance on shortcuts, one sentence a set.

    Where all films are of one set, they are said of once.

    Args:
        name: of the bundle.
        metrics: of its manifest, by role or `role/source`; those of the internal test count.
    """
    said = []
    for key, figures in metrics.items():
        role, _, source = key.partition("/")
        if role != "internal_test" or "auc_lungs_blanked" not in figures:
            continue
        if source and figures.get("n") == metrics.get(role, {}).get("n", -1):
            continue
        films = f"the internal test films of {source}" if source else "all internal test films"
        said.append(leaning_in_words(name, interval_of(figures), films))
    return [words for words in said if words]


def interval_of(figures: Mapping[str, Any], name: str = "auc_lungs_blanked") -> Interval:
    """Return a figure of a manifest with its interval."""
    low, high = figures.get(f"{name}_ci") or (None, None)
    return Interval(value=figures.get(name), low=low, high=high)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
