"""A division of patients, saved so that a training can name it."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.datasets.folds import fold_patients
from xray_core.datasets.manifest import read_manifest
from xray_core.datasets.open import open_dataset
from xray_core.datasets.saved_splits import saved_splits
from xray_core.datasets.split_plans import fold_split, fraction_split, own_split
from xray_core.errors import ConfigError, DatasetError


@pytest.fixture
def dataset(home, folder):
    """Sixty films of thirty patients, half of them normal."""
    names = [f"{c}/patient{i}_{k}.png" for i in range(30) for k in (1, 2)
             for c in ["NORMAL" if i % 2 else "VIRAL"]]  # fmt: skip
    return open_dataset(folder(*names))


def test_fractions_are_kept_by_patient_and_class(dataset):
    plan = fraction_split(dataset, 0.2, 0.2, seed=1)
    assert plan.films.groupby("patient")["role"].nunique().max() == 1
    assert plan.counts().loc["train"].to_dict() == {"NORMAL": 18, "VIRAL": 18}
    assert plan.counts().loc["validation"].to_dict() == {"NORMAL": 6, "VIRAL": 6}
    assert plan.sha256 == fraction_split(dataset, 0.2, 0.2, seed=1).sha256
    assert plan.sha256 != fraction_split(dataset, 0.2, 0.2, seed=2).sha256


def test_a_plan_is_saved_as_a_manifest_and_the_hashes_of_its_films(dataset, home):
    folder = fraction_split(dataset, 0.2, 0.1, seed=1).save("mine")
    assert folder == home / "splits" / "mine"
    manifest = read_manifest(folder / "patients.csv")
    assert len(manifest) == 30 and set(manifest["role"]) == {
        "train", "validation", "internal_test",
    }  # fmt: skip
    films = pd.read_csv(folder / "films.csv")
    assert films["sha256"].tolist() == dataset.table["sha256"].tolist()
    assert list(films) == ["sha256", "path", "source", "label", "patient", "role"]


def test_every_patient_is_the_test_of_one_fold_and_validates_in_another(dataset):
    folder = fold_split(dataset, 5, seed=1).save("five")
    saved = [read_manifest(folder / f"patients-fold-{k}.csv") for k in range(1, 6)]
    tested = [set(m["patient"][m["role"] == "internal_test"]) for m in saved]
    assert [len(patients) for patients in tested] == [6] * 5
    assert len(set.union(*tested)) == 30
    for manifest in saved:
        assert set(manifest["role"]) == {"train", "validation", "internal_test"}


@pytest.mark.parametrize("own", ["train test", "train val", "val test"])
def test_what_no_training_could_use_is_not_saved(home, folder, own):
    """The set's own folders may lack one of the three."""
    names = [f"{split}/NORMAL/{split}{i}.png" for split in own.split() for i in range(3)]
    with pytest.raises(DatasetError, match="no patient has the role"):
        own_split(open_dataset(folder(*names))).save("mine")
    assert not (home / "splits").exists()


def test_too_few_patients_for_folds_with_validation_are_not_saved(home, folder):
    data = open_dataset(folder(*(f"NORMAL/patient{i}.png" for i in range(4))))
    with pytest.raises(DatasetError, match=r"role validation in patients-fold-1\.csv"):
        fold_split(data, 2, seed=1).save("two")


def test_the_same_plan_may_be_saved_again_and_no_other_over_it(dataset):
    fraction_split(dataset, 0.2, 0.1, seed=1).save("mine")
    fraction_split(dataset, 0.2, 0.1, seed=1).save("mine")
    with pytest.raises(ConfigError, match="called mine is there already"):
        fraction_split(dataset, 0.2, 0.1, seed=2).save("mine")


