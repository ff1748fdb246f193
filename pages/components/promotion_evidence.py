"""The evidence, check by check, and the form that puts the challenger in charge."""

import streamlit as st

from pages.components import chart, promotion_job, promotion_state, promotion_words
from pages.components.frame import boundary, sentence
from pages.components.promotion_job import Margins, Question
from xray_core.plots.promotion import difference_figure
from xray_core.promotion.champion import MIN_OVERRIDE, promote
from xray_core.promotion.evidence import Evidence
from xray_core.promotion.gate import Gate


def show(question: Question, margins: Margins, evidence: Evidence) -> None:
    """Show every check with its evidence, then what may be done."""
    gate = promotion_job.gate_of(question, margins, evidence)
    against = sentence(gate.champion.name) if gate.champion else "no champion"
    if gate.passed:
        st.success(
            f"**{sentence(gate.challenger.name)}** passes the gate against **{against}**.",
            icon=":material/check_circle:",
        )
    else:
        st.error(
            f"**{sentence(gate.challenger.name)}** does not pass the gate against **{against}**: "
            f"{len(gate.failed)} of {len(gate.checks)} checks failed.",
            icon=":material/cancel:",
        )
    st.caption(
        f"{sentence(gate.data.name)}: {gate.data.films:,} films, of which {gate.films:,} of "
        f"{gate.patients:,} patients count. Films SHA-256 `{gate.data.sha256[:12]}…`"
    )
    for check in gate.checks:
        with st.container(border=True, key=f"check-{check.name}"):
            st.markdown(f"{promotion_words.mark(check.passed)} {sentence(check.title)}")
            if "lower_bound" in check.figures:
                figure = difference_figure(check.figures, check.figures["margin"])
                chart.draw(figure, f"difference-{check.name}")
            st.caption(sentence(check.said))
    _sign(gate)


@boundary()
def _sign(gate: Gate) -> None:
    """Ask for a name and a reason, and promote."""
    with st.container(border=True, key="promotion-sign"):
        st.markdown(f"**Make {sentence(gate.challenger.name)} the champion**")
        by = promotion_state.name_input("sign")
        reason = st.text_area(
            "Reason",
            key="promotion-reason",
            max_chars=2000,
            height=80,
            placeholder="Why it is to give the opinions, for the record",
        )
        override = False
        if not gate.passed:
            override = st.checkbox(
                "Promote although the gate failed. The reason and what failed stay on this model's "
                f"card for good; at least {MIN_OVERRIDE} characters.",
                key="promotion-override",
            )
        ready = bool(by and reason.strip()) and (gate.passed or override)
        if st.button(
            "Promote" if gate.passed else "Promote all the same",
            type="primary" if gate.passed else "secondary",
            icon=":material/trophy:",
            disabled=not ready,
            key="promotion-promote",
        ):
            entry = promote(gate, by=by, reason=reason, override=override)
            for key in ("promotion-wish", "promotion-reason", "promotion-override"):
                st.session_state.pop(key, None)
            promotion_state.tell(
                f"{entry.model.name} is the champion now. Diagnose uses it, in every open session."
            )
            st.rerun(scope="app")
        if not ready:
            st.caption("A name and a reason are needed; both are written into the record.")
