"""What the audit says of the chosen films, before anyone trains on them; it begins by itself."""

import streamlit as st

from pages.components import audit_job, dataset_source, train_data
from pages.components.fragment import fragment
from pages.components.frame import DATASETS, boundary, sentence
from xray_core.datasets.audit import Audit, Verdict

POLL_SECONDS = 0.7
BEGUN, DECLINED = "train-audit-begun", "train-audit-declined"
"""Keys of the session: the set whose audit was begun here, and the sets that are not audited."""
POLLING = "train-audit-polling"


@boundary()
def show(path: str) -> None:
    """Show the verdict that there is; where there is none, audit the films in the background."""
    _leave_others(path)
    found = _found(path)
    if found is not None:
        _verdict(found, path)
        return
    _begin(path)
    job = audit_job.asked(path, train_data.hashed(path))
    waiting = job is not None and job.running
    st.session_state[POLLING] = waiting
    fragment(_line, run_every=POLL_SECONDS if waiting else None)(path)


def _found(path: str) -> Audit | None:
    """Return what was found by anybody, or in this session where nothing can be kept."""
    if (known := train_data.audited(path)) is not None:
        return known
    made = audit_job.outcome(path, train_data.hashed(path))
    return made.audit if made else None


def _begin(path: str) -> None:
    """Begin to audit films, or join who does, unless the user stopped that or wants it already."""
    dataset = train_data.hashed(path)
    if path in _declined() or audit_job.asked(path, dataset) is not None:
        return
    audit_job.start(path, dataset)
    st.session_state[BEGUN] = (path, dataset)


def _leave_others(path: str) -> None:
    """Stop the audit that was begun here for films that are no longer chosen.

    One runs at a time, and what it has measured is kept for the next.
    """
    before, dataset = st.session_state.get(BEGUN, (path, None))
    if before == path:
        return
    del st.session_state[BEGUN]
    job = audit_job.asked(before, dataset)
    if job is not None and job.running:
        audit_job.cancel(before, dataset)


def _declined() -> set[str]:
    declined: set[str] = st.session_state.setdefault(DECLINED, set())
    return declined


def _verdict(audit: Audit, path: str) -> None:
    if audit.verdict is Verdict.FINE:
        st.success("**Audit: fine.** No problem was found in these films.", icon=":material/check:")
        return
    found = [finding for finding in audit.findings if finding.verdict is audit.verdict]
    lines = "\n".join(f"- **{sentence(f.title)}**: {sentence(f.sentence)}" for f in found)
    words, link = st.columns([5, 1.4], vertical_alignment="center")
    if audit.verdict is Verdict.SERIOUS:
        words.error(
            "**Audit: serious.** A network may learn something other than the disease from these "
            f"films.\n{lines}",
            icon=":material/dangerous:",
        )
    else:
        words.warning(f"**Audit: warning.**\n{lines}", icon=":material/warning:")
    if link.button("See the audit", icon=":material/fact_check:", width="stretch"):
        audit_job.start(path, train_data.hashed(path))
        dataset_source.turn_to(path)
        st.session_state["dataset-tab"] = "Audit"
        st.switch_page(DATASETS)


def _line(path: str) -> None:
    dataset = train_data.hashed(path)
    job = audit_job.asked(path, dataset)
    if st.session_state[POLLING] and not (job and job.running):
        st.rerun()  # the whole page, so that the polling ends and the verdict is there
    words, act = st.columns([5, 1.4], vertical_alignment="center")
    if job is None or job.failed:
        why = "The audit of these films failed" if job else "Nobody has audited these films yet"
        words.markdown(
            f":material/help: {why}: whether their label can be told without a look at the lungs "
            "is not known."
        )
        if act.button("Audit them", icon=":material/fact_check:", width="stretch"):
            _declined().discard(path)
            if job:
                audit_job.forget(path)
            audit_job.start(path, dataset)
            st.rerun()
    elif job.running:
        what, done, total = job.step
        text = f"Audit: {what}, {done:,} of {total:,}" if total else f"Audit: {what} …"
        words.progress(done / total if total else 0.0, text)
        if act.button("Cancel", icon=":material/close:", key="train-audit-cancel", width="stretch"):
            _declined().add(path)
            audit_job.cancel(path, dataset)
            st.rerun()
    else:  # it has ended since the page looked for the verdict
        st.rerun()
