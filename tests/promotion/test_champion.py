"""Who is the champion changes by a promotion or its roll back, and each is written down."""

import json
import shutil
from dataclasses import replace

import pytest
from gatetools import copy_of, reads
from trusting import trust

from xray_core.bundle import find_bundle
from xray_core.bundle.index import INDEX
from xray_core.bundle.store import stores
from xray_core.errors import BundleError, PromotionError
from xray_core.file_lock import exclusive
from xray_core.inference import ModelRef
from xray_core.promotion.champion import promote, rollback
from xray_core.promotion.gate import judge
from xray_core.promotion.record import (
    Entry,
    Model,
    add,
    now,
    overrides,
    read_record,
    record_file,
)
from xray_core.promotion.way_back import way_back
from xray_core.settings import settings

REASON = "It finds the films of the new scanner, which the old one misses."


@pytest.fixture
def refused(evidence):
    """A gate that `other` did not pass."""
    return judge(evidence(reads(), reads(missed=18)))


def champion():
    return find_bundle().name


def test_a_promotion_changes_the_champion_and_is_written_down(passed):
    promote(passed, by="Dr A", reason="  as good,\nand smaller ")
    (entry,) = read_record()
    assert champion() == "other"
    assert (entry.action, entry.by, entry.reason) == ("promote", "Dr A", "as good, and smaller")
    assert (entry.model.name, entry.former.name, entry.overridden) == ("other", "tiny", False)
    assert entry.model.sha256 == find_bundle("other").sha256
    assert entry.gate["passed"] and len(entry.gate["checks"]) == 6
    assert entry.gate["data"]["films"] == 500 and len(entry.gate["data"]["sha256"]) == 64
    assert entry.at.tzinfo is not None


def test_a_roll_back_brings_the_former_champion_back_and_is_written_down(passed):
    promote(passed, by="Dr A", reason="better")
    assert way_back().name == "tiny"
    rollback(by="Dr B", reason="it was not")
    assert champion() == "tiny" and way_back() is None
    assert [(e.action, e.model.name, e.by) for e in read_record()] == [
        ("promote", "other", "Dr A"), ("rollback", "tiny", "Dr B"),
    ]  # fmt: skip


def test_two_promotions_are_taken_back_one_after_the_other(passed, two_models, evidence):
    promote(passed, by="A", reason="first")
    third = copy_of(two_models, "third")
    sha256 = find_bundle("third").sha256
    gate = replace(
        passed,
        challenger=ModelRef("third", sha256),
        champion=ModelRef("other", find_bundle().sha256),
    )
    promote(gate, by="A", reason="second")
    assert champion() == third.name
    rollback(by="A")
    assert champion() == "other"
    rollback(by="A")
    assert champion() == "tiny"
    with pytest.raises(PromotionError, match="nothing to roll back"):
        rollback(by="A")


def third_in_charge(passed, two_models):
    """Make `third` the champion after `other`, as somebody else does meanwhile."""
    if not (two_models.parent / "third").exists():
        copy_of(two_models, "third")
    gate = replace(
        passed,
        challenger=ModelRef("third", find_bundle("third").sha256),
        champion=ModelRef("other", find_bundle().sha256),
    )
    return promote(gate, by="B", reason="meanwhile")


def test_a_roll_back_does_what_its_button_said_or_nothing(passed, two_models):
    promote(passed, by="A", reason="first")
    said = way_back()
    third_in_charge(passed, two_models)
    with pytest.raises(PromotionError, match="bring back other, not tiny; look again"):
        rollback(by="A", expected=said)
    assert champion() == "third" and len(read_record()) == 2


def test_a_second_click_on_roll_back_undoes_no_second_promotion(passed, two_models):
    promote(passed, by="A", reason="first")
    third_in_charge(passed, two_models)
    said = way_back()
    assert rollback(by="A", expected=said).model.name == "other"
    with pytest.raises(PromotionError, match="was changed meanwhile"):
        rollback(by="A", expected=said)
    assert champion() == "other"


def test_a_change_that_fails_leaves_no_line_and_the_way_back(passed, two_models, monkeypatch):
    promote(passed, by="A", reason="first")

    def full(*_):
        raise BundleError("index.json cannot be written: No space left on device.")

    with monkeypatch.context() as patch:
        patch.setattr("xray_core.promotion.champion.name_champion", full)
        with pytest.raises(BundleError, match="No space left"):
            third_in_charge(passed, two_models)
    assert champion() == "other" and len(read_record()) == 1
    assert way_back().name == "tiny"
    third_in_charge(passed, two_models)
    assert [entry.model.name for entry in read_record()] == ["other", "third"]


@pytest.mark.parametrize("action", ["promote", "rollback"])
def test_a_line_whose_change_never_came_blocks_no_roll_back(passed, action):
    """The process ended between the record and the index."""
    promote(passed, by="A", reason="first")
    never = Model(name="third" if action == "promote" else "tiny", sha256="0" * 64)
    other = read_record()[-1].model
    add(Entry(at=now(), action=action, model=never, former=other, by="B", reason="cut"))
    assert champion() == "other" and way_back().name == "tiny"
    rollback(by="A")
    assert champion() == "tiny" and way_back() is None


