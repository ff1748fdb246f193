"""Each line of the record of promotions is vouched for: a changed or missing one is noticed."""

import json

import pytest
from gatetools import copy_of
from trusting import trust

from xray_core.bundle import find_bundle
from xray_core.bundle.index import INDEX
from xray_core.bundle.store import stores
from xray_core.errors import PromotionError
from xray_core.promotion.champion import promote, rollback
from xray_core.promotion.record import read_record, record_file


def test_a_line_that_was_changed_later_is_noticed(passed):
    promote(passed, by="Dr A", reason="better")
    rollback(by="Dr B")
    path = record_file()
    path.write_bytes(path.read_bytes().replace(b'"by":"Dr A"', b'"by":"Dr C"'))
    with pytest.raises(PromotionError, match=r"line 2 of promotions\.jsonl is not as it was"):
        read_record()


def test_a_line_that_was_taken_out_is_noticed(passed):
    promote(passed, by="Dr A", reason="better")
    rollback(by="Dr B")
    path = record_file()
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])
    with pytest.raises(PromotionError, match="line 1"):
        read_record()
    with pytest.raises(PromotionError, match="line 1"):
        rollback(by="Dr B")


def test_a_line_cut_short_by_a_crash_is_as_if_it_had_not_been_begun(passed):
    promote(passed, by="Dr A", reason="better")
    with record_file().open("ab") as file:
        file.write(b'{"at":"2026-')
    assert len(read_record()) == 1
    rollback(by="Dr B")
    assert [entry.action for entry in read_record()] == ["promote", "rollback"]


@pytest.mark.parametrize("end", ["edited", "taken out", "all taken out"])
def test_the_newest_line_that_was_changed_or_taken_out_is_noticed(passed, end):
    """No line after it holds its hash; the index does."""
    promote(passed, by="Dr A", reason="better")
    rollback(by="Dr B")
    path = record_file()
    first, newest, _ = path.read_bytes().split(b"\n")
    edited = newest.replace(b"Dr B", b"Dr C")
    left = {"edited": [first, edited, b""], "taken out": [first, b""], "all taken out": []}
    path.write_bytes(b"\n".join(left[end]))
    with pytest.raises(PromotionError, match=r"line of promotions\.jsonl that made the champion"):
        read_record()
    with pytest.raises(PromotionError, match="put back the file from a copy"):
        promote(passed, by="Dr C", reason="again")
    assert find_bundle().name == "tiny"


def test_a_store_of_an_earlier_version_has_no_hash_of_the_newest_line(passed):
    promote(passed, by="Dr A", reason="better")
    path = stores()[1] / INDEX
    index = json.loads(path.read_text())
    assert index.pop("promotion") == read_record()[-1].sha256
    path.write_text(json.dumps(index))
    assert len(read_record()) == 1
    rollback(by="Dr B")
    assert json.loads(path.read_text())["promotion"] == read_record()[-1].sha256


def test_the_hash_of_the_newest_line_outlives_a_training(passed, two_models):
    promote(passed, by="Dr A", reason="better")
    trust(copy_of(two_models, "third"))
    assert json.loads((stores()[1] / INDEX).read_text())["promotion"] == read_record()[-1].sha256


def test_a_last_line_that_lost_its_newline_is_kept(passed):
    promote(passed, by="Dr A", reason="better")
    path = record_file()
    whole = path.read_bytes()
    path.write_bytes(whole.removesuffix(b"\n"))
    assert [entry.by for entry in read_record()] == ["Dr A"]
    rollback(by="Dr B")
    assert path.read_bytes().startswith(whole)
    assert [entry.by for entry in read_record()] == ["Dr A", "Dr B"]


def test_an_index_that_is_damaged_is_one_sentence(passed):
    promote(passed, by="Dr A", reason="better")
    (stores()[1] / INDEX).write_text("{")
    with pytest.raises(PromotionError, match=r"cannot be checked: index\.json of the folder"):
        read_record()
