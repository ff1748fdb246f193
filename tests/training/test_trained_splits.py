"""A division that was saved can be trained on, and is that of a training divided likewise."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.manifest import assign_roles
from xray_core.datasets.open import open_dataset
from xray_core.datasets.saved_splits import saved_splits
from xray_core.datasets.split_plans import SplitPlan, fold_split, fraction_split
from xray_core.datasets.stores import FolderStore
from xray_core.training.config import TrainingConfig
from xray_core.training.division import Division, divide
from xray_core.training.films import load_films


@pytest.fixture(scope="module")
def films(phantom_folder: Path) -> Dataset:
    """120 phantoms, 30 of each class."""
    return open_dataset(phantom_folder / "films", source="phantoms")


@pytest.fixture(params=["shares", "folds"])
def plan(request: pytest.FixtureRequest, films: Dataset) -> SplitPlan:
    """A division into shares, and one into two folds."""
    if request.param == "folds":
        return fold_split(films, 2, seed=3)
    return fraction_split(films, 0.2, 0.1, seed=3)


def test_every_manifest_that_is_saved_can_be_trained_on(
    home: Path, plan: SplitPlan, quick_config: TrainingConfig
) -> None:
    folder = plan.save("mine")
    assert saved_splits() == sorted(folder.glob("patients*.csv"))
    by_file = quick_config.division.model_copy(update={"by": "manifest"})
    for manifest in saved_splits():
        config = quick_config.changed({"manifest": manifest, "division": by_file.model_dump()})
        loaded = load_films(config)
        roles = ("train", "validation", "internal_test")
        assert sum(len(loaded[role]) for role in roles) == 120


@given(folds=st.integers(2, 5), seed=st.integers(0, 50))
@settings(deadline=None, max_examples=20)
def test_a_saved_fold_is_that_of_a_training_divided_into_folds(folds: int, seed: int) -> None:
    rows = [(f"p{i}", f"{i:064x}", "s", "NORMAL" if i % 2 else "VIRAL") for i in range(40)]
    table = pd.DataFrame(rows, columns=["patient", "sha256", "source", "label"])
    table["path"] = table["patient"] + ".png"
    plan = fold_split(Dataset(table, FolderStore(Path())), folds, seed)
    for fold, manifest in enumerate(plan.manifests.values(), start=1):
        how = Division(by="folds", folds=folds, fold=fold, seed=seed)
        (roles,) = divide([table], how)
        assert assign_roles(table, manifest).tolist() == roles.tolist()


def test_folds_are_listed_by_their_number(home: Path) -> None:
    for number in (1, 2, 10):
        path = home / "splits" / "ten" / f"patients-fold-{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [path.stem.split("-")[-1] for path in saved_splits()] == ["1", "2", "10"]
