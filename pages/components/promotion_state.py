"""Who is the champion now, since when and why, and the one click back."""

from itertools import compress

import streamlit as st

from pages.components import model_store
from pages.components.frame import sentence
from xray_core.errors import XrayError
from xray_core.promotion.champion import rollback
from xray_core.promotion.evidence import champion_ref
from xray_core.promotion.override_words import when
from xray_core.promotion.record import Model, read_record
from xray_core.promotion.way_back import carried_out, way_back


def show() -> None:
    """Show the champion, and what has just been done."""
    if said := st.session_state.pop("models-said", ""):
        st.success(sentence(said), icon=":material/check_circle:")
    if failed := st.session_state.pop("models-failed", ""):
        st.error(sentence(failed), icon=":material/error:")
    champion = champion_ref()
    with st.container(border=True, key="champion"):
        if champion is None:
            st.markdown("**No champion**: no model gives opinions yet.")
            return
        words, way = st.columns([1.6, 1], vertical_alignment="center")
        words.markdown(
            f":material/trophy: **{sentence(champion.name)}** is the champion: it gives the "
            f"opinions. SHA-256 `{champion.sha256[:12]}…`"
        )
        words.caption(_since(Model(name=champion.name, sha256=champion.sha256)))
        if damage := model_store.now().damaged.get(champion.name):
            words.error(f"It gives no opinions: {sentence(damage)}", icon=":material/error:")
        with way:
            _way_back()


def tell(said: str) -> None:
    """Keep a sentence to be shown on top of the page when it runs again."""
    st.session_state["models-said"] = said


def name_input(where: str) -> str:
    """Ask who it is; the name is kept for the other places that ask."""
    state = st.session_state
    key = f"promoter-{where}"
    state.setdefault(key, state.get("promoter", ""))
    name = st.text_input(
        "Your name", key=key, max_chars=100, placeholder="Your name, for the record"
    )
    state["promoter"] = name.strip()
    return str(state["promoter"])


def _since(champion: Model) -> str:
    try:
        record = read_record()
    except XrayError as error:
        return f":red[:material/error: {sentence(error)}]"
    happened = list(compress(record, carried_out(record, champion)))
    if not happened or happened[-1].model != champion:
        return "It came with the software, or was named by hand: no promotion is on record."
    entry = happened[-1]
    how = "promoted" if entry.action == "promote" else "brought back"
    reason = f": {sentence(entry.reason)}" if entry.reason else ""
    over = " :orange[:material/warning: The gate had failed.]" if entry.overridden else ""
    return f"{when(entry.at)}, {how} by {sentence(entry.by)}{reason}{over}"


def _way_back() -> None:
    try:
        back = way_back()
    except XrayError as error:
        st.caption(f":material/error: {sentence(error)}")
        return
    if back is None:
        st.caption("There is no promotion to roll back.")
        return
    name, button = st.columns([1, 1.3], vertical_alignment="bottom")
    with name:
        by = name_input("back")
    button.button(
        f"Roll back to {back.name}",
        icon=":material/undo:",
        width="stretch",
        disabled=not by,
        help=None if by else "Type your name first: a roll back is recorded too.",
        on_click=_roll_back,
        args=(back, by),
    )


def _roll_back(back: Model, by: str) -> None:
    try:
        entry = rollback(by=by, expected=back)
    except XrayError as error:
        st.session_state["models-failed"] = str(error)
        return
    tell(f"{entry.model.name} is the champion again. Diagnose uses it now, in every open session.")
