"""The curves of all models, overlaid: quality, training, cost."""

import streamlit as st

from pages.components import compare_threshold
from pages.components.chart import draw
from pages.components.fragment import fragment
from pages.components.frame import sentence
from xray_core.evaluation.comparison import Comparison
from xray_core.plots.compare_cost import AXES, cost_figure
from xray_core.plots.compare_curves import (
    decision_figure,
    precision_recall_figure,
    reliability_figure,
    roc_figure,
)
from xray_core.plots.compare_training import TITLES, figures_recorded, training_figure
from xray_core.plots.compare_words import films_differ_in_words


def curves(comparison: Comparison) -> None:
    """Show ROC, precision-recall, reliability and decision curves, with marks at the thresholds."""
    thresholds = compare_threshold.thresholds(comparison)
    st.caption(sentence(compare_threshold.in_words(comparison)))
    _films_differ(comparison)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**ROC**")
        draw(roc_figure(comparison.models, thresholds), "compare-roc", "ROC curves of the models")
        st.markdown("**Reliability**")
        figure = reliability_figure(comparison.models)
        draw(figure, "compare-reliability", "Reliability of the models")
        st.caption("On the diagonal, of films given 0.7, seven in ten are ill.")
    with right:
        st.markdown("**Precision and recall**")
        figure = precision_recall_figure(comparison.models, thresholds)
        draw(figure, "compare-precision", "Precision-recall curves of the models")
        st.markdown("**Decision curve**")
        draw(decision_figure(comparison.models), "compare-decision", "Net benefit of the models")
        st.caption(
            "Net benefit: films rightly called, less false alarms weighed by the odds of the "
            "probability from which one would act. A model helps where it is above both grey lines."
        )


@fragment
def training(comparison: Comparison) -> None:
    """Show the training curves that the bundles record."""
    trainings = [(m.name, m.contender.manifest.training) for m in comparison.models]
    names = figures_recorded([training for _, training in trainings])
    if not names:
        st.info("None of these models records its training.", icon=":material/timeline:")
        return
    name = st.selectbox(
        "Figure",
        names,
        key="compare-training-" + "-".join(name for name, _ in trainings),
        format_func=lambda key: TITLES.get(key, key.replace("_", " ")),
        width=360,
    )
    draw(training_figure(trainings, name), "compare-training", f"{name} of each epoch")
    st.caption("Of the films that trained and tuned each model: not to be compared as results are.")


def cost(comparison: Comparison) -> None:
    """Show quality against time and size."""
    _films_differ(comparison)
    for column, against in zip(st.columns(2, gap="medium"), AXES, strict=True):
        with column:
            st.markdown(f"**{AXES[against]}**")
            draw(cost_figure(comparison.models, against), f"compare-cost-{against}", AXES[against])
    st.caption(
        "Up and to the left is better. Time is the median of a few opinions on one film, one after "
        "the other, on this machine as busy as it was."
    )


def _films_differ(comparison: Comparison) -> None:
    if words := films_differ_in_words(comparison.models):
        st.caption(sentence(words))
