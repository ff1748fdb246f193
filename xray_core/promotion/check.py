"""One condition of the gate, and whether it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Figures = Mapping[str, Any]

NOTHING_TO_COMPARE = "There is no champion yet, so there is nothing to be worse than."


@dataclass(frozen=True)
class Check:
    """One condition, whether it holds, and why.

    Attributes:
        name: short name, the same for ever.
        title: what it asks, in words.
        passed: whether it holds.
        said: the evidence in sentences.
        figures: the evidence in numbers, of JSON types.
    """

    name: str
    title: str
    passed: bool
    said: str
    figures: Figures = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the check as JSON types."""
        return {
            "name": self.name,
            "passed": self.passed,
            "said": self.said,
            "figures": dict(self.figures),
        }