@pytest.mark.parametrize("full_at", ["patients-fold-2.csv", "films.csv"])
def test_what_a_full_disk_cut_off_is_saved_the_next_time(dataset, home, monkeypatch, full_at):
    plan, write = fold_split(dataset, 3, seed=1), Path.write_bytes
    seen = []

    def full(path, data):
        if path.name == full_at:
            seen.extend(saved_splits())
            raise OSError(28, "No space left on device")
        return write(path, data)

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", full)
        with pytest.raises(DatasetError, match="No space left on device"):
            plan.save("mine")
    assert list((home / "splits").iterdir()) == seen == saved_splits() == []
    folder = plan.save("mine")
    assert len(pd.read_csv(folder / "films.csv")) == 60
    assert len(saved_splits()) == 3


def test_a_folder_that_no_plan_wrote_is_not_written_over(dataset, home):
    (home / "splits" / "mine").mkdir(parents=True)
    (home / "splits" / "mine" / "patients.csv").write_text("by hand")
    with pytest.raises(ConfigError, match="called mine is there already"):
        fraction_split(dataset, 0.2, 0.1, seed=1).save("mine")
    assert (home / "splits" / "mine" / "patients.csv").read_text() == "by hand"


@pytest.mark.parametrize("name", ["", "..", "a/b", "a b", "x" * 61])
def test_a_name_that_is_no_folder_is_refused(dataset, name):
    with pytest.raises(ConfigError, match="cannot name a split"):
        fraction_split(dataset, 0.2, 0.1, seed=1).save(name)


@pytest.mark.parametrize(("validation", "test"), [(0.6, 0.5), (-0.1, 0.1), (0.1, 0.0), (0.0, 0.1)])
def test_shares_that_leave_a_role_empty_are_refused(dataset, validation, test):
    with pytest.raises(ConfigError, match="leave something to train on"):
        fraction_split(dataset, validation, test, seed=1)


def test_the_sets_own_split_is_kept(home, folder):
    data = open_dataset(folder("train/NORMAL/a.png", "val/NORMAL/b.png", "test/VIRAL/c.png"))
    assert own_split(data).films["role"].tolist() == ["internal_test", "train", "validation"]


def test_an_own_split_that_divides_a_patient_is_refused(home, folder):
    data = open_dataset(folder("train/NORMAL/patient1_1.png", "test/NORMAL/patient1_2.png"))
    with pytest.raises(DatasetError, match=r"1 patients such as films/patient-1 have films"):
        own_split(data)


def test_an_own_split_that_repeats_a_film_is_refused(home, folder):
    root = folder("train/NORMAL/a.png", "test/NORMAL/b.png")
    (root / "test/NORMAL/b.png").write_bytes((root / "train/NORMAL/a.png").read_bytes())
    with pytest.raises(DatasetError, match="share a film"):
        own_split(open_dataset(root))


def test_a_set_without_splits_has_none_of_its_own(dataset):
    with pytest.raises(DatasetError, match="60 of 60 films are in no folder train, val or test"):
        own_split(dataset)


def test_more_folds_than_patients_are_refused(home, folder):
    data = open_dataset(folder("NORMAL/a.png", "VIRAL/b.png"))
    with pytest.raises(DatasetError, match="2 patients cannot be divided into 3 folds"):
        fold_split(data, 3, seed=1)
    with pytest.raises(ConfigError, match="1 folds; allowed are 2 or more"):
        fold_split(data, 1, seed=1)


@settings(deadline=None, max_examples=50)
@given(
    films=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 30)), min_size=1, max_size=80),
    folds=st.integers(2, 5),
    seed=st.integers(0, 5),
)
def test_folds_never_divide_a_patient_or_a_film(films, folds, seed):
    table = pd.DataFrame(
        {
            "patient": [f"p{p}" for p, _ in films],
            "sha256": [f"{h:064x}" for _, h in films],
            "source": "s",
            "label": ["NORMAL" if p % 2 else "VIRAL" for p, _ in films],
        }
    )
    try:
        fold = fold_patients(table, folds, seed)
    except DatasetError:
        return
    assert set(fold) == set(range(folds))
    assert fold.groupby(table["patient"]).nunique().max() == 1
    assert fold.groupby(table["sha256"]).nunique().max() == 1
    shuffled = table.sample(frac=1, random_state=seed)
    assert fold_patients(shuffled, folds, seed).sort_index().tolist() == fold.tolist()
