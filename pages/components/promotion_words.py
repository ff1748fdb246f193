"""Marks and sentences of promotions, the same wherever they are shown."""

import streamlit as st

from pages.components.frame import sentence
from xray_core.promotion.override_words import overrides_in_words

PASSED = ":green[:material/check_circle: **Passed**]"
FAILED = ":red[:material/cancel: **Failed**]"


def mark(passed: bool) -> str:
    """Return the icon and word of a check."""
    return PASSED if passed else FAILED


def show_overrides(sha256: str) -> None:
    """Show on a model's card, for good, that its gate had failed, and why it was promoted."""
    for said in overrides_in_words(sha256):
        st.warning(sentence(said), icon=":material/warning:")