def test_the_store_of_runs_is_told_when_the_index_is_free(passed, monkeypatch):
    """A store that is a server may take long; others may change the champion meanwhile."""
    told = []

    def tell(name, sha256):
        with exclusive(settings().home / "index", PromotionError):
            told.append(name)

    monkeypatch.setattr("xray_core.tracking.champion_alias.move_alias", tell)
    promote(passed, by="A", reason="first")
    rollback(by="A")
    assert told == ["other", "tiny"]


def test_a_failed_gate_leaves_the_champion(refused):
    assert [check.name for check in refused.failed] == ["sensitivity"]
    with pytest.raises(PromotionError, match="the gate failed"):
        promote(refused, by="Dr A", reason=REASON)
    assert champion() == "tiny" and read_record() == ()


def test_an_override_is_written_down_for_good(refused):
    promote(refused, by="Dr A", reason=REASON, override=True)
    assert champion() == "other"
    rollback(by="Dr B")
    (entry,) = overrides(find_bundle("other").sha256)
    assert entry.overridden and entry.failed == ("sensitivity",) and entry.reason == REASON
    assert overrides(find_bundle("tiny").sha256) == ()


@pytest.mark.parametrize("reason", ["", "   ", "because", "." * 19])
def test_an_override_needs_a_written_reason(refused, reason):
    with pytest.raises(PromotionError, match="reason"):
        promote(refused, by="Dr A", reason=reason, override=True)
    assert champion() == "tiny"


def test_an_override_is_not_one_where_the_gate_was_passed(passed):
    assert not promote(passed, by="A", reason=REASON, override=True).overridden


def test_no_reason_overrides_files_that_were_changed(evidence, two_models):
    found = evidence(reads(), reads())
    (two_models / "README.md").write_text("another card")
    with pytest.raises(PromotionError, match="no reason overrides"):
        promote(judge(found), by="A", reason=REASON, override=True)


@pytest.mark.parametrize(("by", "reason"), [("", "why"), (" \n", "why"), ("A", ""), ("A", " ")])
def test_a_name_and_a_reason_are_asked_for(passed, by, reason):
    with pytest.raises(PromotionError, match="is missing"):
        promote(passed, by=by, reason=reason)


def test_a_bundle_that_changes_after_the_gate_is_not_promoted(passed, two_models):
    (two_models / "README.md").write_text("another card")
    with pytest.raises(BundleError, match="were changed"):
        promote(passed, by="A", reason="better")
    trust(two_models)
    with pytest.raises(PromotionError, match="is another one now"):
        promote(passed, by="A", reason="better")
    assert champion() == "tiny"


def test_a_gate_against_a_former_champion_does_not_count(passed):
    promote(passed, by="A", reason="first")
    with pytest.raises(PromotionError, match="the champion is other now"):
        promote(passed, by="B", reason="at the same time")


def test_a_champion_that_no_promotion_made_is_not_rolled_back(passed, two_models):
    promote(passed, by="A", reason="better")
    trust(copy_of(two_models, "third"), default=True)  # by hand
    assert way_back() is None
    with pytest.raises(PromotionError, match="nothing to roll back"):
        rollback(by="A")


def test_there_is_no_way_back_to_a_model_that_is_gone(passed, two_models):
    promote(passed, by="A", reason="better")
    shutil.rmtree(two_models.parent / "tiny")
    with pytest.raises(BundleError, match="'tiny' is not known"):
        rollback(by="A")
    assert champion() == "other"


def test_the_bundled_models_are_never_written_to(two_models, evidence, tmp_path, monkeypatch):
    """`tiny` is bundled and `other` is the user's: the alias moves in the user's index alone."""
    bundled = tmp_path / "bundled"
    bundled.mkdir()
    (two_models.parent / "tiny").rename(bundled / "tiny")
    (two_models.parent / INDEX).unlink()
    trust(bundled / "tiny", default=True)
    trust(two_models)
    monkeypatch.setenv("XRAY_MODELS_DIR", str(bundled))
    settings.cache_clear()
    before = (bundled / INDEX).read_bytes()
    assert champion() == "tiny"

    promote(judge(evidence(reads(), reads())), by="A", reason="better")
    assert champion() == "other"
    rollback(by="A")
    assert champion() == "tiny"
    assert (bundled / INDEX).read_bytes() == before
    assert json.loads((stores()[1] / INDEX).read_text())["default"] == "tiny"


def test_a_record_that_cannot_be_written_leaves_the_champion(passed, home):
    record_file().mkdir(parents=True)
    with pytest.raises(PromotionError, match="cannot be"):
        promote(passed, by="A", reason="better")
    assert champion() == "tiny"


def test_a_champion_whose_files_were_damaged_can_be_rolled_back(passed, two_models):
    promote(passed, by="A", reason="better")
    (two_models / "model.keras").write_bytes(b"damaged")
    rollback(by="A", reason="the disk failed")
    assert champion() == "tiny"
