"""The threshold: each model's own or one for all, and what it does to both kinds of errors."""

import streamlit as st

from pages.components.compare_draw import draw
from pages.components.frame import boundary, sentence
from xray_core.evaluation.comparison import Comparison
from xray_core.evaluation.measured import confusion, plain_figures
from xray_core.evaluation.measures import MEASURES
from xray_core.plots.compare_confusion import confusion_figure
from xray_core.plots.compare_words import errors_of_a_hundred

OWN, SHARED = "Each model's own", "One for all"
MOVED = ("sensitivity", "specificity", "balanced_accuracy", "accuracy", "precision", "f1")


def thresholds(comparison: Comparison) -> list[float]:
    """Return the threshold of every model as it is set on this page."""
    own = [model.measured.opinions.threshold for model in comparison.models]
    if st.session_state.get("compare-threshold-kind", OWN) == OWN:
        return own
    return [float(st.session_state.get("compare-threshold", own[0]))] * len(own)


@st.fragment
@boundary()
def show(comparison: Comparison) -> None:
    """Show the confusion matrices at the threshold, and what it means in words."""
    kind, slider = st.columns([1, 3], vertical_alignment="bottom", gap="medium")
    chosen = kind.segmented_control(
        "Threshold", [OWN, SHARED], default=OWN, required=True, key="compare-threshold-kind",
        width="stretch",
    )  # fmt: skip
    first = comparison.models[0].measured.opinions.threshold
    slider.slider(
        "Pneumonia is called from this P(pneumonia) on",
        0.0,
        1.0,
        round(first, 3),
        0.005,
        format="%.3f",
        key="compare-threshold",
        disabled=chosen == OWN,
    )
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
