"""Promote: choose a challenger and films, see the evidence, then put it in charge."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.components import model_store, promotion_evidence, promotion_job
from pages.components.fragment import fragment
from pages.components.promotion_job import Margins, Question
from xray_core.bundle import BundleInfo
from xray_core.promotion.gate import MARGIN, MARGINS, SPECIFICITY_MARGIN
from xray_core.promotion.in_words import points
from xray_core.promotion.noninferiority import least_patients

POLL_SECONDS = 0.5
PARTS = {
    None: "All films",
    "internal_test": "Internal test patients (kept apart by the project)",
    "test": "Folder test",
    "val": "Folder val",
}


@dataclass(frozen=True)
class Wish:
    """What a session wants judged."""

    question: Question
    margins: Margins


def show() -> None:
    """Show the form, then the progress or the evidence."""
    store = model_store.now()
    champion = store.champion
    others = [i for i in store.usable.values() if i.kind == "classifier" and not i.champion]
    if not others:
        _empty()
        return
    form, result = st.columns([1, 2.1], gap="medium")
    with form:
        _form(champion, others)
    wish: Wish | None = st.session_state.get("promotion-wish")
    job = promotion_job.job_of(wish.question) if wish else None
    waiting = job is not None and job.running
    st.session_state["promotion-polling"] = waiting
    with result:
        fragment(_result, run_every=POLL_SECONDS if waiting else None)()


def _form(champion: BundleInfo | None, others: list[BundleInfo]) -> None:
    state = st.session_state
    kept = state.setdefault("promotion-form", {"data": state.get("browse-folder", "")})
    names = [info.name for info in others]
    with st.form("promotion", border=False):
        name = st.selectbox(
            "Challenger",
            names,
            index=names.index(kept["name"]) if kept.get("name") in names else 0,
            help="The model to be promoted.",
        )
        data = st.text_input(
            "Labelled films",
            kept["data"],
            placeholder="/path/to/films",
            help="Folder, archive (.zip, .tar.gz) or MedMNIST file (.npz) on this computer.",
        )
        parts = list(PARTS)
        part = st.selectbox(
            "Which of them",
            parts,
            index=parts.index(kept.get("part")),
            format_func=PARTS.__getitem__,
        )
        margins = Margins(
            _margin("sensitivity", kept, MARGIN),
            _margin("specificity", kept, SPECIFICITY_MARGIN),
        )
        asked = st.form_submit_button(
            "Judge", type="primary", icon=":material/gavel:", width="stretch"
        )
    ill, well = kept.get("sensitivity", MARGIN), kept.get("specificity", SPECIFICITY_MARGIN)
    st.caption(
        f"A margin of {points(ill)} of sensitivity needs films with pneumonia of at least "
        f"{least_patients(ill):,} patients that neither model has seen, and one of {points(well)} "
        f"of specificity films without of at least {least_patients(well):,}, even if the two "
        "never differ; more where they do. Films are scored once and kept."
    )
    if asked:
        state["promotion-form"] = {"name": name, "data": data, "part": part, **margins._asdict()}
        against = champion.sha256 if champion else ""
        sha256 = next(info.sha256 for info in others if info.name == name)
        question = Question(name, sha256, against, data.strip(), part)
        promotion_job.again(question)
        state["promotion-wish"] = Wish(question, margins)
        st.rerun()


def _margin(of: str, kept: dict[str, Any], default: float) -> float:
    """Ask by how much a share may be lower; in percentage points, kept as a share."""
    low, high = (100 * limit for limit in MARGINS)
    asked = st.number_input(
        f"Margin, percentage points of {of}",
        low,
        high,
        100 * kept.get(of, default),
        0.5,
        format="%.1f",
        help=f"By how much the challenger's {of} may be lower, with 95 % confidence.",
    )
    return round(asked, 6) / 100


def _result() -> None:
    wish: Wish | None = st.session_state.get("promotion-wish")
    job = promotion_job.job_of(wish.question) if wish else None
    if st.session_state["promotion-polling"] and not (job and job.running):
        st.rerun()  # the whole page, so that the polling ends
    if wish is None or job is None:
        _invitation()
    elif job.running:
        _progress(job)
    else:
        promotion_evidence.show(wish.question, wish.margins, job.result())


def _progress(job: promotion_job.Job) -> None:
    with st.container(border=True, height=180, vertical_alignment="center"):
        text = f"{job.done:,} of {job.total:,} films scored" if job.total else "Reading the films …"
        st.progress(job.share, text)
        st.caption("Both models read every film as Diagnose does. What is scored is kept.")
        if st.button("Cancel", icon=":material/close:", key="promotion-cancel"):
            job.leave()
            st.session_state.pop("promotion-wish", None)
            st.rerun()


def _invitation() -> None:
    with st.container(border=True, height=320, vertical_alignment="center"):
        st.markdown("### :material/gavel: Is it good enough to give the opinions?")
        st.markdown(
            "Choose a challenger and labelled films, then press **Judge**. Champion and challenger "
            "read the same films, those left out that either has seen. Six checks are made: "
            "sensitivity, specificity, calibration, shortcuts, films that were seen, and files. "
            "You see the evidence before anything changes."
        )


def _empty() -> None:
    with st.container(border=True, height=180, vertical_alignment="center"):
        st.markdown("### :material/gavel: There is nobody to promote")
        st.markdown(
            "The champion is the only classifier that is installed. Train another one on the page "
            "Train, or take one in under **Import**."
        )
