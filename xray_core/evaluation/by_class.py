"""How well a model tells the classes apart: figures of each, and films of each given to each.

Over exactly labelled films, by the most probable output, see `measures.statistics_of`.
"""

from dataclasses import dataclass

import numpy as np

from xray_core.bundle import Interval
from xray_core.evaluation.measured import Measured
from xray_core.evaluation.measures import PER_CLASS
from xray_core.evaluation.opinions import Opinions


@dataclass(frozen=True)
class ClassRow:
    """One class of one model.

    Attributes:
        name: output of the task.
        figures: `precision`, `recall` and `f1` with 95 % intervals over patients.
        films: films of this class.
    """

    name: str
    figures: dict[str, Interval]
    films: int


def by_class(measured: Measured) -> list[ClassRow]:
    """Return the figures of each output of a model's task, in its order."""
    opinions = measured.opinions
    return [
        ClassRow(
            name,
            {kind: measured[f"{kind}:{name}"] for kind in PER_CLASS},
            int((opinions.exact == k).sum()),
        )
        for k, name in enumerate(opinions.task.outputs)
    ]


def class_matrix(opinions: Opinions) -> tuple[tuple[int, ...], ...]:
    """Return films that are exactly labelled, (K, K): a row a class, a column an output given."""
    size, known = len(opinions.task.outputs), opinions.exact >= 0
    films = np.zeros((size, size), np.intp)
    np.add.at(films, (opinions.exact[known], opinions.given[known]), 1)
    return tuple(tuple(row) for row in films.tolist())
