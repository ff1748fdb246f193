"""What is said of a model, for good, that became the champion although its gate had failed."""

from datetime import datetime

from xray_core.errors import PromotionError
from xray_core.promotion.record import Entry, overrides


def when(at: datetime) -> str:
    """Return a time as words, in UTC: it is the same wherever the record is read."""
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


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
    """Return what stands on the card of a bundle for good, if its gate had failed.

    Where the record cannot be relied on that is said instead: it may have held an override.
    """
    try:
        return tuple(override_in_words(entry) for entry in overrides(sha256))
    except PromotionError as error:
        return (str(error),)


def promotions_md(name: str, sha256: str) -> str:
    """Return `PROMOTIONS.md`, which goes with a bundle that leaves this computer.

    The bundle itself is as it was trained, and so is its hash; this lies beside it.

    Args:
        name: of the bundle.
        sha256: of the bundle.

    Returns:
        Markdown; empty where no gate of this bundle was overridden.
    """
    said = overrides_in_words(sha256)
    if not said:
        return ""
    lines = [
        f"# {name}: promoted although its gate had failed",
        f"SHA-256 of the model: `{sha256}`. That hash does not cover this file, which is from the "
        "record of promotions of the computer that the model comes from.",
        *(f"- {one}" for one in said),
    ]
    return "\n\n".join(lines) + "\n"
