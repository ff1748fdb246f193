import pytest

from xray_core.datasets.class_names import label_of
from xray_core.errors import DatasetError
from xray_core.labels import BACTERIAL, COVID, NORMAL, PNEUMONIA_CLASSES, VIRAL


@pytest.mark.parametrize(
    ("folder", "label"),
    [
        ("NORMAL", NORMAL),
        ("normal", NORMAL),
        ("COVID-19", COVID),
        ("COVID", COVID),
        ("covid19", COVID),
        ("covid_19", COVID),
        ("Viral Pneumonia", VIRAL),
        ("virus", VIRAL),
        ("BACTERIAL", BACTERIAL),
        ("bacteria", BACTERIAL),
        ("pneumonia_bacterial", BACTERIAL),
    ],
)
def test_a_class_folder_is_known_in_its_usual_spellings(folder, label):
    assert label_of(folder, "x.png", {}) == {label}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("person12_bacteria_47.jpeg", {BACTERIAL}),
        ("person12_virus_9.jpeg", {VIRAL}),
        ("BACTERIA-1008087-0001.jpeg", {BACTERIAL}),
        ("VIRUS-1008087-0001.jpeg", {VIRAL}),
        ("00001299_003.jpg", PNEUMONIA_CLASSES),
        ("bacteria.jpg", PNEUMONIA_CLASSES),
    ],
)
def test_a_pneumonia_film_has_the_kind_of_its_file_name_or_all_three(name, label):
    assert label_of("PNEUMONIA", name, {}) == label


def test_the_kind_counts_in_a_numbered_pneumonia_folder_too():
    assert label_of("1", "person1_virus_6.jpeg", {1: "PNEUMONIA"}) == {VIRAL}


@pytest.mark.parametrize("folder", ["Lung_Opacity", "abnormal", "Tuberculosis", "not normal"])
def test_a_folder_of_no_known_class_is_named_with_what_is_allowed(folder):
    with pytest.raises(DatasetError, match=rf"'{folder}'.*NORMAL, PNEUMONIA, BACTERIAL"):
        label_of(folder, "x.png", {})


def test_a_number_without_a_label_map_is_not_guessed():
    with pytest.raises(DatasetError, match=r"'0' is a number.*labels\.json"):
        label_of("0", "x.png", {})


def test_a_number_beyond_the_label_map_is_refused():
    with pytest.raises(DatasetError, match="'2' is not in the label map, which names 0, 1"):
        label_of("2", "x.png", {0: "NORMAL", 1: "PNEUMONIA"})
