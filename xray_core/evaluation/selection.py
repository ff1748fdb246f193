"""Which films of a data set are evaluated."""

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.manifest import assign_roles, read_manifest
from xray_core.datasets.splits import ROLES
from xray_core.errors import DatasetError


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
