"""Folders in each layout that is known are opened with labels, splits and patients."""

from pathlib import Path

import pytest

from xray_core.datasets.open import open_dataset, open_typed
from xray_core.errors import DatasetError
from xray_core.labels import BACTERIAL, NORMAL, PNEUMONIA_CLASSES, VIRAL


def rows(dataset, *columns):
    return list(dataset.table[list(columns)].itertuples(index=False, name=None))


def test_kermany_layout(folder):
    root = folder(
        "train/PNEUMONIA/person12_virus_9.jpeg",
        "train/NORMAL/IM-0117-0001.jpeg",
        "val/NORMAL/NORMAL2-IM-0117-0001.jpeg",
        "test/PNEUMONIA/person12_bacteria_47.jpeg",
    )
    assert rows(open_dataset(root), "path", "split", "label", "patient", "source", "phash") == [
        (
            "test/PNEUMONIA/person12_bacteria_47.jpeg",
            "test",
            BACTERIAL,
            "kermany/person-12",
            "films",
            "",
        ),
        ("train/NORMAL/IM-0117-0001.jpeg", "train", NORMAL, "kermany/im-117", "films", ""),
        ("train/PNEUMONIA/person12_virus_9.jpeg", "train", VIRAL, "kermany/person-12", "films", ""),
        ("val/NORMAL/NORMAL2-IM-0117-0001.jpeg", "val", NORMAL, "kermany/im-117", "films", ""),
    ]


def test_relabelled_layout(folder):
    root = folder("test/PNEUMONIA/BACTERIA-7-0001.jpeg", "train/NORMAL/NORMAL-7-0001.jpeg")
    assert rows(open_dataset(root), "label", "patient") == [
        (BACTERIAL, "kermany/id-7"),
        (NORMAL, "kermany/id-7"),
    ]


def test_one_folder_per_class_with_and_without_a_split(folder):
    flat = open_dataset(folder("COVID/a.png", "Viral Pneumonia/b.png", "normal/c.png", name="one"))
    assert rows(flat, "split", "label") == [("", "COVID-19"), ("", VIRAL), ("", NORMAL)]
    split = open_dataset(folder("validation/covid19/a.png", "Train/virus/b.png", name="two"))
    assert rows(split, "split", "label") == [("train", VIRAL), ("val", "COVID-19")]


def test_numbered_folders_with_a_label_map_beside_or_above_them(folder):
    root = folder("train/0/a.png", "train/1/b.png")
    with pytest.raises(DatasetError, match="no label map"):
        open_dataset(root)
    (root / "train/classes.txt").write_text("NORMAL\nPNEUMONIA\n")
    assert open_dataset(root).labels() == [frozenset({NORMAL}), PNEUMONIA_CLASSES]
    (root / "labels.json").write_text('{"NORMAL": 1, "PNEUMONIA": 0}')
    with pytest.raises(DatasetError, match="they must agree"):
        open_dataset(root)


def test_a_folder_around_it_all_is_looked_through(folder):
    root = folder("chest_xray/train/NORMAL/a.png", "chest_xray/train/PNEUMONIA/b.png")
    assert rows(open_dataset(root), "split", "label") == [("train", NORMAL), ("train", "PNEUMONIA")]


def test_a_nested_copy_of_everything_is_read_once(folder):
    films = ["train/NORMAL/a.png", "test/PNEUMONIA/b.png"]
    copies = [f"chest_xray/{film}" for film in films]
    root = folder(*(f"chest_xray/{film}" for film in films + copies))
    assert [path for (path,) in rows(open_dataset(root), "path")] == [
        "chest_xray/test/PNEUMONIA/b.png",
        "chest_xray/train/NORMAL/a.png",
    ]


def test_junk_is_passed_over_and_dicom_needs_no_extension(folder):
    root = folder(
        "NORMAL/film",
        "NORMAL/1.2.840.10008.5",
        "NORMAL/film.DCM",
        "NORMAL/.DS_Store",
        "NORMAL/._film.png",
        "NORMAL/Thumbs.db",
        "NORMAL/notes.txt",
        "NORMAL/boxes.csv",
        "__MACOSX/NORMAL/film.png",
        ".cache/NORMAL/film.png",
        "README",
        "VERSION",
    )
    names = [Path(path).name for (path,) in rows(open_dataset(root), "path")]
    assert names == ["1.2.840.10008.5", "film", "film.DCM"]


