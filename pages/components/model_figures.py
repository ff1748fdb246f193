"""What a bundle has achieved: its figures on each set of films, and the epochs of its training."""

from contextlib import suppress
from typing import Any

import streamlit as st

from pages.components.card import show_reliance
from pages.components.chart import draw
from pages.components.frame import sentence
from xray_core.bundle import BundleInfo
from xray_core.bundle.headline import per_cent
from xray_core.evaluation.curves import RELIABILITY, Reliability
from xray_core.evaluation.figures import ends
from xray_core.evaluation.reliance import ALLOWED, reliance_of
from xray_core.evaluation.reliance_words import interval_of
from xray_core.plots.compare_curves import calibration_figure
from xray_core.plots.compare_training import TITLES, figures_recorded, training_figure

ROLES = {
    "internal_test": "Internal test: patients who chose nothing of this model",
    "validation": "Validation: chose weights, temperature and threshold, so the figures flatter",
    "stressed_validation": "Stressed validation: other frames, markers and exposures",
    "train": "Training",
}
FIGURES = {
    "auc": "AUC",
    "auc_lungs_blanked": "AUC, lungs blanked",
    "auc_frame_blanked": "AUC, frame blanked",
    "reliance": "Reliance on shortcuts",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ece": "Calibration error",
    "dice": "Dice",
    "iou": "Jaccard",
}
CURVES = {"internal_test": "internal test", "validation": "validation"}
PER_CENT = {"sensitivity", "specificity"}


def show(info: BundleInfo) -> None:
    """Show the figures of each set of films, those kept apart first, then the training."""
    if info.manifest.metrics:
        _figures(info)
        _calibration(info)
    else:
        st.info("No figures came with this model.")
    _training(info)


def _figures(info: BundleInfo) -> None:
    metrics = {key: _with_reliance(found) for key, found in info.manifest.metrics.items()}
    show_reliance(info)
    for role in sorted({key.split("/")[0] for key in metrics}, key=_place):
        of_role = {key: m for key, m in metrics.items() if key.split("/")[0] == role}
        if len(of_role) == 2:
            of_role.pop(role, None)  # all of them are those of the one source
        st.markdown(f"**{ROLES.get(role, sentence(role))}**")
        st.markdown(_table(of_role))
    if info.kind == "segmenter":
        st.caption(
            "In brackets the 95 % interval over patients. Dice and Jaccard compare the lungs that "
            "are found with those that were drawn: 1 where they are the same, 0 where they have "
            "nothing in common."
        )
        return
    st.caption(
        "In brackets the 95 % interval over patients. With the lungs blanked a model should know "
        "nothing (0.5); with the frame blanked it should lose nothing. Reliance is how far from "
        f"0.5 the AUC with the lungs blanked is, above or below; {ALLOWED:g} is allowed."
    )


def _with_reliance(metrics: dict[str, Any]) -> dict[str, Any]:
    """Return figures with the reliance that follows from them; bundles do not keep it."""
    if metrics.get("auc_lungs_blanked") is None:
        return metrics
    found = reliance_of(interval_of(metrics))
    return {**metrics, "reliance": found.value, "reliance_ci": ends(found)}


def _place(role: str) -> int:
    return list(ROLES).index(role) if role in ROLES else len(ROLES)


def _table(metrics: dict[str, dict[str, Any]]) -> str:
    shown = [name for name in FIGURES if any(m.get(name) is not None for m in metrics.values())]
    rows = [
        "| films | n (patients) | " + " | ".join(FIGURES[name] for name in shown) + " |",
        "| --- |" + " --- |" * (1 + len(shown)),
    ]
    for key, m in metrics.items():
        source = sentence(key.partition("/")[2] or "all")
        count = f"{m.get('n', 0):,} ({m['patients']:,})" if "patients" in m else f"{m.get('n', '')}"
        rows.append(f"| {source} | {count} | " + " | ".join(_cell(m, n) for n in shown) + " |")
    return "\n".join(rows)


def _cell(metrics: dict[str, Any], name: str) -> str:
    value, ends = metrics.get(name), metrics.get(f"{name}_ci")
    if value is None:
        return "undefined"
    if name in PER_CENT:
        interval = f" ({per_cent(ends[0])} to {per_cent(ends[1])})" if ends else ""
        return f"{per_cent(value)} %{interval}"
    return f"{value:.3f}" + (f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else "")


def _calibration(info: BundleInfo) -> None:
    """Show what the model said against what was true, where the bundle records it."""
    curves = []
    for role, words in CURVES.items():
        with suppress(ValueError):  # an older bundle has none
            found = Reliability.from_json(info.manifest.metrics.get(role, {}).get(RELIABILITY))
            curves.append((words, found))
    if not curves:
        return
    st.markdown("**Calibration: what it says against what is true**")
    figure = calibration_figure(curves)
    draw(figure, "model-calibration", "Reliability of the model's probabilities")
    st.caption(
        "All films of the role by tenths of P(pneumonia), with the 95 % interval of each share. On "
        "the line, of 100 films said to be pneumonia with 70 % seventy are."
    )


def _training(info: BundleInfo) -> None:
    """Show one figure of the training, epoch by epoch, where the bundle records them."""
    training = info.manifest.training
    names = figures_recorded([training])
    if not names:
        return
    st.markdown("**Training, epoch by epoch**")
    name = st.selectbox(
        "Figure of the training",
        names,
        key=f"training-of-{info.name}",
        format_func=lambda key: TITLES.get(key, key.replace("_", " ")),
        width=360,
    )
    draw(training_figure([(info.name, training)], name), "model-training", f"{name} of each epoch")
    st.caption("Of the films that trained and tuned it: how it was made, not how good it is.")
