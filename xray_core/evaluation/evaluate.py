"""A model on the films of a data set, read and refused exactly as one film is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Interval
from xray_core.datasets.dataset import Dataset
from xray_core.errors import DatasetError, FilmError, UnsuitableFilm
from xray_core.evaluation.figures import Figures, figures, has_place
from xray_core.evaluation.selection import roles_in_training, select_split
from xray_core.evaluation.shortcuts import (
    BLANKINGS,
    blanked_inputs,
    shortcut_figures,
    shortcuts_to_json,
)
from xray_core.imaging.guard import PROCESSES, read_guarded
from xray_core.inference import Classifier, ModelRef, Status

BATCH = 64

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LeftOut:
    """A film without an opinion: where it is in the data set, `refused` or `error`, and why."""

    path: str
    status: Status
    reason: str


@dataclass(frozen=True)
class Evaluation:
    """The figures of a model on a data set, and what was left out of them.

    Attributes:
        model: the bundle.
        figures: over the films that were scored.
        shortcuts: AUC of the same films blanked, by the names of `shortcuts.BLANKINGS`.
        left_out: readable films that the model would not judge, and files that cannot be read.
        unscored: films whose label the model's task has no place for; not read.
        abstained: scored films on which the model would abstain; they count in the figures.
        synthetic: scored films that are phantoms.
        roles: scored films that the model was made with, by role (`train`, `validation`, …).
    """

    model: ModelRef
    figures: Figures
    shortcuts: dict[str, Interval]
    left_out: tuple[LeftOut, ...]
    unscored: int
    abstained: int
    synthetic: int
    roles: dict[str, int]

    def count(self, status: Status) -> int:
        """Return how many films were left out with this status."""
        return sum(film.status is status for film in self.left_out)

    def to_json(self) -> dict[str, Any]:
        """Return the evaluation as JSON types, in the order that `evaluate --json` prints."""
        return {
            "model": self.model.name,
            "n": self.figures.n,
            "refused": self.count(Status.REFUSED),
            **self.figures.to_json(),
            **shortcuts_to_json(self.shortcuts),
            "model_sha256": self.model.sha256,
            "errors": self.count(Status.ERROR),
            "unscored": self.unscored,
            "abstained": self.abstained,
            "synthetic": self.synthetic,
            "roles": self.roles,
            "left_out": [
                {"path": film.path, "status": film.status.value, "reason": film.reason}
                for film in self.left_out
            ],
        }


def evaluate(
    classifier: Classifier,
    dataset: Dataset,
    *,
    split: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Return how a model does on labelled films, at its operating point.

    Args:
        classifier: the model.
        dataset: labelled films; labels may be partial.
        split: see `selection.select_split`.
        seed: of the bootstrap.
        progress: told (films read, films in all) after each batch.

    Raises:
        DatasetError: there is no such split.
    """
    task, dataset = classifier.task, select_split(dataset, split)
    usable = np.array([has_place(label, task) for label in dataset.labels()], dtype=bool)
    unscored, dataset = int(np.sum(~usable)), dataset.subset(usable)
    looks, p = _score(classifier, dataset, progress)
    scored = dataset.subset(np.array([look.left_out is None for look in looks], dtype=bool))
    threshold = classifier.manifest.operating_point.threshold
    labels, people = scored.labels(), scored.table["patient"].tolist()
    return Evaluation(
        model=ModelRef(classifier.name, classifier.sha256),
        figures=figures(p[:, 0], labels, people, task, threshold, seed=seed),
        shortcuts=shortcut_figures(p[:, 1:], labels, people, task, seed=seed),
        left_out=tuple(look.left_out for look in looks if look.left_out),
        unscored=unscored,
        abstained=sum(look.abstain for look in looks),
        synthetic=sum(look.synthetic for look in looks),
        roles=roles_in_training(classifier, scored.table["sha256"].tolist()),
    )


@dataclass(frozen=True)
class _Look:
    """What came of reading one film: its inputs until they are scored, or why it is left out.

    Attributes:
        inputs: float32 (3, S, S), what the network sees of the film intact and blanked.
    """

    left_out: LeftOut | None = None
    inputs: NDArray[np.float32] | None = None
    abstain: bool = False
    synthetic: bool = False


def _score(
    classifier: Classifier, dataset: Dataset, progress: Progress | None
) -> tuple[list[_Look], NDArray[np.float32]]:
    """Return a look (without inputs) for every film, and probabilities of those scored.

    Returns:
        The looks, and float32 (n, 3, K): of each film as it is, and blanked in each way.
    """
    looks: list[_Look] = []
    ways = 1 + len(BLANKINGS)
    parts = [np.empty((0, ways, len(classifier.task.outputs)), np.float32)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        for first in range(0, len(dataset), BATCH):
            rows = range(first, min(first + BATCH, len(dataset)))
            batch = list(pool.map(lambda row: _look(classifier, dataset, row), rows))
            inputs = [look.inputs for look in batch if look.inputs is not None]
            if inputs:
                p = classifier.probabilities(np.concatenate(inputs))
                parts.append(p.reshape(len(inputs), ways, -1))
            looks += [replace(look, inputs=None) for look in batch]
            if progress:
                progress(len(looks), len(dataset))
    return looks, np.concatenate(parts)


def _look(classifier: Classifier, dataset: Dataset, row: int) -> _Look:
    path = str(dataset.table["path"].iloc[row])
    try:
        film = read_guarded(dataset.film_bytes(row), path)
        examination = classifier.examine(film)
    except FilmError as error:
        refused = isinstance(error, UnsuitableFilm)
        status = Status.REFUSED if refused else Status.ERROR
        return _Look(LeftOut(path, status, error.reason))
    except DatasetError as error:
        return _Look(LeftOut(path, Status.ERROR, str(error)))
    view = examination.view
    blanked = blanked_inputs(film.pixels, lambda pixels: classifier.to_input(pixels, view.geometry))
    inputs = np.concatenate([view.pixels[None], blanked])
    return _Look(None, inputs, examination.abstain, film.synthetic)