def test_an_unknown_class_folder_is_named_with_what_is_allowed(folder):
    root = folder("NORMAL/a.png", "Lung_Opacity/b.png")
    with pytest.raises(DatasetError, match=r"'Lung_Opacity'.*allowed are NORMAL"):
        open_dataset(root)
    with pytest.raises(DatasetError, match="'Lung_Opacity'"):
        open_dataset(folder("Lung_Opacity/b.png", name="alone"))


def test_a_film_beside_or_below_the_class_folders_is_not_guessed(folder):
    with pytest.raises(DatasetError, match=r"stray\.png is not in a class folder"):
        open_dataset(folder("stray.png", "NORMAL/a.png", name="beside"))
    with pytest.raises(DatasetError, match=r"COVID/images/a\.png lies deeper"):
        open_dataset(folder("COVID/images/a.png", "COVID/masks/a.png", name="below"))


def test_films_without_labels_are_refused_unless_asked_for(folder):
    root = folder("b.png", "a.jpg", "scan")
    with pytest.raises(DatasetError, match="not in a class folder"):
        open_dataset(root)
    films = open_dataset(root, labelled=False)
    assert rows(films, "path", "label") == [("a.jpg", ""), ("b.png", ""), ("scan", "")]
    assert films.labels() == [frozenset()] * 3


def test_labels_that_are_known_stay_when_none_are_needed(folder):
    root = folder("NORMAL/a.png", "Lung_Opacity/b.png")
    assert rows(open_dataset(root, labelled=False), "label") == [("",), (NORMAL,)]


@pytest.mark.parametrize("content", [None, b"", b"not an archive", b"%PDF-1.7"])
def test_what_is_no_folder_or_archive_is_refused(tmp_path, content):
    path = tmp_path / "data"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"allowed is a folder, \.zip"):
        open_dataset(path)


def test_a_folder_without_films_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(DatasetError, match="holds no films"):
        open_dataset(tmp_path)


def test_the_source_is_the_folder_that_is_no_split(folder, tmp_path, monkeypatch):
    root = folder("train/NORMAL/a.png", name="mine")
    assert open_dataset(root).table["source"].unique().tolist() == ["mine"]
    assert open_dataset(root / "train").table["patient"].tolist() == ["mine/NORMAL/a"]
    assert open_dataset(root, source="theirs").table["patient"].tolist() == ["theirs/NORMAL/a"]
    monkeypatch.chdir(root)
    assert open_dataset(".").table["patient"].tolist() == ["mine/NORMAL/a"]


def test_a_file_named_like_a_label_map_means_nothing_beside_named_folders(folder):
    root = folder("NORMAL/a.png")
    (root / "labels.json").write_text('{"boxes": [1, 2]}')
    assert open_dataset(root).table["label"].tolist() == [NORMAL]


@pytest.mark.real
def test_the_real_training_split_is_read_as_its_documentation_says(real_data):
    table = open_dataset(real_data / "chest_xray").table
    assert table["label"].value_counts().to_dict() == {BACTERIAL: 2530, VIRAL: 1345, NORMAL: 1341}
    assert table["split"].unique().tolist() == ["train"]
    assert table["patient"].nunique() == 2635
    copies = table["sha256"].value_counts()
    assert (copies > 1).sum() == 24
    assert (copies * (copies - 1) // 2).sum() == 28


@pytest.mark.real
def test_numbers_that_occur_twice_in_the_real_data_are_one_patient(real_data):
    table = open_dataset(real_data / "chest_xray").table
    kinds = table[table["patient"].str.contains("person")].groupby("patient")["label"].nunique()
    assert (kinds == 2).sum() == 808
    normal = table[table["patient"].str.contains("/im-")]
    prefixed = normal["path"].str.contains("NORMAL2-").groupby(normal["patient"]).nunique()
    assert (prefixed == 2).sum() == 211


@pytest.mark.real
def test_full_size_copies_are_of_the_same_patients(real_data):
    patients = set(open_dataset(real_data / "chest_xray").table["patient"])
    assert set(open_dataset(real_data / "fullres_samples").table["patient"]) <= patients


@pytest.mark.parametrize("text", ["~nobody-of-this-name/films", "films\0", "x" * 5000])
def test_what_is_typed_and_is_no_path_is_one_sentence(text):
    with pytest.raises(DatasetError, match=r"cannot be opened .*; allowed is a folder"):
        open_typed(text)


def test_a_path_may_be_typed_with_spaces_around_it_and_from_the_home_folder(folder, monkeypatch):
    root = folder("NORMAL/a.png")
    monkeypatch.setenv("HOME", str(root.parent))
    for text in (f" {root} ", f"~/{root.name}"):
        assert open_typed(text).table["path"].tolist() == ["NORMAL/a.png"]
