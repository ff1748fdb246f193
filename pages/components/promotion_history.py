"""The history of the champion: every promotion and roll back, the newest first."""

from typing import Any

import streamlit as st

from pages.components import promotion_words
from pages.components.frame import sentence
from xray_core.promotion.evidence import champion_ref
from xray_core.promotion.override_words import when
from xray_core.promotion.record import Entry, Model, read_record, record_file
from xray_core.promotion.way_back import carried_out


def show() -> None:
    """Show every change of the champion with its evidence."""
    record = read_record()
    if not record:
        _empty()
        return
    st.caption(
        f"{len(record)} change{'s' * (len(record) > 1)}, the newest first, from `promotions.jsonl` "
        "under XRAY_HOME, which is only ever added to; a line that was changed later is noticed."
    )
    champion = champion_ref()
    present = Model(name=champion.name, sha256=champion.sha256) if champion else None
    happened = carried_out(record, present)
    for number, entry in reversed(list(enumerate(record))):
        with st.container(border=True):
            _one(number, entry, happened[number])
    st.download_button(
        "Record (JSON lines)",
        record_file().read_bytes(),
        "promotions.jsonl",
        "application/jsonl",
        on_click="ignore",
        icon=":material/download:",
    )


def _one(number: int, entry: Entry, happened: bool) -> None:
    rolled = entry.action == "rollback"
    icon, verb = ("undo", "came back in place of") if rolled else ("trophy", "replaced")
    former = entry.former_name
    st.markdown(
        f":material/{icon}: **{sentence(entry.model.name)}** {verb} **{sentence(former)}**, "
        f"{when(entry.at)}, by {sentence(entry.by)}"
    )
    if not happened:
        st.warning(
            "The champion was another model after this line was written: the program ended before "
            "the change came about, or the files of that model were replaced since.",
            icon=":material/warning:",
        )
    if entry.reason:
        st.markdown(f"“{sentence(entry.reason)}”")
    if entry.gate is not None:
        _gate(number, entry, entry.gate)
    st.caption(f"SHA-256 `{entry.model.sha256}`")


def _gate(number: int, entry: Entry, gate: dict[str, Any]) -> None:
    checks = gate["checks"]
    held = sum(check["passed"] for check in checks)
    how = (
        ":orange[:material/warning: **Override**: the gate had failed.]"
        if entry.overridden
        else ":green[:material/check_circle: **Gate passed**]"
    )
    st.markdown(
        f"{how} {held} of {len(checks)} checks held, on {gate['films']:,} films of "
        f"{gate['patients']:,} patients of {sentence(gate['data']['name'])}, margin "
        f"{100 * gate['margin']:g} percentage points of sensitivity{_well(gate)}."
    )
    with st.expander("The evidence", key=f"evidence-{number}"):
        for check in checks:
            said = f"{check['name']}: {sentence(check['said'])}"
            st.markdown(f"{promotion_words.mark(check['passed'])} {said}")


def _well(gate: dict[str, Any]) -> str:
    """Return the margin of specificity; promotions of old had none."""
    margin = gate.get("specificity_margin")
    return "" if margin is None else f" and {100 * margin:g} of specificity"


def _empty() -> None:
    with st.container(border=True, height=180, vertical_alignment="center"):
        st.markdown("### :material/history: No model was promoted yet")
        st.markdown(
            "The champion is the one that the software came with. When somebody promotes another, "
            "it stands here: who, when, why, and on what evidence."
        )
