"""What was chosen on the form: Streamlit forgets a widget that a page or a tab does not show."""

from typing import Any

import streamlit as st


def begin(key: str, value: Any) -> None:
    """Give a widget that is shown anew what was last chosen in it, or the value to begin with.

    Args:
        key: of the widget, which is then made without a value of its own.
        value: to begin with.
    """
    if key not in st.session_state:
        st.session_state[key] = _kept().get(key, value)


def keep(key: str, value: Any) -> Any:
    """Keep what a widget says, and return it."""
    _kept()[key] = value
    return value


def forget(key: str) -> None:
    """Let a widget begin again when it is shown anew."""
    _kept().pop(key, None)


def _kept() -> dict[str, Any]:
    found: dict[str, Any] = st.session_state.setdefault("train-kept", {})
    return found
