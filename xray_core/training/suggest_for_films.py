"""What suits the films at hand: task, division of the patients, length of the training."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from xray_core.datasets.manifest import MANIFEST_PATH, read_manifest
from xray_core.errors import ConfigError
from xray_core.labels import BACTERIAL, CLASSES, COVID, NORMAL, VIRAL
from xray_core.training.division import Division

LEAST_FILMS = 12
"""Films of a class below which it is no output of its own."""
SEEN = 60_000
"""Augmented films that a network sees in all, as far as the limits of epochs allow."""
EPOCHS = 10, 40
FILMS_PER_EPOCH = 256, 4800
SMALL = 500
"""Training films below which batches are of 16."""
TaskName = Literal["four-class", "three-class", "binary"]


def suggest_task(labels: pd.Series) -> TaskName:
    """Return the task with the most outputs that the labels can teach.

    Args:
        labels: names of labels, one for each film.

    Raises:
        ConfigError: there are no normal films, or no others.
    """
    counts = labels.value_counts()
    if counts.get(NORMAL, 0) == 0 or counts.drop(NORMAL).sum() == 0:
        found = ", ".join(f"{n} {label}" for label, n in counts.items()) or "none"
        raise ConfigError(
            f"labels of the films: {found}; training needs films of both kinds, NORMAL and "
            "pneumonia."
        )
    known = {name for name in CLASSES if counts.get(name, 0) >= LEAST_FILMS}
    if known == set(CLASSES):
        return "four-class"
    return "three-class" if known >= {BACTERIAL, VIRAL} and COVID not in counts else "binary"


def suggest_division(tables: Sequence[pd.DataFrame]) -> tuple[Division, Path | None]:
    """Return how patients are divided, and by which manifest, if by one.

    By the sets' own folders where each of them has both `train` and `test`, for one without would
    all be trained on and its classes never tested; by the project's manifest where it knows every
    patient; otherwise at random.
    """
    if all({"train", "test"} <= set(table["split"]) for table in tables):
        return Division(by="own"), None
    if MANIFEST_PATH.exists():
        known = set(read_manifest(MANIFEST_PATH)["patient"])
        if all(set(table["patient"]) <= known for table in tables):
            return Division(by="manifest"), MANIFEST_PATH
    return Division(by="random"), None


def suggest_length(films: int) -> dict[str, int]:
    """Return films an epoch, epochs and films a batch for a number of training films."""
    least, most = FILMS_PER_EPOCH
    per_epoch = min(max(films, least), most)
    fewest, longest = EPOCHS
    epochs = min(max(round(SEEN / per_epoch), fewest), longest)
    return {
        "films_per_epoch": per_epoch,
        "epochs": epochs,
        "batch": 16 if films < SMALL else 32,
    }
