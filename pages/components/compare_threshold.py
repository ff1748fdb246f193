"""The threshold: each model's own or one for all, and what it does to both kinds of errors."""

import streamlit as st

from pages.components.chart import draw
from pages.components.compare_board import in_places
from pages.components.fragment import fragment
from pages.components.frame import sentence
from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.measured import confusion, plain_figures
from xray_core.evaluation.measures import MEASURES
from xray_core.plots.compare_confusion import confusion_figure
from xray_core.plots.compare_words import errors_of_a_hundred, films_differ_in_words, films_of

OWN, SHARED = "Each model's own", "One for all"
KEPT = "compare-threshold-kept"
"""Kind and value as they were set last, by the comparison that they were set for: Streamlit forgets
widgets that a run does not show, and another comparison begins with its models' own thresholds."""
MOVED = ("sensitivity", "specificity", "balanced_accuracy", "accuracy", "precision", "f1")


def thresholds(comparison: Comparison) -> list[float]:
    """Return the threshold of every model as it is set on this page."""
    own = [model.measured.opinions.threshold for model in comparison.models]
    kind, value = _kept(comparison)
    return own if kind == OWN else [float(value)] * len(own)


def in_words(comparison: Comparison) -> str:
    """Return which threshold stands behind the marks of the curves."""
    kind, value = _kept(comparison)
    if kind != OWN:
        return f"Marks stand at one threshold for all, {value:.3f}, as set under Errors."
    at = zip(comparison.models, thresholds(comparison), strict=True)
    each = ", ".join(f"{model.name} {threshold:.3f}" for model, threshold in at)
    return f"Marks stand at each model's own threshold: {each}."


def _kept(comparison: Comparison) -> tuple[str, float]:
    own = comparison.models[0].measured.opinions.threshold
    kept: dict[str, tuple[str, float]] = st.session_state.get(KEPT, {})
    return kept.get(_name(comparison), (OWN, round(own, 3)))


def _name(comparison: Comparison) -> str:
    """Return what tells a comparison from others: its films, and its models in their order."""
    return "-".join([comparison.data.sha256, *(m.contender.ref.sha256 for m in comparison.models)])


@fragment
def show(comparison: Comparison) -> None:
    """Show the confusion matrices at the threshold, and what it means in words."""
    state, name = st.session_state, _name(comparison)
    keys = f"compare-threshold-kind-{name}", f"compare-threshold-{name}"
    for key, value in zip(keys, _kept(comparison), strict=True):
        state.setdefault(key, value)
    kind, slider = st.columns([1, 3], vertical_alignment="bottom", gap="medium")
    chosen = kind.segmented_control(
        "Threshold", [OWN, SHARED], required=True, key=keys[0], width="stretch"
    )
    value = slider.slider(
        "Pneumonia is called from this P(pneumonia) on",
        0.0,
        1.0,
        step=0.005,
        format="%.3f",
        key=keys[1],
        disabled=chosen == OWN,
    )
    state[KEPT] = {**state.get(KEPT, {}), name: (chosen, value)}
    at = thresholds(comparison)
    moved = [m.measured.opinions.at(t) for m, t in zip(comparison.models, at, strict=True)]
    matrices = [confusion(opinions) for opinions in moved]
    told = zip(comparison.models, matrices, at, films_of(comparison.models), strict=True)
    for model, matrix, threshold, films in told:
        words = sentence(errors_of_a_hundred(matrix))
        counted = f", {films}" if films else ""
        st.markdown(f"**{sentence(model.name)}** at {threshold:.3f}{counted}: {words}")
    names = [model.name for model in comparison.models]
    figure = confusion_figure(list(zip(names, at, matrices, strict=True)))
    draw(figure, "compare-confusion", "Confusion matrices of the models")
    rows = []
    for name, opinions in zip(names, moved, strict=True):
        figures = plain_figures(opinions)
        found = {MEASURES[key].title: in_places(figures[key]) for key in MOVED}
        rows.append({"Model": name} | found)
    st.dataframe(rows, hide_index=True, width="stretch")
    if differ := films_differ_in_words(comparison.models):
        st.caption(sentence(differ))
    st.caption(
        "Point figures at the thresholds set here. The intervals in the leaderboard are those of "
        "the stored thresholds. A threshold that is chosen on these films flatters on these films."
    )
