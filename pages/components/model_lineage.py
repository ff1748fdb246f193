"""What a bundle has achieved, and what it was made from."""

from typing import Any

import streamlit as st

from pages.components.card import show_reliance
from pages.components.frame import sentence
from xray_core.bundle import BundleInfo
from xray_core.bundle.lineage import Lineage, lineage_of
from xray_core.evaluation.figures import ends
from xray_core.evaluation.reliance import ALLOWED, reliance_of
from xray_core.evaluation.reliance_words import interval_of

ROLES = {
    "internal_test": "Internal test: patients used for nothing else",
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
PER_CENT = {"sensitivity", "specificity"}


def figures(info: BundleInfo) -> None:
    """Show the figures of each set of films with their intervals, those kept apart first."""
    metrics = {key: _with_reliance(found) for key, found in info.manifest.metrics.items()}
    if not metrics:
        st.info("No figures came with this model.")
        return
    show_reliance(info)
    for role in sorted({key.split("/")[0] for key in metrics}, key=_place):
        of_role = {key: m for key, m in metrics.items() if key.split("/")[0] == role}
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
        interval = f" ({100 * ends[0]:.1f} to {100 * ends[1]:.1f})" if ends else ""
        return f"{100 * value:.1f} %{interval}"
    return f"{value:.3f}" + (f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else "")


def show(info: BundleInfo) -> None:
    """Show data, division of patients, start weights, configuration and environment."""
    lineage = lineage_of(info)
    _films(lineage)
    lungs = info.manifest.preprocessing.lungs
    crop = (
        f"crops to the lungs that `{lungs.name}` (`{lungs.sha256[:12]}…`) finds; " if lungs else ""
    )
    start = lineage.start or "not stated"
    st.markdown(
        f"**Network** `{info.manifest.network}`, {info.manifest.input.size} px; {crop}"
        f"**weights began as** {sentence(start)}; **seed** {lineage.seed}; "
        f"**patients divided by** {sentence(lineage.manifest or 'not stated')}."
    )
    made = ", ".join(f"{name} {version}" for name, version in lineage.environment.items())
    st.markdown(f"**Made with** {sentence(made or 'not stated')}.")
    with st.expander("The whole configuration"):
        st.json(lineage.config or {"": "not stated"}, expanded=2)


def _films(lineage: Lineage) -> None:
    if not lineage.films:
        st.warning(
            "Its `films.csv` lists no film, so nobody can tell which films it has seen.",
            icon=":material/warning:",
        )
        return
    who = {data.get("source"): data for data in lineage.config.get("data", [])}
    rows = ["| data set | train | validation | internal test | who |", "| --- |" + " --- |" * 4]
    for source in lineage.sources:
        counts = [
            _count(lineage, source, role) for role in ("train", "validation", "internal_test")
        ]
        whom = sentence(who.get(source, {}).get("population", "not stated"))
        rows.append(f"| {sentence(source)} | " + " | ".join(counts) + f" | {whom} |")
    st.markdown("\n".join(rows))
    st.caption("Films (patients), as `films.csv` of the bundle lists them by SHA-256.")


def _count(lineage: Lineage, source: str, role: str) -> str:
    films = lineage.films.get((source, role), 0)
    return f"{films:,} ({lineage.patients[source, role]:,})" if films else "none"
