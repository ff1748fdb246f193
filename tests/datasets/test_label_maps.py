import json

import pytest

from xray_core.datasets.label_maps import merge_label_maps, parse_label_map
from xray_core.errors import DatasetError

EXPECTED = {0: "NORMAL", 1: "PNEUMONIA", 2: "COVID-19"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.json", json.dumps({"0": "normal", "1": "pneumonia", "2": "COVID-19"})),
        ("labels.json", json.dumps({"NORMAL": 0, "PNEUMONIA": 1, "covid": 2})),
        ("classes.json", json.dumps(["NORMAL", "PNEUMONIA", "COVID-19"])),
        ("classes.txt", "NORMAL\nPNEUMONIA\nCOVID-19\n"),
        ("classes.txt", "0 NORMAL\r\n1: PNEUMONIA\n2, covid-19\n"),
        ("classes.txt", "NORMAL 0\nPNEUMONIA=1\nCOVID-19: 2"),
        ("classes.txt", "\ufeff0\tNORMAL\n1\tPNEUMONIA\n\n2\tCOVID-19\n"),
    ],
)
def test_every_usual_form_of_a_label_map_says_the_same(name, content):
    assert parse_label_map(name, content.encode()) == EXPECTED


def test_a_class_of_two_words_is_one_name():
    assert parse_label_map("classes.txt", b"0 Viral Pneumonia\n1 Bacterial Pneumonia") == {
        0: "VIRAL",
        1: "BACTERIAL",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"0": "Lung_Opacity"}', "pairs '0' with 'Lung_Opacity'"),
        (b'{"a": "NORMAL"}', "pairs 'a' with 'NORMAL'"),
        (b'{"0": "NORMAL", "00": "COVID"}', "number 0 two classes"),
        (b'{"0": "NORMAL", "0": "COVID"}', "number 0 two classes"),
        (b"{", "cannot be read"),
        (b"3", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[" * 5000, "cannot be read"),
        (b" " * (2**20 + 1), "allowed are 1048576"),
    ],
)
def test_a_label_map_that_says_something_else_is_refused(content, reason):
    with pytest.raises(DatasetError, match=reason):
        parse_label_map("labels.json", content)


def test_a_line_without_a_number_among_numbered_ones_is_refused():
    with pytest.raises(DatasetError, match="cannot be read"):
        parse_label_map("classes.txt", b"0 NORMAL\nsomething else\n")


def test_label_maps_that_disagree_are_refused():
    with pytest.raises(DatasetError, match="class 0 is NORMAL in one label map and COVID-19"):
        merge_label_maps([{0: "NORMAL"}, {0: "COVID-19"}])
