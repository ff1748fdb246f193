"""The classes, labels that may be partial, and the tasks built from them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xray_core.errors import ConfigError

NORMAL, BACTERIAL, VIRAL, COVID = "NORMAL", "BACTERIAL", "VIRAL", "COVID-19"
CLASSES = (NORMAL, BACTERIAL, VIRAL, COVID)
PNEUMONIA = "PNEUMONIA"

Label = frozenset[str]
"""The classes that a film's label allows: one when it is exact, more when it is partial."""

PNEUMONIA_CLASSES: Label = frozenset({BACTERIAL, VIRAL, COVID})

TITLES = {
    NORMAL: "Normal",
    BACTERIAL: "Bacterial pneumonia",
    VIRAL: "Viral pneumonia",
    COVID: "COVID-19",
    PNEUMONIA: "Pneumonia",
}
"""What a clinician reads for each class and for PNEUMONIA."""


def label_name(label: Label) -> str:
    """Return a short name: the class, `PNEUMONIA` for all three kinds, or classes joined by `|`."""
    if label == PNEUMONIA_CLASSES:
        return PNEUMONIA
    return "|".join(name for name in CLASSES if name in label)


def parse_label(name: str) -> Label:
    """Return the label that `label_name` wrote.

    Raises:
        ConfigError: a part of the name is not a class.
    """
    if name == PNEUMONIA:
        return PNEUMONIA_CLASSES
    parts = frozenset(name.split("|"))
    if not parts <= set(CLASSES):
        raise ConfigError(f"label {name!r} is not one of {', '.join(CLASSES)} or {PNEUMONIA}.")
    return parts


@dataclass(frozen=True)
class Task:
    """An ordered list of outputs, each a set of classes.

    Attributes:
        name: short name.
        outputs: names of the outputs, in the order of the network's logits.
        classes: for each output the classes that it stands for.
    """

    name: str
    outputs: tuple[str, ...]
    classes: tuple[Label, ...]

    def allowed(self, label: Label) -> NDArray[np.bool_]:
        """Return which outputs a label allows, bool (K,); all False where the task has none."""
        return np.array([bool(label & members) for members in self.classes])

    @property
    def normal_index(self) -> int:
        """Position of the output that stands for NORMAL."""
        return next(i for i, members in enumerate(self.classes) if NORMAL in members)

    def p_pneumonia(self, probabilities: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return 1 − P(NORMAL) for probabilities (…, K)."""
        return 1.0 - probabilities[..., self.normal_index]


def _task(name: str, outputs: Iterable[tuple[str, Label]]) -> Task:
    names, classes = zip(*outputs, strict=True)
    return Task(name, names, classes)


FOUR_CLASSES = _task("four-class", [(c, frozenset({c})) for c in CLASSES])
THREE_CLASSES = _task("three-class", [(c, frozenset({c})) for c in CLASSES[:3]])
BINARY = _task("binary", [(NORMAL, frozenset({NORMAL})), (PNEUMONIA, PNEUMONIA_CLASSES)])
TASKS = (FOUR_CLASSES, THREE_CLASSES, BINARY)


def task_named(name: str) -> Task:
    """Return the task of that name.

    Raises:
        ConfigError: there is none.
    """
    for task in TASKS:
        if task.name == name:
            return task
    raise ConfigError(f"task {name!r} is not one of {', '.join(t.name for t in TASKS)}.")
