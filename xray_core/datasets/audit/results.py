"""What an audit found: frozen, and the same again when read back from JSON."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class Verdict(StrEnum):
    """How bad it is, from good to bad."""

    FINE = "fine"
    WARNING = "warning"
    SERIOUS = "serious"

    @classmethod
    def worst(cls, verdicts: "list[Verdict]") -> "Verdict":
        """Return the worst of them, FINE of none."""
        order = list(cls)
        return max(verdicts, key=order.index, default=cls.FINE)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Frozen):
    """One thing that was looked at.

    Attributes:
        check: what was looked at, as a short key.
        title: the same in words.
        verdict: how bad it is.
        sentence: what was found, one sentence.
        films: addresses of films that it is about, examples where there are many.
    """

    check: str
    title: str
    verdict: Verdict
    sentence: str
    films: tuple[str, ...] = ()


class Pair(_Frozen):
    """Two films that are one, or nearly so.

    Attributes:
        first: address of one.
        second: address of the other, after it in the alphabet.
        exact: True where the files are equal byte for byte.
        bits: how many of the 64 bits of the perceptual hashes differ.
        across_splits: True where they are in two splits.
        conflicting: True where no class is allowed by both labels.
    """

    first: str
    second: str
    exact: bool
    bits: int
    across_splits: bool
    conflicting: bool


class Probe(_Frozen):
    """How well a class is told from something that cannot be disease.

    Attributes:
        name: short key.
        title: the same in words.
        auc: area under the ROC curve, cross-validated by patient, of the class that is told best;
            None where there are too few patients to say.
        interval: its 95 % interval (Hanley and McNeil 1982, with patients as cases).
        contrast: what is told from what, such as `NORMAL against the rest`.
        verdict: how bad that is.
    """

    name: str
    title: str
    auc: float | None
    interval: tuple[float, float] | None
    contrast: str
    verdict: Verdict


class Audit(_Frozen):
    """All that was found in a data set.

    Attributes:
        source: name of the data set.
        films: how many there are.
        classes: label → films; films without a label are not in it.
        splits: split → films; empty where the set has none of its own.
        patients: how many there are, by the file names.
        exact_groups: groups of films equal byte for byte.
        exact_pairs: pairs within these groups.
        near_pairs: pairs that look the same under other bytes.
        pairs: the pairs of both kinds, at most `duplicates.MOST_LISTED` of each, those across
            splits or with conflicting labels first.
        leaks: patients with films in more than one split.
        probes: what tells the class that should not.
        findings: every check with its verdict, worst first.
        verdict: the worst of them.
        seconds: how long it took when it was first made.
        versions: of the audit and of what it computes with.
    """

    source: str
    films: int
    classes: dict[str, int]
    splits: dict[str, int]
    patients: int
    exact_groups: int
    exact_pairs: int
    near_pairs: int
    pairs: tuple[Pair, ...]
    leaks: tuple[str, ...]
    probes: tuple[Probe, ...]
    findings: tuple[Finding, ...]
    verdict: Verdict
    seconds: float
    versions: dict[str, str]

    def summary(self) -> dict[str, Any]:
        """Return what `dataset inspect --json` prints."""
        return {
            "classes": self.classes,
            "splits": self.splits,
            "patients": self.patients,
            "duplicates": {"exact_pairs": self.exact_pairs, "near_pairs": self.near_pairs},
            "leaks": len(self.leaks),
            "confounding": {probe.name: probe.auc for probe in self.probes},
            "verdict": self.verdict.value,
            "findings": [finding.model_dump(mode="json") for finding in self.findings],
        }
