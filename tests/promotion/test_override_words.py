"""That a gate was overridden goes wherever the model goes."""

from gatetools import reads

from xray_core.bundle import find_bundle
from xray_core.bundle.export import zip_bytes
from xray_core.promotion.champion import promote, rollback
from xray_core.promotion.gate import judge
from xray_core.promotion.override_words import overrides_in_words, promotions_md
from xray_core.promotion.record import record_file

REASON = "It finds the films of the new scanner, which the old one misses."


def text_of(name):
    return promotions_md(name, find_bundle(name).sha256)


def test_who_overrode_what_and_why_goes_with_the_model_for_good(evidence):
    before = zip_bytes(find_bundle("other"))
    promote(judge(evidence(reads(), reads(missed=18))), by="Dr A", reason=REASON, override=True)
    rollback(by="Dr B")
    said = text_of("other")
    assert said.startswith("# other: promoted although its gate had failed")
    assert find_bundle("other").sha256 in said
    assert "by Dr A although the gate had failed (sensitivity)" in said and REASON in said
    assert text_of("tiny") == ""
    assert zip_bytes(find_bundle("other")) == before, "the model itself is as it was"


def test_a_promotion_that_passed_needs_no_words(evidence):
    promote(judge(evidence(reads(), reads())), by="Dr A", reason="as good")
    assert overrides_in_words(find_bundle("other").sha256) == () and text_of("other") == ""


def test_a_record_that_was_altered_does_not_make_an_override_go_away(evidence):
    promote(judge(evidence(reads(), reads(missed=18))), by="Dr A", reason=REASON, override=True)
    path = record_file()
    path.write_bytes(path.read_bytes().replace(b'"overridden":true', b'"overridden":7'))
    assert "is not as it was written" in text_of("other")
