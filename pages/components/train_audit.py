"""What the audit says of the chosen films, before anyone trains on them."""

import streamlit as st

from pages.components import audit_job, train_data
from pages.components.frame import DATASETS, boundary, sentence
from xray_core.datasets.audit import Audit, Verdict

POLL_SECONDS = 0.7


@boundary()
def show(path: str) -> None:
    """Show the verdict that there is, or say that there is none and offer to make one."""
    found = _found(path)
    if found is not None:
        _verdict(found, path)
        return
    job = audit_job.asked(path, train_data.hashed(path))
    waiting = job is not None and job.running
    st.fragment(_line, run_every=POLL_SECONDS if waiting else None)(path)


def _found(path: str) -> Audit | None:
    """Return what was found by anybody, or in this session where nothing can be kept."""
    if (known := train_data.audited(path)) is not None:
        return known
    made = audit_job.outcome(path, train_data.hashed(path))
    return made.audit if made else None


def _verdict(audit: Audit, path: str) -> None:
    if audit.verdict is Verdict.FINE:
        st.success(
            "**Audit: fine.** Nothing was found against these films.", icon=":material/check:"
        )
        return
    found = [finding for finding in audit.findings if finding.verdict is audit.verdict]
    lines = "\n".join(f"- **{sentence(f.title)}**: {sentence(f.sentence)}" for f in found)
    words, link = st.columns([5, 1.4], vertical_alignment="center")
    if audit.verdict is Verdict.SERIOUS:
        words.error(
            "**Audit: serious.** What a network learns from these films may be none of the "
            f"disease.\n{lines}",
            icon=":material/dangerous:",
        )
    else:
        words.warning(f"**Audit: warning.**\n{lines}", icon=":material/warning:")
    if link.button("See the audit", icon=":material/fact_check:", width="stretch"):
        audit_job.start(path, train_data.hashed(path))
        st.session_state["dataset-next"] = path
        st.session_state["dataset-tab"] = "Audit"
        st.switch_page(DATASETS)


@boundary()
def _line(path: str) -> None:
    dataset = train_data.hashed(path)
    job = audit_job.asked(path, dataset)
    words, act = st.columns([5, 1.4], vertical_alignment="center")
    if job is None:
        words.markdown(
            ":material/help: Nobody has audited these films yet: whether their label can be told "
            "without a look at the lungs is not known."
        )
        if act.button("Audit them", icon=":material/fact_check:", width="stretch"):
            audit_job.start(path, dataset)
            st.rerun()
    elif job.running:
        what, done, total = job.step
        text = f"Audit: {what}, {done:,} of {total:,}" if total else f"Audit: {what} …"
        words.progress(done / total if total else 0.0, text)
        if act.button("Cancel", icon=":material/close:", key="train-audit-cancel", width="stretch"):
            audit_job.cancel(path, dataset)
            st.rerun()
    else:
        st.rerun()  # the whole page, so that the polling ends and the verdict is there
