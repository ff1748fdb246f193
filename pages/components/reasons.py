"""The tabs below the film: why, inside the network, the record."""

import streamlit as st

from pages.components import inside, record, why
from pages.components.viewer import RECORD
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier, Decision, Prediction

WHY, INSIDE = "Why", "Inside the network"


def show(classifier: Classifier | None, film: Radiograph, prediction: Prediction | None) -> None:
    """Show the tab that is open; the others do no work."""
    if prediction and prediction.decision is Decision.ABSTAIN:
        st.caption(
            "The model abstains on this film. What follows shows what the network makes of its "
            "pixels; it is no reading of the film."
        )
    readable = classifier is not None and bool(prediction and prediction.probabilities)
    names = [WHY, INSIDE, RECORD] if readable else [RECORD]
    for name, tab in zip(names, st.tabs(names, key="reasons", on_change="rerun"), strict=True):
        if not tab.open:
            continue
        with tab:
            if name == WHY and classifier:
                why.show(classifier, film, prediction)
            elif name == INSIDE and classifier:
                inside.show(classifier, film)
            else:
                record.show(classifier, film, prediction)
