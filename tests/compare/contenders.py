"""Models and films that are made up, so that a comparison needs no network."""

from pathlib import Path

import numpy as np
import pandas as pd

from xray_core.bundle import (
    BundleManifest,
    InputSpec,
    Interval,
    OperatingPoint,
    OutputSpec,
    Preprocessing,
)
from xray_core.datasets.dataset import COLUMNS, Dataset
from xray_core.datasets.stores import FolderStore
from xray_core.evaluation.contender import Contender
from xray_core.evaluation.cost import Cost
from xray_core.evaluation.scoring import FilmScore
from xray_core.inference import ModelRef, Status
from xray_core.labels import CLASSES

EPOCHS = [{"epoch": e, "loss": 1 / e, "validation_auc": 1 - 0.3 / e} for e in (1, 2, 3)]


def films(n=120, per_patient=2, seed=0):
    """A data set of n films in four classes, whose files are not there."""
    truth = np.random.default_rng(seed).integers(4, size=n)
    rows = [
        (
            f"{CLASSES[k]}/{i}.png",
            CLASSES[k],
            f"p{i // per_patient}",
            "",
            "made-up",
            f"{i:064x}",
            "",
        )
        for i, k in enumerate(truth)
    ]
    return Dataset(pd.DataFrame(rows, columns=list(COLUMNS)), FolderStore(Path("made-up")))


def manifest(name, threshold=0.5, history=EPOCHS):
    undefined = Interval(value=None, low=None, high=None)
    point = OperatingPoint(
        name="even", threshold=threshold, rule="one half", chosen_on="no films", films=0,
        patients=0, sensitivity=undefined, specificity=undefined,
    )  # fmt: skip
    return BundleManifest(
        name=name,
        title=f"The model {name}",
        kind="classifier",
        network="residual",
        outputs=tuple(OutputSpec(name=c, classes=(c,)) for c in CLASSES),
        input=InputSpec(size=32),
        preprocessing=Preprocessing(),
        operating_points=(point,),
        novelty=None,
        metrics={},
        training={"history": list(history)},
        environment={},
        temperature=1.0,
    )


def contender(
    name,
    dataset,
    *,
    skill=1.5,
    seed=1,
    seen=(),
    known=True,
    threshold=0.5,
    lungless=0.0,
    scores=None,
):
    """A model that says these things of the films.

    Args:
        name: of the model.
        dataset: from `films`.
        skill: how far the logit of the true class is raised.
        seed: of its answers.
        seen: films that it was trained on.
        known: whether it says which it was trained on.
        threshold: its operating point.
        lungless: how far the true class is raised where the lungs are blanked.
        scores: film number → score, in place of what would be made up.
    """
    rng, n = np.random.default_rng(seed), len(dataset)
    truth = np.array([CLASSES.index(label) for label in dataset.table["label"]])
    made = []
    for i in range(n):
        ways = []
        for raised in (skill, lungless, skill):
            logits = rng.normal(size=4)
            logits[truth[i]] += raised
            p = np.exp(logits)
            ways.append(tuple((p / p.sum()).tolist()))
        made.append(FilmScore(Status.OK, "", ways[0], (ways[1], ways[2])))
    for i, score in (scores or {}).items():
        made[i] = score
    mask = np.zeros(n, bool)
    mask[list(seen)] = True
    return Contender(
        ref=ModelRef(name, name.encode().hex().ljust(64, "0")),
        manifest=manifest(name, threshold),
        scores=tuple(None if mask[i] else made[i] for i in range(n)),
        seen=mask,
        known=known,
        usable=np.ones(n, bool),
        cost=Cost(
            latency_ms=12.0 + len(name), parameters=1000, size_bytes=2**20, memory_bytes=2**22
        ),
    )
