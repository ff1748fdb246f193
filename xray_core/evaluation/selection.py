"""Which films of a data set are evaluated, and whether the model knows them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.manifest import assign_roles, read_manifest
from xray_core.datasets.splits import ROLES
from xray_core.errors import DatasetError
from xray_core.inference import Classifier


def select_split(dataset: Dataset, split: str | None) -> Dataset:
    """Return the films of one split.

    Args:
        dataset: the films.
        split: a split folder of the data set (`train`, `val`, `test`); or, where it has no such
            folder, a role of the committed manifest of patients (`train`, `validation`,
            `internal_test`); None for all films.

    Raises:
        DatasetError: the data set has no such split, or the manifest does not know its patients.
    """
    if split is None:
        return dataset
    folders = sorted({name for name in dataset.table["split"] if name})
    if split in folders:
        return dataset.subset((dataset.table["split"] == split).to_numpy())
    if split not in ROLES:
        allowed = dict.fromkeys((*folders, *ROLES))
        raise DatasetError(f"split {split!r} is not one of {', '.join(allowed)}.")
    roles = assign_roles(dataset.table, read_manifest())
    chosen = dataset.subset((roles == split).to_numpy())
    if len(chosen) == 0:
        raise DatasetError(f"no film of {dataset.root.name} is of a patient with role {split!r}.")
    return chosen


def roles_in_training(classifier: Classifier, sha256: Sequence[str]) -> dict[str, int]:
    """Count the films that the model was made with, by their role then.

    Figures on its training or validation films flatter a model. Films are recognised by the hash of
    their bytes: a copy that was saved again is not.

    Args:
        classifier: the model.
        sha256: of the films that are evaluated.

    Returns:
        Role → films, for the roles that occur.
    """
    path = classifier.folder / "films.csv"
    try:
        films = pd.read_csv(path, dtype=str, keep_default_na=False, usecols=["sha256", "role"])
    except (OSError, ValueError):
        return {}
    found = films[films["sha256"].isin(np.unique(list(sha256)))].drop_duplicates("sha256")
    counts = found["role"].value_counts().sort_index()
    return {str(role): int(count) for role, count in counts.items()}
