"""What the checks of a film's pixels come to."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Quality:
    """What a film's pixels say of an opinion on it.

    Attributes:
        abstain: sentences; where there is one, the film cannot carry an opinion.
        warnings: sentences that stand beside the opinion, those of the reader first.
    """

    abstain: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @classmethod
    def joined(cls, found: Iterable["Quality"]) -> "Quality":
        """Return what several checks found, in their order, each sentence once."""
        every = tuple(found)
        return cls(
            tuple(dict.fromkeys(words for each in every for words in each.abstain)),
            tuple(dict.fromkeys(words for each in every for words in each.warnings)),
        )


GOOD = Quality()
"""Nothing needs to be said."""
