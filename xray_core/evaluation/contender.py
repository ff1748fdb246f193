"""A model that takes part in a comparison: its answers to the films, and which of them it knows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xray_core.bundle import BundleManifest
from xray_core.datasets.dataset import Dataset
from xray_core.evaluation.cost import Cost, cost_of
from xray_core.evaluation.figures import has_place
from xray_core.evaluation.kept_scores import keep, read_kept
from xray_core.evaluation.opinions import Opinions
from xray_core.evaluation.scoring import FilmScore, Progress, score_films
from xray_core.evaluation.seen import FilmsOfModel
from xray_core.evaluation.statistics import Bools
from xray_core.inference import Classifier, ModelRef, Status
from xray_core.labels import Label


@dataclass(frozen=True, eq=False)
class Contender:
    """One model and the N films of a data set.

    Attributes:
        ref: the bundle.
        manifest: its `bundle.json`.
        scores: (N,) what it says of each film; None for one that was not scored, because the model
            knows its bytes or its patient, or has no place for its label.
        seen: bool (N,), films that it was trained or tuned on, or on another film of the patient.
        known: False where the bundle does not say what it was trained on.
        usable: bool (N,), films whose label it has a place for.
        cost: what it costs; None where that was not asked.
    """

    ref: ModelRef
    manifest: BundleManifest
    scores: tuple[FilmScore | None, ...]
    seen: Bools
    known: bool
    usable: Bools
    cost: Cost | None = None

    @property
    def counted(self) -> Bools:
        """Bool (N,), films that count for it: unseen, of a fitting label, and with an opinion."""
        opined = np.array([s is not None and s.status is Status.OK for s in self.scores], bool)
        return np.asarray(opined & self.usable & ~self.seen)

    def opinions(self, labels: list[Label], patients: list[str], rows: Bools) -> Opinions:
        """Return its opinions on the films where a mask (N,) is True, all of them counted."""
        picked = np.flatnonzero(rows).tolist()
        task = self.manifest.task
        outputs = len(task.outputs)
        scores = [self.scores[i] for i in picked]
        intact = [s.probabilities for s in scores if s]
        blanked = np.array([s.blanked for s in scores if s], np.float64)
        return Opinions(
            task=task,
            threshold=self.manifest.operating_point.threshold,
            probabilities=np.array(intact, np.float64).reshape(-1, outputs),
            blanked=task.p_pneumonia(blanked.reshape(-1, 2, outputs)).astype(np.float64),
            labels=tuple(labels[i] for i in picked),
            patients=tuple(patients[i] for i in picked),
        )


def contend(
    classifier: Classifier,
    dataset: Dataset,
    *,
    progress: Progress | None = None,
    timed: bool = True,
) -> Contender:
    """Score a model on films, those apart that it was scored on before or was made with.

    Args:
        classifier: the model.
        dataset: labelled films with their SHA-256.
        progress: told (films done, films in all); what it raises ends the scoring, and what was
            scored until then is kept.
        timed: whether to measure what the model costs.

    Raises:
        ConfigError: scores cannot be kept.
    """
    names = dataset.table[["sha256", "patient", "source"]].to_numpy().tolist()
    films = FilmsOfModel(classifier.folder)
    usable = np.array([has_place(label, classifier.task) for label in dataset.labels()], dtype=bool)
    seen = np.array([films.has_seen(sha, "", *whose) for sha, *whose in names], dtype=bool)
    wanted = np.flatnonzero(usable & ~seen).tolist()
    scores = _scores(classifier, dataset, wanted, progress)
    for row, score in scores.items():
        sha, *whose = names[row]
        seen[row] = films.has_seen(sha, score.phash, *whose)
    return Contender(
        ref=ModelRef(classifier.name, classifier.sha256),
        manifest=classifier.manifest,
        scores=tuple(scores.get(row) for row in range(len(dataset))),
        seen=seen,
        known=films.known,
        usable=usable,
        cost=cost_of(classifier) if timed else None,
    )


def contend_all(
    classifiers: Sequence[Classifier],
    dataset: Dataset,
    *,
    progress: Progress | None = None,
    timed: bool = True,
) -> list[Contender]:
    """Score several models on the same films; progress counts the films of all of them."""
    films = len(dataset)
    tell = progress or _nobody
    made = []
    for number, classifier in enumerate(classifiers):

        def told(done: int, total: int, before: int = number * films) -> None:
            # Those that a model knows, or has no place for, are done from the first.
            tell(before + films - total + done, films * len(classifiers))

        made.append(contend(classifier, dataset, progress=told, timed=timed))
    return made


def _scores(
    classifier: Classifier, dataset: Dataset, rows: list[int], progress: Progress | None
) -> dict[int, FilmScore]:
    """Return the score of each of these films: kept, or made now and kept."""
    hashes, kept = dataset.table["sha256"], read_kept(classifier.sha256)
    scores = {row: kept[hashes.iloc[row]] for row in rows if hashes.iloc[row] in kept}
    tell = progress or _nobody
    tell(len(scores), len(rows))
    missing = [row for row in rows if row not in scores]
    done = 0
    for batch in score_films(classifier, dataset, missing):
        made = dict(zip(missing[done : done + len(batch)], batch, strict=True))
        done += len(batch)
        scores |= made
        keep(classifier.sha256, {str(hashes.iloc[row]): one for row, one in made.items()})
        tell(len(scores), len(rows))
    return scores


def _nobody(done: int, total: int) -> None:
    """Stand in for a callback where none is given."""
