"""The leaderboard: every model with its intervals, the best marked and all that tie with it."""

from typing import Any

import streamlit as st

from pages.components.frame import sentence
from xray_core.bundle import Interval
from xray_core.evaluation.bootstrap import ROUNDING
from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.measures import MEASURES
from xray_core.evaluation.result import ModelResult
from xray_core.evaluation.verdict import (
    best_in_words,
    few_in_words,
    seen_in_words,
    shortcut_in_words,
    unclear_shortcuts_in_words,
)
from xray_core.plots.compare_words import no_class_in_words

FIRST = ("auc", "auc_lungs_blanked", "auc_frame_blanked", "reliance", "sensitivity", "specificity")
BEST, TIED, NOT_RANKED = "★ Best", "= Tied on AUC", "Not ranked"
LEANS = "⚠ leans on shortcuts"


def show(comparison: Comparison) -> None:
    """Show the leaderboard, and what must be known to read it."""
    data = comparison.data
    part = f", {data.split.replace('_', ' ')}" if data.split else ""
    st.markdown(
        f"**{sentence(best_in_words(comparison))}** :gray[{sentence(data.name + part)}: "
        f"{data.films:,} films of {data.patients:,} patients.]"
    )
    for model in comparison.models:
        if words := shortcut_in_words(model):
            st.warning(sentence(words), icon=":material/warning:")
        if words := seen_in_words(model):
            st.info(sentence(words), icon=":material/visibility_off:")
        if words := no_class_in_words(model):
            st.info(sentence(words), icon=":material/label_off:")
        if words := few_in_words(model):
            st.info(sentence(words), icon=":material/filter_alt:")
    if words := unclear_shortcuts_in_words(comparison):
        st.info(sentence(words), icon=":material/help:")
    if comparison.synthetic:
        st.warning(
            "Among the films are synthetic phantoms: figures on them say nothing about patients.",
            icon=":material/draw:",
        )
    rows = [_row(model, comparison) for model in ranked(comparison)]
    st.dataframe(rows, hide_index=True, width="stretch", column_config=_columns())
    st.caption(
        "95 % intervals by bootstrap over patients, at each model's stored threshold. Each row "
        "stands on the films that count for its model, so two rows may be of different films: "
        "Pairs has both on the same. AUC is of normal against pneumonia. With the lungs blanked "
        "it should be 0.5, with the frame blanked as it was. Reliance is how far from 0.5 it is "
        "with the lungs blanked, above or below: either way the model reads what lies outside the "
        "lungs. A click on a heading sorts. “Tied” is who cannot be told from the best by "
        "DeLong's test and the paired interval; time is measured on this machine, memory "
        "estimated."
    )


def ranked(comparison: Comparison) -> list[ModelResult]:
    """Return the models, the best first, then those that may win, by AUC."""
    return sorted(
        comparison.models,
        key=lambda m: (m.name != comparison.best, not m.may_win, -(m.measured["auc"].value or 0)),
    )


def standing(model: ModelResult, comparison: Comparison) -> str:
    """Return how a model stands, and that it leans on shortcuts where that is sure."""
    place = TIED if model.name in comparison.tied else "" if model.may_win else NOT_RANKED
    if model.name in (comparison.best, *comparison.level):
        place = BEST
    return ", ".join(words for words in (place, LEANS if model.leans else "") if words)


def _row(model: ModelResult, comparison: Comparison) -> dict[str, Any]:
    out, cost = model.to_json(), model.contender.cost
    row: dict[str, Any] = {
        "Model": model.name,
        "Standing": standing(model, comparison),
        "Films": model.measured.n,
        "Seen": model.seen,
        "Unscored": out["unscored"],
    }
    shown = [*FIRST, *(name for name in MEASURES if name not in FIRST)]
    row |= {MEASURES[name].title: with_interval(model.measured[name]) for name in shown}
    row |= {"Refused": out["refused"], "Unreadable": out["errors"], "Abstained": out["abstained"]}
    if cost:
        row |= {
            "ms a film": round(cost.latency_ms, 1),
            "Parameters": cost.parameters,
            "MB on disk": round(cost.size_bytes / 1e6, 1),
            "MB in memory": round(cost.memory_bytes / 1e6, 1) if cost.memory_bytes else None,
        }
    return row


def with_interval(found: Interval) -> str:
    """Return a figure with its interval, its places such that text sorts as numbers do."""
    value = in_places(found.value)
    if found.low is None or found.high is None:
        return value
    return f"{value} ({in_places(found.low)}–{in_places(found.high)})"


def in_places(value: float | None) -> str:
    """Return a figure with three places, or as many more as tell it from 0 and from 1.

    "> 0.999" would be sorted below every number: signs come before digits.
    """
    if value is None:
        return "undefined"
    if abs(value - round(value)) < ROUNDING:
        return f"{round(value)}.000"
    texts = (f"{value:.{places}f}" for places in (3, 4, 5, 6))
    return next(text for text in texts if abs(float(text)) not in (0, 1))


def _columns() -> dict[str, Any]:
    return {
        "Model": st.column_config.TextColumn(pinned=True),
        "Standing": st.column_config.TextColumn(
            help="Best, or not to be told from it; and whether it surely leans on shortcuts."
        ),
        "Seen": st.column_config.NumberColumn(
            help="Films, or others of the patient, that it was trained or tuned on: left out. "
            "Empty where it does not say."
        ),
        "Unscored": st.column_config.NumberColumn(
            help="Films whose label it has no class for: left out."
        ),
        "Parameters": st.column_config.NumberColumn(format="localized"),
    }
