"""The audit: started, watched, cancelled, read and taken away."""

import streamlit as st

from pages.components import audit_findings, audit_job
from pages.components.audit_job import AuditJob
from pages.components.fragment import fragment
from xray_core.datasets.dataset import Dataset

POLL_SECONDS = 0.7
HEIGHT = 300


def show(path: str, dataset: Dataset) -> None:
    """Show the invitation, the progress or the findings; while it runs, look again every moment."""
    job = audit_job.asked(path, dataset)
    waiting = job is not None and job.running
    st.session_state["audit-polling"] = waiting
    fragment(_panel, run_every=POLL_SECONDS if waiting else None)(path, dataset)


def _panel(path: str, dataset: Dataset) -> None:
    job = audit_job.asked(path, dataset)
    if st.session_state["audit-polling"] and not (job and job.running):
        st.rerun()  # the whole page, so that the polling ends
    if job is None:
        _invitation(path, dataset)
    elif job.running:
        _progress(job, path, dataset)
    else:
        if job.failed:
            _again(path, dataset)
        audit_findings.show(job.future.result().audit)


def _invitation(path: str, dataset: Dataset) -> None:
    with st.container(border=True, height=HEIGHT, vertical_alignment="center"):
        st.markdown("### :material/fact_check: What is wrong with these films?")
        st.markdown(
            "The audit reads every film once and looks for files that are no films, duplicates, "
            "patients in two splits, labels that contradict, too few films, and for what tells "
            "the class although it cannot be disease: border, markers, sharpness, file size. "
            "A film that was read before is not read again."
        )
        if st.button(f"Audit {len(dataset):,} films", type="primary", icon=":material/fact_check:"):
            audit_job.start(path, dataset)
            st.rerun()


def _again(path: str, dataset: Dataset) -> None:
    """Offer to audit once more; `boundary` says below why it failed."""
    if st.button("Try again", icon=":material/refresh:", key="audit-again"):
        audit_job.forget(path)
        audit_job.start(path, dataset)
        st.rerun()


def _progress(job: AuditJob, path: str, dataset: Dataset) -> None:
    what, done, total = job.step
    with st.container(border=True, height=HEIGHT, vertical_alignment="center"):
        st.markdown("### :material/hourglass_top: Auditing")
        text = f"{what}: {done:,} of {total:,}" if total else f"{what} …"
        st.progress(done / total if total else 0.0, text)
        st.caption("It goes on while you look at other tabs and pages.")
        if st.button("Cancel", icon=":material/close:", key="audit-cancel"):
            audit_job.cancel(path, dataset)
            st.rerun()
