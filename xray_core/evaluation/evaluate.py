"""A model on the films of a data set, read and refused exactly as one film is."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from xray_core.bundle import Interval
from xray_core.datasets.dataset import Dataset
from xray_core.evaluation.figures import Figures, figures, has_place
from xray_core.evaluation.scoring import FilmScore, Progress, score_films
from xray_core.evaluation.seen import FilmsOfModel
from xray_core.evaluation.selection import select_split
from xray_core.evaluation.shortcuts import BLANKINGS, shortcut_figures, shortcuts_to_json
from xray_core.inference import Classifier, ModelRef, Status


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
        roles: scored films that the model was made with, by role (`train`, `validation`, …), see
            `seen.FilmsOfModel.role`.
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
    scores = _score(classifier, dataset, progress)
    opined = [score for score in scores if score.status is Status.OK]
    scored = dataset.subset(np.array([score.status is Status.OK for score in scores], dtype=bool))
    threshold = classifier.manifest.operating_point.threshold
    labels, people = scored.labels(), scored.table["patient"].tolist()
    outputs = len(task.outputs)
    p = np.array([score.probabilities for score in opined], np.float32).reshape(-1, outputs)
    blanked = np.array([score.blanked for score in opined], np.float32)
    blanked = blanked.reshape(len(opined), len(BLANKINGS), outputs)
    paths = dataset.table["path"].tolist()
    return Evaluation(
        model=ModelRef(classifier.name, classifier.sha256),
        figures=figures(p, labels, people, task, threshold, seed=seed),
        shortcuts=shortcut_figures(blanked, labels, people, task, seed=seed),
        left_out=tuple(
            LeftOut(path, score.status, score.reason)
            for path, score in zip(paths, scores, strict=True)
            if score.status is not Status.OK
        ),
        unscored=unscored,
        abstained=sum(score.abstain for score in scores),
        synthetic=sum(score.synthetic for score in scores),
        roles=FilmsOfModel(classifier.folder).roles(
            scored.table.assign(phash=[score.phash for score in opined])
        ),
    )


def _score(classifier: Classifier, dataset: Dataset, progress: Progress | None) -> list[FilmScore]:
    scores: list[FilmScore] = []
    for batch in score_films(classifier, dataset, range(len(dataset))):
        scores += batch
        if progress:
            progress(len(scores), len(dataset))
    return scores
