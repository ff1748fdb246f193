"""Whether a model has learnt anything, by its validation films."""

from collections.abc import Mapping
from typing import Any

GUESSING = 0.55
"""AUC on the validation films at or below which a model has learnt nothing: a coin has 0.5."""


def nothing_learnt(metrics: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the sentence that a model has learnt nothing, or None where it has.

    Args:
        metrics: of a bundle, by role.
    """
    area = metrics.get("validation", {}).get("auc")
    if area is None or area > GUESSING:
        return None
    return (
        f"This model has learnt nothing: its AUC on the validation films is {area:.3f}, and "
        "guessing gives 0.5; try another seed, a lower rate or a larger network."
    )
