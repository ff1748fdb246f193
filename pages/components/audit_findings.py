"""What an audit found: icon, word and colour for each verdict, and the files to take away."""

import re
from functools import partial

import streamlit as st

from pages.components import chart
from pages.components.frame import sentence
from xray_core.datasets.audit import Audit, Finding, Verdict
from xray_core.plots.audit_probes import probe_figure
from xray_core.reports.audit_csv import audit_csv
from xray_core.reports.audit_html import audit_html
from xray_core.reports.audit_json import audit_json

BADGES = {
    Verdict.FINE: ":green[:material/check_circle: **Fine**]",
    Verdict.WARNING: ":orange[:material/warning: **Warning**]",
    Verdict.SERIOUS: ":red[:material/dangerous: **Serious**]",
}
FILES = {
    "HTML": (audit_html, "html", "text/html"),
    "JSON": (audit_json, "json", "application/json"),
    "CSV": (audit_csv, "csv", "text/csv"),
}


def show(audit: Audit) -> None:
    """Show the verdict, the findings, what tells the class, and the downloads."""
    _headline(audit)
    words, figure = st.columns([1.25, 1], gap="large")
    with words:
        st.markdown("##### Findings")
        for finding in audit.findings:
            if finding.verdict is not Verdict.FINE:
                _finding(finding)
        fine = [finding for finding in audit.findings if finding.verdict is Verdict.FINE]
        if fine:
            with st.expander(f"{len(fine)} checks are fine", icon=":material/check_circle:"):
                for finding in fine:
                    _finding(finding)
    with figure:
        st.markdown("##### What tells the class that should not")
        drawn = probe_figure(audit)
        if drawn is None:
            st.info("Too few patients to measure it.", icon=":material/group_off:")
        else:
            chart.draw(drawn, "audit-probes")
            st.caption(
                "AUC, cross-validated by patient, with its 95 % interval: 0.5 is chance. A network "
                "that scores well on such a set may never have looked at a lung."
            )
    _downloads(audit)


def _headline(audit: Audit) -> None:
    counts = {verdict: sum(f.verdict is verdict for f in audit.findings) for verdict in Verdict}
    serious, warnings = counts[Verdict.SERIOUS], counts[Verdict.WARNING]
    first = sentence(audit.findings[0].sentence) if audit.findings else ""
    if audit.verdict is Verdict.SERIOUS:
        more = f" And {serious - 1} more." if serious > 1 else ""
        st.error(f"**Serious.** {first}{more}", icon=":material/dangerous:")
    elif audit.verdict is Verdict.WARNING:
        more = f" And {warnings - 1} more." if warnings > 1 else ""
        st.warning(f"**Warning.** {first}{more}", icon=":material/warning:")
    else:
        st.success("**Fine.** No problem was found in this set.", icon=":material/check_circle:")


def _finding(finding: Finding) -> None:
    words = f"{BADGES[finding.verdict]} · **{sentence(finding.title)}**"
    st.markdown(f"{words}  \n{sentence(finding.sentence)}")
    if finding.films:
        with st.expander(f"Films, up to {len(finding.films)}"):
            st.markdown("\n".join(f"- {sentence(film)}" for film in finding.films))


def _downloads(audit: Audit) -> None:
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", audit.source).strip("-") or "films"
    places = st.columns([1, 1, 1, 3])
    for place, (label, (write, suffix, kind)) in zip(places, FILES.items(), strict=False):
        place.download_button(
            f"Audit ({label})",
            partial(write, audit),  # written when it is asked for, not at every run
            f"audit-{stem}.{suffix}",
            kind,
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
            key=f"audit-{suffix}",
        )
    places[-1].caption(f"Made in {audit.seconds:,.1f} s; the same films are audited once.")
