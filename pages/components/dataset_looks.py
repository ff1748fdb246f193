"""The mean film of each class, and how large, bright and sharp films are; known after an audit."""

import streamlit as st

from pages.components import audit_job, audit_panel, chart
from pages.components.audit_job import Outcome
from xray_core.datasets.dataset import Dataset
from xray_core.plots.audit_looks import intensity_figure, size_figure
from xray_core.plots.audit_means import mean_figure

MEASURES = {"mean": "Brightness", "spread": "Contrast", "sharpness": "Sharpness"}


def show(path: str, dataset: Dataset) -> None:
    """Show the figures, or the audit that makes them."""
    found = audit_job.outcome(path, dataset)
    if found is None:
        st.caption("These pictures come with the audit, which reads every film.")
        audit_panel.show(path, dataset)
        return
    means, rest = st.columns([1.25, 1], gap="large")
    with means:
        st.markdown("##### The mean film of each class, and the difference")
        drawn = mean_figure(found.means)
        if drawn is None:
            st.info("No film of a class could be read.", icon=":material/broken_image:")
        else:
            chart.draw(drawn, "dataset-means")
            st.caption(
                "Every film shrunk to one size. A difference along the border, or where a marker "
                "stands, is the source of the films, not disease."
            )
    with rest:
        st.markdown("##### Sizes")
        _sizes(found)
        formats = found.facts.groupby(["format", "bits"]).size()
        st.caption(
            "Stored as "
            + ", ".join(f"{kind} {bits} bit ({n:,})" for (kind, bits), n in formats.items() if kind)
        )
        what = st.segmented_control(
            "Spread of",
            list(MEASURES),
            default="mean",
            required=True,
            format_func=MEASURES.__getitem__,
            key="dataset-measure",
        )
        chart.draw(intensity_figure(found.facts, found.labels, what), "dataset-intensity")


def _sizes(found: Outcome) -> None:
    """Draw the sizes, or say the one that there is."""
    sizes = found.facts[found.facts["width"] > 0][["width", "height"]].drop_duplicates()
    if len(sizes) == 1:
        width, height = sizes.iloc[0]
        st.markdown(f"Every film has {width:,} × {height:,} pixels.")
        return
    chart.draw(size_figure(found.facts, found.labels), "dataset-sizes")
