import pandas as pd
import pytest

from xray_core.datasets.manifest import (
    MANIFEST_PATH,
    assign_roles,
    build_manifest,
    read_manifest,
    write_manifest,
)
from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError


@pytest.fixture
def datasets(folder):
    normal = [f"NORMAL/IM-{n:04}-{k:04}.png" for n in range(30) for k in (1, 2)]
    covid = [f"COVID/c{n}-day{k}.png" for n in range(30) for k in (0, 5)]
    return [open_dataset(folder(*normal, name="a")), open_dataset(folder(*covid, name="b"))]


def test_every_patient_of_every_source_has_one_role(datasets):
    manifest = build_manifest(datasets, seed=3)
    assert list(manifest.columns) == ["source", "patient", "role"]
    assert manifest["patient"].is_unique
    assert manifest.groupby("source").size().to_dict() == {"a": 30, "b": 30}
    assert manifest["role"].value_counts().to_dict() == {
        "train": 48,
        "validation": 6,
        "internal_test": 6,
    }


def test_a_manifest_is_written_and_read_back_whatever_the_order_of_sources(datasets, tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "new" / "other.csv"
    write_manifest(build_manifest(datasets, seed=3), one)
    write_manifest(build_manifest(datasets[::-1], seed=3), other)
    assert one.read_bytes() == other.read_bytes()
    assert b"\r" not in one.read_bytes()
    assert read_manifest(one).equals(build_manifest(datasets, seed=3))


def test_films_get_the_role_of_their_patient_under_any_source_name(datasets, folder):
    manifest = build_manifest(datasets, seed=3)
    copy = open_dataset(folder("NORMAL/NORMAL2-IM-0007-0001.png", name="copy"))
    role = manifest.set_index("patient")["role"]["kermany/im-7"]
    assert assign_roles(copy.table, manifest).tolist() == [role]
    assert (
        assign_roles(datasets[1].table, manifest)
        .groupby(datasets[1].table["patient"])
        .nunique()
        .eq(1)
        .all()
    )


def test_a_patient_who_was_not_divided_is_named(datasets, folder):
    manifest = build_manifest(datasets, seed=3)
    other = open_dataset(folder("NORMAL/IM-0099-0001.png", name="other"))
    with pytest.raises(DatasetError, match="1 patients such as kermany/im-99 are not in"):
        assign_roles(other.table, manifest)


def test_the_same_source_twice_is_refused(datasets):
    with pytest.raises(DatasetError, match="each of them once"):
        build_manifest([datasets[0], datasets[0]])
    with pytest.raises(DatasetError, match="at least one"):
        build_manifest([])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "cannot be read"),
        ("", "cannot be read"),
        ("patient,role\np,train\n", "columns patient, role"),
        ("source,patient,role\na,p,holdout\n", "roles train, validation, internal_test"),
        ("source,patient,role\na,p,train\nb,p,validation\n", "gives p two roles"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused(tmp_path, text, reason):
    path = tmp_path / "patients.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DatasetError, match=reason):
        read_manifest(path)


def test_the_committed_manifest_gives_every_patient_one_role():
    manifest = read_manifest()
    assert manifest.groupby("source").size().to_dict() == {
        "adult_cxr": 592,
        "chest_xray": 2635,
        "radiography": 6428,  # 6,488 films; see datasets/repeats.py
    }
    assert not manifest.duplicated(["source", "patient"]).any()


@pytest.mark.real
def test_building_the_manifest_again_gives_the_committed_file(real_data, tmp_path):
    names = ("chest_xray", "adult_cxr", "radiography")
    datasets = [open_dataset(real_data / name, source=name) for name in names]
    write_manifest(build_manifest(datasets), tmp_path / "patients.csv")
    assert (tmp_path / "patients.csv").read_bytes() == MANIFEST_PATH.read_bytes()
    table = pd.concat([data.table for data in datasets], ignore_index=True)
    roles = assign_roles(table, read_manifest())
    assert table.groupby("source").size()["radiography"] == 6488
    assert roles.groupby(table["sha256"]).nunique().max() == 1
