"""What one model achieves on films that it has not seen."""

from dataclasses import dataclass
from typing import Any

from xray_core.evaluation.contender import Contender
from xray_core.evaluation.measured import Measured
from xray_core.evaluation.reliance import leans
from xray_core.evaluation.statistics import Bools
from xray_core.inference import Status

MOST = 0.5
"""A model that has seen more of a set than this cannot win on it, nor one for which less counts.

One that refuses most films would shrink what all are ranked on to the films that it likes.
"""


@dataclass(frozen=True, eq=False)
class ModelResult:
    """What one model achieves on the films that it has not seen.

    Attributes:
        contender: the model and its answers.
        rows: bool (N,), the films that count for it.
        measured: its figures on them.
    """

    contender: Contender
    rows: Bools
    measured: Measured

    @property
    def name(self) -> str:
        """Name of the bundle."""
        return self.contender.ref.name

    @property
    def seen(self) -> int | None:
        """Films that it has seen, as `Contender.seen`; None where the bundle does not say."""
        return int(self.contender.seen.sum()) if self.contender.known else None

    @property
    def may_win(self) -> bool:
        """Whether at least half of the set counts for it, and its AUC is defined."""
        enough = len(self.rows) > 0 and self.contender.known and not self.saw_most and self.has_most
        return bool(enough) and self.measured["auc"].value is not None

    @property
    def saw_most(self) -> bool:
        """Whether it has seen more than half of the set."""
        return bool(self.contender.seen.mean() > MOST)

    @property
    def has_most(self) -> bool:
        """Whether at least half of the set counts for it: seen, refused and unread films do not."""
        return bool(self.rows.mean() >= MOST)

    @property
    def leans(self) -> bool | None:
        """Whether it leans on shortcuts more than is allowed; None where the films cannot tell."""
        return leans(self.measured["reliance"])

    def count(self, status: Status) -> int:
        """Return how many unseen films have this status."""
        unseen = zip(self.contender.scores, self.contender.seen, strict=True)
        return sum(s is not None and s.status is status and not seen for s, seen in unseen)

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON types."""
        own, scores = self.contender, self.contender.scores
        counted = [s for s, here in zip(scores, self.rows, strict=True) if here and s]
        return {
            "name": self.name,
            "sha256": own.ref.sha256,
            "metrics": self.measured.to_json(),
            "seen": self.seen,
            "may_win": self.may_win,
            "leans_on_shortcuts": self.leans,
            "refused": self.count(Status.REFUSED),
            "errors": self.count(Status.ERROR),
            "unscored": int((~own.usable).sum()),
            "abstained": sum(s.abstain for s in counted),
            "synthetic": sum(s.synthetic for s in counted),
            "cost": own.cost.to_json() if own.cost else None,
        }
