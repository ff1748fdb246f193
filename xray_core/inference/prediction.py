"""What the software says of one film."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Whether there is an opinion: `refused` is readable but unsuitable, `error` is unreadable."""

    OK = "ok"
    REFUSED = "refused"
    ERROR = "error"


class Decision(StrEnum):
    """The decision at the operating point, or that the model abstains."""

    PNEUMONIA = "PNEUMONIA"
    NORMAL = "NORMAL"
    ABSTAIN = "ABSTAIN"


@dataclass(frozen=True)
class ModelRef:
    """The bundle that gave an opinion: its name and SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Prediction:
    """The opinion on one film, or why there is none.

    Attributes:
        source: name of the file.
        sha256: of the file's bytes.
        status: ok, refused or error.
        probabilities: calibrated probability of each output, summing to 1; None without opinion.
        p_pneumonia: 1 − P(NORMAL), in [0, 1].
        decision: against the operating point, or ABSTAIN; None without opinion.
        threshold: of the operating point: PNEUMONIA at or above it.
        reasons: sentences: warnings, why the model abstains, or why there is no opinion.
        model: the bundle.
        seconds: from bytes to opinion.
    """

    source: str
    sha256: str
    status: Status
    probabilities: dict[str, float] | None
    p_pneumonia: float | None
    decision: Decision | None
    threshold: float | None
    reasons: tuple[str, ...]
    model: ModelRef
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the prediction as JSON types, in the order that `predict --json` prints."""
        return {
            "source": self.source,
            "sha256": self.sha256,
            "status": self.status.value,
            "probabilities": self.probabilities,
            "p_pneumonia": self.p_pneumonia,
            "decision": self.decision.value if self.decision else None,
            "threshold": self.threshold,
            "reasons": list(self.reasons),
            "model": {"name": self.model.name, "sha256": self.model.sha256},
            "seconds": round(self.seconds, 4),
        }
