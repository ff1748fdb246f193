"""However films are divided, no patient is on two sides."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.errors import ConfigError, DatasetError
from xray_core.training.division import Division, divide

LABELS = ("NORMAL", "PNEUMONIA")


def table(rows):
    """Films of (patient, label, split)."""
    columns = ["patient", "label", "split"]
    films = pd.DataFrame(rows, columns=columns).assign(source="set")
    return films.assign(sha256=[f"{i:064}" for i in range(len(films))], path="")


def many(count=120, split=""):
    return table([(f"p{i // 2}", LABELS[i // 2 % 2], split) for i in range(count)])


films = st.lists(
    st.tuples(
        st.sampled_from([f"p{i}" for i in range(12)]),
        st.sampled_from(LABELS),
        st.sampled_from(["train", "val", "test", ""]),
    ),
    max_size=60,
).map(lambda rows: table([(f"p{i}", LABELS[i % 2], "train") for i in range(12)] + rows))


@settings(deadline=None, max_examples=50)
@given(films=films, by=st.sampled_from(["own", "random", "folds"]), seed=st.integers(0, 99))
def test_no_patient_has_two_roles(films, by, seed):
    (roles,) = divide([films], Division(by=by, seed=seed))
    kept = roles != ""
    assert roles[kept].groupby(films["patient"][kept]).nunique().max() == 1


def test_sets_are_divided_together():
    one, other = many(), many()
    other.index += 7
    first, second = divide([one, other], Division(by="random"))
    assert list(second.index) == list(other.index)
    roles = dict(zip(one["patient"], first, strict=True))
    assert [roles[name] for name in other["patient"]] == list(second)


def test_folds_test_every_patient_once_and_are_as_large():
    tested = []
    for fold in range(1, 6):
        (roles,) = divide([many()], Division(by="folds", folds=5, fold=fold))
        assert (roles == "internal_test").sum() == 24
        assert (roles == "validation").sum() >= 8
        tested += list(many()["patient"][roles == "internal_test"].unique())
    assert sorted(tested) == sorted(many()["patient"].unique())


def test_own_folders_are_kept_and_a_patient_of_the_test_is_not_trained_on():
    rows = [(f"a{i}", LABELS[i % 2], "train") for i in range(60)]
    rows += [(f"v{i}", LABELS[i % 2], "val") for i in range(40)]
    rows += [(f"t{i}", LABELS[i % 2], "test") for i in range(20)]
    rows += [("t3", "PNEUMONIA", "train"), ("v1", "PNEUMONIA", "train"), ("t4", "NORMAL", "val")]
    films = table(rows)
    (roles,) = divide([films], Division(by="own"))
    assert list(roles[-3:]) == ["", "", ""]
    assert (roles[films["split"] == "test"] == "internal_test").all()
    assert roles.value_counts()["train"] == 60
    assert roles.value_counts()["validation"] == 40


@pytest.mark.parametrize("vals", [0, 16])
def test_a_val_folder_that_is_too_small_is_drawn_from_train(vals):
    rows = [(f"a{i}", LABELS[i % 2], "train") for i in range(160)]
    rows += [(f"v{i}", LABELS[i % 2], "val") for i in range(vals)]
    rows += [(f"t{i}", LABELS[i % 2], "test") for i in range(30)]
    (roles,) = divide([table(rows)], Division(by="own"))
    assert (roles[-30:] == "internal_test").all()
    assert (roles == "internal_test").sum() == 30
    assert 14 <= (roles == "validation").sum() <= 22


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"by": "manifest"}, "needs a manifest"),
        ({"by": "folds", "folds": 3, "fold": 4}, "fold 4 of 3"),
        ({"by": "random", "fractions": (0.5, 0.1, 0.1)}, "sum to 1"),
        ({"by": "own", "fractions": (0.5, 0.1, 0.1)}, "sum to 1"),
        ({"by": "folds", "fractions": (0.5, 0.1, 0.1)}, "sum to 1"),
        ({"by": "folds", "fractions": (1.2, -0.2, 0.0)}, "sum to 1"),
        ({"by": "folds", "fractions": (0.0, 0.0, 1.0)}, "the first of them above 0"),
        ({"by": "own", "fractions": (0.0, 0.0, 1.0)}, "the first of them above 0"),
    ],
)
def test_what_cannot_be_divided_so_is_told(how, message):
    with pytest.raises(ConfigError, match=message):
        divide([many()], Division(**how))


@pytest.fixture
def manifest(tmp_path):
    """Four patients of the role that their name begins with."""
    path = tmp_path / "patients.csv"
    rows = [f"set,{role}-{i},{role}" for role in ("train", "internal_test") for i in range(2)]
    path.write_text("\n".join(["source,patient,role", *rows, ""]))
    return path


def test_a_film_under_two_patients_may_not_train_and_test_by_a_manifest(manifest):
    one = table([("train-0", "NORMAL", ""), ("train-1", "PNEUMONIA", "")])
    other = table([("internal_test-0", "NORMAL", ""), ("internal_test-1", "PNEUMONIA", "")])
    other["sha256"] = ["f" * 64, one["sha256"][1]]
    one["path"], other["path"] = ["a.png", "b.png"], ["c.png", "d.png"]
    with pytest.raises(
        DatasetError,
        match=r"^1 films .* b\.png under train-1 and internal_test-1, .* train and internal_test;",
    ):
        divide([one, other], Division(by="manifest"), manifest)


@pytest.mark.parametrize("sha256", [["e" * 64, "f" * 64], ["", ""]])
def test_copies_of_one_role_and_films_without_a_hash_are_no_conflict(manifest, sha256):
    films = table([("train-0", "NORMAL", ""), ("train-1", "NORMAL", "")])
    copies = table([("train-1", "NORMAL", ""), ("internal_test-0", "NORMAL", "")])
    copies["sha256"] = sha256
    films.loc[1, "sha256"] = copies.loc[0, "sha256"]
    first, second = divide([films, copies], Division(by="manifest"), manifest)
    assert [*first, *second] == ["train", "train", "train", "internal_test"]


def test_a_set_without_folders_is_not_joined_to_one_that_has_them():
    rows = [(f"a{i}", LABELS[i % 2], "train" if i % 3 else "test") for i in range(90)]
    plain = many().assign(source="plain")
    plain["patient"] = "b" + plain["patient"]
    plain["sha256"] = [f"{i:064}" for i in range(1000, 1000 + len(plain))]
    with pytest.raises(ConfigError, match="own of plain without folders train, val and test"):
        divide([table(rows), plain], Division(by="own"))
    first, second = divide([plain, plain.assign(source="other")], Division(by="own"))
    assert set(first) == {"train", "validation", "internal_test"} == set(second)
