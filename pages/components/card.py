"""The model card, and the model's figures at a glance."""

from pathlib import Path
from typing import Any

import streamlit as st

from pages.components import models, promotion_words
from pages.components.frame import sentence
from pages.components.opinion import show_performance
from xray_core.bundle import BundleInfo
from xray_core.bundle.headline import per_cent
from xray_core.errors import BundleError
from xray_core.evaluation.reliance import ALLOWED
from xray_core.evaluation.reliance_words import card_in_words
from xray_core.promotion.override_words import overrides_in_words

FOLDER = Path(__file__).parent
SHORTCUTS = (
    (
        "auc_lungs_blanked",
        "internal_test",
        "AUC, lungs blanked",
        "Without lungs the model should know nothing: 0.5. Below is reliance as much as above.",
    ),
    (
        "auc_frame_blanked",
        "internal_test",
        "AUC, frame blanked",
        "Without the frame it should lose nothing: as the AUC.",
    ),
    (
        "auc",
        "stressed_validation",
        "AUC, stressed",
        "Other frames, markers and exposures should change nothing: as on validation films{plain}.",
    ),
)
"""Figure, films that it is of, title, and what it should be."""
GLANCE = {
    "auc": "AUC, normal against pneumonia",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "accuracy": "Accuracy",
}


def prose(name: str) -> None:
    """Show a page of text that lies beside this file."""
    with st.container(width=980):
        st.markdown((FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def show() -> None:
    """Show the card of the model that gives opinions, or say what is missing."""
    try:
        info = models.champion()
    except BundleError as error:
        st.info(
            f"There is no card yet: {sentence(error)} "
            "Train a model on the page Train or take one in on the page Models, and promote it.",
            icon=":material/description:",
        )
        return
    promotion_words.show_overrides(info.sha256)
    _glance(info)
    show_performance(info.manifest)
    _shortcuts(info)
    with st.container(key="card", border=True):
        st.markdown(card_text(info))
    st.download_button(
        "Model card (Markdown)",
        "\n\n".join([*overrides_in_words(info.sha256), card_text(info)]),
        f"{info.name}.md",
        "text/markdown",
        on_click="ignore",
        icon=":material/download:",
    )


def _glance(info: BundleInfo) -> None:
    """Show the figures on films that chose nothing about the model, with their intervals."""
    figures = info.manifest.metrics.get("internal_test", {})
    if not {"n", "patients"} <= figures.keys():
        st.info("This model has not been measured on films kept apart for it.")
        return
    for column, (name, title) in zip(st.columns(len(GLANCE)), GLANCE.items(), strict=True):
        column.metric(title, _number(figures, name), border=True)
        column.caption(_interval(figures, name))
    st.caption(
        f"All internal test patients together: {figures['n']:,} films of "
        f"{figures['patients']:,} patients, who chose nothing of this model; the last three at the "
        "operating point. 95 % intervals, bootstrapped over patients. Where there are several data "
        "sets they stand apart below, and such a mean is true of none of them. "
        f"Model `{info.name}`, SHA-256 `{info.sha256[:16]}…`."
    )


def _shortcuts(info: BundleInfo) -> None:
    """Show what the model knows without the lungs, without the frame, and of stressed films."""
    metrics = info.manifest.metrics
    st.markdown("**Does it look at the lungs?**")
    if not all(name in metrics.get(role, {}) for name, role, *_ in SHORTCUTS):
        st.caption(
            "When this model was made it was not measured with the lungs or the frame blanked. "
            "`python -m xray_core evaluate` measures that on any labelled films."
        )
        return
    plain = f", {_number(metrics.get('validation', {}), 'auc')}"
    for column, (name, role, title, meaning) in zip(st.columns(3), SHORTCUTS, strict=True):
        column.metric(title, _number(metrics[role], name), border=True)
        column.caption(f"{_interval(metrics[role], name)}. {meaning.format(plain=plain)}")
    show_reliance(info)
    st.caption(
        "Blanked is what lies within, or outside, the middle 76 % of height and width, on internal "
        "test films that are cropped as the intact ones. Reliance is how far the AUC without "
        f"lungs is from 0.5, to either side; {ALLOWED:g} is allowed. Stressed are the validation "
        "films, by which its epochs were chosen, or those of the models that it was made from, so "
        "that figure flatters."
    )


def show_reliance(info: BundleInfo) -> None:
    """Say on which films a model surely leans on what lies outside the lungs, and how."""
    for words in card_in_words(info.name, info.manifest.metrics):
        st.warning(sentence(words), icon=":material/warning:")


def _number(figures: dict[str, Any], name: str) -> str:
    value = figures.get(name)
    if value is None:
        return "undefined"
    return f"{value:.3f}" if name.startswith("auc") else f"{per_cent(value)} %"


def _interval(figures: dict[str, Any], name: str) -> str:
    ends = figures.get(f"{name}_ci")
    if not ends:
        return "No interval"
    if name.startswith("auc"):
        return f"95 % interval {ends[0]:.3f} to {ends[1]:.3f}"
    return f"95 % interval {per_cent(ends[0])} to {per_cent(ends[1])} %"


def card_text(info: BundleInfo) -> str:
    """Return the card without the YAML head that only catalogues read."""
    path = info.path / "README.md"
    if not path.is_file():
        return "This model came without a card."
    text = path.read_text(encoding="utf-8")
    if text.startswith("---\n"):
        text = text.split("\n---\n", 1)[-1]
    return text.strip()
