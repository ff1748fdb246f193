"""Times, marks and sentences of promotions, the same wherever they are shown."""

from datetime import datetime

import streamlit as st

from pages.components.frame import sentence
from xray_core.errors import XrayError
from xray_core.promotion.record import Entry, overrides

PASSED = ":green[:material/check_circle: **Passed**]"
FAILED = ":red[:material/cancel: **Failed**]"


def when(at: datetime) -> str:
    """Return a time as words, in UTC: it is the same wherever the record is read."""
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def mark(passed: bool) -> str:
    """Return the icon and word of a check."""
    return PASSED if passed else FAILED


def override_in_words(entry: Entry) -> str:
    """Return what stands on the card of a model that was promoted although its gate had failed."""
    checks = (entry.gate or {}).get("checks", [])
    said = " ".join(check["said"] for check in checks if not check["passed"])
    return (
        f"Promoted on {when(entry.at)} by {entry.by} although the gate had failed "
        f"({', '.join(entry.failed)}). The reason given: “{entry.reason}” "
        f"The gate had found: {said}"
    )


def overrides_in_words(sha256: str) -> tuple[str, ...]:
    """Return what stands on the card of a bundle for good, if its gate had failed."""
    try:
        return tuple(override_in_words(entry) for entry in overrides(sha256))
    except XrayError as error:
        return (str(error),)


def show_overrides(sha256: str) -> None:
    """Show on a model's card, for good, that its gate had failed, and why it was promoted."""
    for said in overrides_in_words(sha256):
        st.warning(sentence(said), icon=":material/warning:")
