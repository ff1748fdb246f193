"""What champion and challenger say of the same films, ready to be judged."""

from dataclasses import dataclass, replace

import numpy as np

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.bundle.lineage import lineage_of
from xray_core.bundle.store import champion_name, installed
from xray_core.datasets.dataset import Dataset
from xray_core.errors import PromotionError
from xray_core.evaluation.contender import Contender, contend_all
from xray_core.evaluation.data_ref import DataRef
from xray_core.evaluation.measured import Measured, measure
from xray_core.evaluation.scoring import Progress
from xray_core.evaluation.statistics import Bools
from xray_core.inference import Classifier, ModelRef, Status
from xray_core.labels import PNEUMONIA_CLASSES

DRAWS = 2000


@dataclass(frozen=True, eq=False)
class Evidence:
    """Two models on the N films of a data set.

    Attributes:
        data: which films.
        challenger: what the model to be promoted says.
        champion: what the present champion says; None where there is none.
        counted: bool (N,), films that neither has seen and both have an opinion on.
        lost: bool (N,), films that neither has seen and only the champion judges: the challenger
            refuses them, cannot read them, or has no class for them.
        of_challenger: its figures on the films counted.
        of_champion: the same of the champion.
        labels_ill: bool (N,), films with pneumonia.
        patients: (N,) key of each film's patient.
        unlisted: models whose bundle names no film that they were trained on.
    """

    data: DataRef
    challenger: Contender
    champion: Contender | None
    counted: Bools
    lost: Bools
    of_challenger: Measured
    of_champion: Measured | None
    labels_ill: Bools
    patients: tuple[str, ...]
    unlisted: frozenset[str] = frozenset()

    def seen_by(self, model: Contender) -> int:
        """Return how many films a model has seen, or another film of their patient."""
        return int(model.seen.sum())

    def right(self, ill: bool) -> tuple[Bools | None, Bools, list[str]]:
        """Return which films of one kind the champion, and which the challenger, has right.

        One that only the champion judges counts as wrong for the challenger: else a model could
        pass by refusing what is hard.

        Args:
            ill: the films with pneumonia (True) or the normal ones (False).

        Returns:
            bool (F,) of the champion, None where there is none; bool (F,) of the challenger; and
            the patients (F,).
        """
        rows = (self.counted | self.lost) & (self.labels_ill == ill)
        people = [self.patients[i] for i in np.flatnonzero(rows)]
        challenger = (_called(self.challenger, rows) == ill) & self.counted[rows]
        champion = _called(self.champion, rows) == ill if self.champion else None
        return champion, challenger, people

    def abstained(self, model: Contender, ill: bool) -> int:
        """Return on how many of the films of one kind that are counted a model would abstain."""
        rows = np.flatnonzero(self.counted & (self.labels_ill == ill))
        return sum(
            score is not None and score.abstain for score in map(model.scores.__getitem__, rows)
        )


def _called(model: Contender, rows: Bools) -> Bools:
    """Return whether a model calls pneumonia on these films; it does not where it is silent."""
    task, threshold = model.manifest.task, model.manifest.operating_point.threshold
    picked = [model.scores[i] for i in np.flatnonzero(rows)]
    called = [
        score is not None
        and score.probabilities is not None
        and bool(task.p_pneumonia(np.array(score.probabilities, np.float64)) >= threshold)
        for score in picked
    ]
    return np.array(called, dtype=bool)


def gather(
    name: str,
    dataset: Dataset,
    *,
    progress: Progress | None = None,
    split: str | None = None,
) -> Evidence:
    """Score the champion and a challenger on films, as far as that was not done before.

    Args:
        name: of the challenger.
        dataset: labelled films with their SHA-256.
        progress: told (films done, films in all) of both models together; what it raises ends it.
        split: which part of the data set the films are, to be stated.

    Raises:
        BundleError: a model is missing, was changed or cannot be loaded.
        ConfigError: scores cannot be kept.
        PromotionError: the challenger is the champion.
    """
    challenger, champion = find_bundle(name), present_champion()
    if champion and champion.sha256 == challenger.sha256:
        raise PromotionError(f"{name!r} is the champion already; allowed is another model.")
    models = [challenger, *([champion] if champion else [])]
    scored = contend_all(list(map(Classifier, models)), dataset, progress=progress, timed=False)
    evidence = weigh(scored[0], scored[1] if champion else None, dataset, split=split)
    unlisted = frozenset(info.name for info in models if not lineage_of(info).fitted)
    return replace(evidence, unlisted=unlisted)


def check_unchanged(ref: ModelRef) -> BundleInfo:
    """Return the bundle, its files hashed anew.

    Raises:
        BundleError: it is gone, or its files were changed.
        PromotionError: another bundle has its name now.
    """
    info = find_bundle(ref.name)
    if info.sha256 != ref.sha256:
        raise PromotionError(
            f"model {ref.name!r} is another one now, SHA-256 {info.sha256[:12]}… instead of "
            f"{ref.sha256[:12]}…; judge it again."
        )
    return info


def champion_ref() -> ModelRef | None:
    """Return the champion as its store lists it, whether its files are as they were or not.

    Raises:
        BundleError: an index is damaged.
    """
    name = champion_name()
    return ModelRef(name, installed()[name]) if name else None


def present_champion() -> BundleInfo | None:
    """Return the champion, or None where no model gives opinions yet.

    Raises:
        BundleError: its files were changed, or an index is damaged.
    """
    name = champion_name()
    return find_bundle(name) if name else None


def weigh(
    challenger: Contender,
    champion: Contender | None,
    dataset: Dataset,
    *,
    split: str | None = None,
    seed: int = 0,
) -> Evidence:
    """Return the evidence from what the models say of the films.

    Args:
        challenger: the model to be promoted.
        champion: the present champion, scored on the same films; None where there is none.
        dataset: these films.
        split: which part of the data set they are.
        seed: of the bootstrap.
    """
    rows, lost = challenger.counted, np.zeros(len(dataset), bool)
    if champion is not None:
        silent = _silent(challenger) | ~challenger.usable
        lost = champion.counted & ~challenger.seen & silent
        rows = rows & champion.counted
    labels, patients = dataset.labels(), dataset.table["patient"].tolist()

    def measured(model: Contender) -> Measured:
        return measure(model.opinions(labels, patients, rows), seed=seed, draws=DRAWS)

    return Evidence(
        data=DataRef.of(dataset, split),
        challenger=challenger,
        champion=champion,
        counted=rows,
        lost=lost,
        of_challenger=measured(challenger),
        of_champion=measured(champion) if champion else None,
        labels_ill=np.array([bool(label) and label <= PNEUMONIA_CLASSES for label in labels], bool),
        patients=tuple(patients),
    )


def _silent(model: Contender) -> Bools:
    """Return the films (N,) on which a model was asked and gives no opinion."""
    return np.array([s is not None and s.status is not Status.OK for s in model.scores], bool)
