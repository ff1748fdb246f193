"""The threshold: each model's own or one for all, and what it does to both kinds of errors."""

import streamlit as st

from pages.components.compare_draw import draw
from pages.components.fragment import fragment
from pages.components.frame import sentence
from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.measured import confusion, plain_figures
from xray_core.evaluation.measures import MEASURES
from xray_core.plots.compare_confusion import confusion_figure
from xray_core.plots.compare_words import errors_of_a_hundred

OWN, SHARED = "Each model's own", "One for all"
KEPT = "compare-threshold-kept"
"""Kind and value as they were set last: Streamlit forgets widgets that a run does not show."""
MOVED = ("sensitivity", "specificity", "balanced_accuracy", "accuracy", "precision", "f1")


def thresholds(comparison: Comparison) -> list[float]:
    """Return the threshold of every model as it is set on this page."""
    own = [model.measured.opinions.threshold for model in comparison.models]
    kind, value = st.session_state.get(KEPT, (OWN, own[0]))
    return own if kind == OWN else [float(value)] * len(own)


@fragment
def show(comparison: Comparison) -> None:
    """Show the confusion matrices at the threshold, and what it means in words."""
    state = st.session_state
    first = comparison.models[0].measured.opinions.threshold
    kept = state.get(KEPT, (OWN, round(first, 3)))
    for key, value in zip(("compare-threshold-kind", "compare-threshold"), kept, strict=True):
        state.setdefault(key, value)
    kind, slider = st.columns([1, 3], vertical_alignment="bottom", gap="medium")
    chosen = kind.segmented_control(
        "Threshold", [OWN, SHARED], required=True, key="compare-threshold-kind", width="stretch"
    )
    value = slider.slider(
        "Pneumonia is called from this P(pneumonia) on",
        0.0,
        1.0,
        step=0.005,
        format="%.3f",
        key="compare-threshold",
        disabled=chosen == OWN,
    )
    state[KEPT] = chosen, value
    at = thresholds(comparison)
    moved = [m.measured.opinions.at(t) for m, t in zip(comparison.models, at, strict=True)]
    matrices = [confusion(opinions) for opinions in moved]
    for model, matrix, threshold in zip(comparison.models, matrices, at, strict=True):
        words = sentence(errors_of_a_hundred(matrix))
        st.markdown(f"**{sentence(model.name)}** at {threshold:.3f}: {words}")
    names = [model.name for model in comparison.models]
    figure = confusion_figure(list(zip(names, at, matrices, strict=True)))
    draw(figure, "confusion", "Confusion matrices of the models")
    rows = []
    for name, opinions in zip(names, moved, strict=True):
        figures = plain_figures(opinions)
        rows.append({"Model": name} | {MEASURES[key].title: figures[key] for key in MOVED})
    columns = {MEASURES[key].title: st.column_config.NumberColumn(format="%.3f") for key in MOVED}
    st.dataframe(rows, hide_index=True, width="stretch", column_config=columns)
    st.caption(
        "Point figures at the thresholds set here. The intervals in the leaderboard are those of "
        "the stored thresholds. A threshold that is chosen on these films flatters on these films."
    )
