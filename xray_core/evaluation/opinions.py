"""What a model says of labelled films, ready to be measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xray_core.evaluation.statistics import Bools, Floats
from xray_core.labels import BACTERIAL, PNEUMONIA_CLASSES, VIRAL, Label, Task

Kinds = tuple[NDArray[np.intp], Floats, Bools]


@dataclass(frozen=True, eq=False)
class Opinions:
    """The calibrated opinions of one model on N films that are NORMAL or PNEUMONIA.

    Attributes:
        task: the outputs.
        threshold: PNEUMONIA at or above it.
        probabilities: float64 (N, K), in the order of the task's outputs.
        blanked: float64 (N, 2), P(pneumonia) of each film with the lungs, and with the frame,
            blanked (`shortcuts.BLANKINGS`); NaN where it was not scored.
        labels: (N,); see `figures.has_place`.
        patients: (N,) key of each film's patient.
    """

    task: Task
    threshold: float
    probabilities: Floats
    blanked: Floats
    labels: tuple[Label, ...]
    patients: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def truth(self) -> Bools:
        """Bool (N,), True for pneumonia."""
        return np.array([label <= PNEUMONIA_CLASSES for label in self.labels], dtype=bool)

    @cached_property
    def p(self) -> Floats:
        """P(pneumonia), float64 (N,)."""
        return np.asarray(self.task.p_pneumonia(self.probabilities), np.float64)

    @property
    def called(self) -> Bools:
        """Bool (N,), True where pneumonia is called."""
        return np.asarray(self.p >= self.threshold)

    @property
    def right(self) -> Bools:
        """Bool (N,), True where what is called is true."""
        return np.asarray(self.called == self.truth)

    @cached_property
    def given(self) -> NDArray[np.intp]:
        """The most probable output of each film, (N,)."""
        return np.asarray(self.probabilities.argmax(axis=1), np.intp)

    @cached_property
    def exact(self) -> NDArray[np.intp]:
        """The output that covers all that a film's label allows, (N,); −1 where none does."""
        found = [
            next((k for k, members in enumerate(self.task.classes) if label <= members), -1)
            for label in self.labels
        ]
        return np.array(found, dtype=np.intp)

    @cached_property
    def kinds(self) -> Kinds | None:
        """Films exactly bacterial or viral: rows, p(B) / (p(B) + p(V)), True where bacterial.

        None where the task does not tell the two apart.
        """
        kinds = [frozenset({BACTERIAL}), frozenset({VIRAL})]
        if any(kind not in self.task.classes for kind in kinds):
            return None
        rows = np.array([i for i, label in enumerate(self.labels) if label in kinds], dtype=np.intp)
        # Both can underflow to 0 where the network is sure of something else: it favours neither.
        b, v = (self.probabilities[rows, self.task.classes.index(kind)] for kind in kinds)
        scores = np.divide(b, b + v, out=np.full(len(rows), 0.5), where=b + v > 0)
        return rows, scores, np.array([self.labels[i] == kinds[0] for i in rows], dtype=bool)

    def subset(self, rows: NDArray[np.bool_]) -> "Opinions":
        """Return the opinions on the films where a mask (N,) is True."""
        picked: Sequence[int] = np.flatnonzero(rows).tolist()
        return replace(
            self,
            probabilities=self.probabilities[rows],
            blanked=self.blanked[rows],
            labels=tuple(self.labels[i] for i in picked),
            patients=tuple(self.patients[i] for i in picked),
        )

    def at(self, threshold: float) -> "Opinions":
        """Return the same opinions with another threshold."""
        return replace(self, threshold=threshold)
