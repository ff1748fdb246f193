import re
from collections import defaultdict
from pathlib import Path

import pytest

from xray_core.datasets.open import open_dataset
from xray_core.datasets.patients import patient_of, person_of, published_key
from xray_core.labels import CLASSES, COVID, NORMAL, VIRAL

COVID_LABEL, NORMAL_LABEL = frozenset({COVID}), frozenset({NORMAL})
_ONE, _OTHER = "E63574A7-4188-4C8D-8D17-9D67A18A1AFA", "F4341CE7-73C9-45C6-99C8-8567A5484B63"


@pytest.mark.parametrize(
    ("name", "patient"),
    [
        ("person12_bacteria_47.jpeg", "kermany/person-12"),
        ("person12_virus_9.jpeg", "kermany/person-12"),
        ("person1372_virus_2365_1.jpeg", "kermany/person-1372"),
        ("IM-0117-0001.jpeg", "kermany/im-117"),
        ("NORMAL2-IM-0117-0001-0002.jpeg", "kermany/im-117"),
        ("BACTERIA-1008087-0001.jpeg", "kermany/id-1008087"),
        ("VIRUS-1008087-0002.jpeg", "kermany/id-1008087"),
        ("NORMAL-28501-0001.jpeg", "kermany/id-28501"),
        ("00001299_003.jpg", "nih/nih-1299"),
        ("00000001_000-Cardiomegaly.png", "nih/nih-1"),
        ("train/NORMAL/00001299_004.jpg", "nih/nih-1299"),
        ("film-a.png", "mine/film-a"),
        ("person3_left.png", "mine/person-3"),
        ("Patient 012 (2).png", "mine/patient-12"),
        ("1.2.840.113619.2", "mine/1.2.840.113619.2"),
    ],
)
def test_the_number_in_the_name_is_the_patient_whatever_stands_around_it(name, patient):
    assert patient_of(name, "mine") == patient


@pytest.mark.parametrize(
    ("names", "patient"),
    [
        (["x.fig5-day0.jpg", "x.fig5-day12.jpg"], "x.fig5"),
        (["week-1-day0-PA.jpg", "week-1-day3.jpg"], "week-1"),
        (["fast-12-hours.jpg", "fast-3-days.jpg", "fast-admission.jpg"], "fast"),
        (["pdf-000-fig1a.jpg", "pdf-000-fig1b.jpg"], "pdf-000-fig1"),
        (["jkms-35-e79-g001-l-a.jpg", "jkms-35-e79-g001-l-c.jpg"], "jkms-35-e79-g001"),
        (["figure1-5e71-98-left.jpg", "figure1-5e71-98-right.jpg"], "figure1-5e71-98"),
        (["main.pdf-002-a1.jpg", "main.pdf-002-a2.jpg"], "main.pdf-002"),
        (
            [f"{_ONE}.jpg", f"{_OTHER}.jpg"],
            _OTHER,
        ),
        (["nejmoa2001191_f3-PA.jpg", "nejmoa2001191_f4.jpg"], "nejmoa2001191"),
    ],
)
def test_a_series_of_covid_films_is_one_patient(names, patient):
    assert {patient_of(name, "adult", COVID_LABEL) for name in names} == {f"adult/{patient}"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("covid-19-pneumonia-12.jpg", "covid-19-pneumonia-15-PA.jpg"),
        ("COVID-1.jpg", "COVID-10.jpg"),
        ("kjr-21-e24-g001-l-a.jpg", "kjr-21-e24-g002-l-a.jpg"),
        ("5A78BCA9-5B7A-440D-8A4E-AE7710EA6EAD.jpg", "5A78BCA9-5B7A-440D-8A4E-AE7710EA6EAB.jpg"),
        ("figure1-5e71be-98-left.jpg", "figure1-5e75d0-98-right.jpg"),
    ],
)
def test_other_covid_patients_stay_apart(one, other):
    assert patient_of(one, "adult", COVID_LABEL) != patient_of(other, "adult", COVID_LABEL)


