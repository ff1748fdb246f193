"""No name of a file becomes a formula, whichever sign the spreadsheet takes for its separator."""

import csv
from io import StringIO

import pytest

from xray_core.spreadsheet import plain, written

NAMES = (
    "=1+1.png",
    "NORMAL/a;=1+1;b.png",
    "a;@b",
    "a\t=1+1",
    "a;  =1+1",
    'a;"=1+1;b.png',
    "a\n=1+1;+2",
    "\t=1+1",
)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_name_is_a_formula_or_splits_into_one(separator):
    text = written([(1, name, name) for name in NAMES] + [(name, 2.5, None) for name in NAMES])
    cells = [c for row in csv.reader(StringIO(text), delimiter=separator) for c in row]
    assert not [cell for cell in cells if cell.strip(' "').startswith(("=", "+", "-", "@"))]


def test_a_name_with_a_list_separator_is_one_cell_where_it_opens_a_line():
    (row,) = csv.reader(StringIO(written([("NORMAL/a;b.png",)])), delimiter=";")
    assert row == ["NORMAL/a;b.png"]


def test_names_without_a_sign_of_a_formula_are_as_they_were():
    for name in ("NORMAL/a-b_1.png", "a; b", "e=mc2.png", "", "a;b=1"):
        assert plain(name) == name


def test_numbers_stand_without_quotes_and_none_is_an_empty_cell():
    assert written([("a", 1, 2.5, None)]) == '"a",1,2.5,""\n'