def test_unknown_names_mean_something_only_within_their_source():
    assert patient_of("0001.png", "here") != patient_of("0001.png", "there")


def test_films_numbered_anew_in_each_class_folder_are_different_patients(folder):
    films = [f"{split}/{c}/{n}.png" for split in ("train", "test") for c in CLASSES for n in "01"]
    table = open_dataset(folder(*films)).table
    assert table.groupby("label")["patient"].nunique().to_dict() == dict.fromkeys(CLASSES, 2)
    assert table["patient"].nunique() == 2 * len(CLASSES)
    # Under one name in training and in test: nothing says that they are not of one patient.
    assert table.groupby("patient")["split"].nunique().eq(2).all()


def test_a_name_that_says_the_patient_holds_through_the_classes():
    names = ("patient12.png", "patient12_2.png", "Patient-012_day3.png")
    keys = {
        patient_of(name, "mine", label) for name in names for label in (NORMAL_LABEL, COVID_LABEL)
    }
    assert keys == {"mine/patient-12"}


@pytest.mark.parametrize(
    ("name", "label", "patient"),
    [
        ("Normal-12.jpg", NORMAL_LABEL, "radiography/Normal-12"),
        ("Viral Pneumonia-12.png", frozenset({VIRAL}), "radiography/Viral Pneumonia-12"),
        ("COVID-12.jpg", COVID_LABEL, "radiography/COVID-12"),
        ("film-12.jpg", NORMAL_LABEL, "radiography/NORMAL/film-12"),
    ],
)
def test_a_name_that_says_the_class_needs_no_folder(name, label, patient):
    assert patient_of(name, "radiography", label) == patient


def test_a_radiograph_under_several_numbers_is_one_patient():
    numbers = (379, 454, 460, 533, 609)
    keys = {patient_of(f"COVID-{n}.jpg", "radiography", COVID_LABEL) for n in numbers}
    assert keys == {"radiography/COVID-379"}


@pytest.mark.parametrize("name", ["MUELLER_ANNA_19790412.png", "patient4711.png", "\udce4.png"])
def test_a_key_of_a_file_that_may_name_a_person_is_published_as_a_hash(name):
    key = patient_of(name, "ward7", NORMAL_LABEL)
    published = published_key(key, "ward7")
    assert re.fullmatch(r"ward7/sha256-[0-9a-f]{16}", published)
    assert published_key(published, "ward7") == published
    assert person_of(published, "ward7") == person_of(key, "ward7")
    assert person_of(published, "ward7") != person_of("ward7/NORMAL/another", "ward7")


@pytest.mark.parametrize("key", ["kermany/person-12", "kermany/im-117", "nih/nih-1299"])
def test_a_key_of_a_public_collection_is_published_as_it_is(key):
    assert published_key(key, "mine") == person_of(key, "mine") == key


def test_a_name_in_a_set_that_is_called_like_a_public_collection_is_no_public_one():
    key = patient_of("person-mueller.png", "kermany")
    assert "mueller" in key and "mueller" not in published_key(key, "kermany")


def test_a_file_that_is_named_like_a_hash_is_published_as_another():
    key = patient_of("0123456789012345.png", "ward7")
    assert "0123456789012345" not in published_key(key, "ward7")


@pytest.mark.real
def test_the_real_covid_series_are_the_ones_checked_by_eye(real_data: Path):
    groups = defaultdict(set)
    for path in (real_data / "adult_cxr/train/COVID-19").iterdir():
        groups[patient_of(path.name, "adult_cxr", COVID_LABEL)].add(path.name)
    assert sum(map(len, groups.values())) == 97
    assert len(groups) == 71
    sizes = sorted(len(names) for names in groups.values() if len(names) > 1)
    assert sizes == [2] * 11 + [3] * 6 + [4]
