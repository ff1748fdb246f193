"""Promotion on Models: the gate with its evidence, an override, the way back, the record."""

import json
import shutil
import time

import pytest
from pagetools import failed, open_tab, press, text_of, typed
from trusting import trust

from xray_core.bundle import find_bundle
from xray_core.promotion.champion import promote, rollback
from xray_core.promotion.evidence import present_champion
from xray_core.promotion.gate import Gate
from xray_core.promotion.record import read_record

REASON = "A drill on the ward: the films are far too few for the gate."


@pytest.fixture
def films(drill_films):
    return drill_films


def judged(app, films):
    """Fill in the form, press Judge and wait for the evidence."""
    app = open_tab(app, "Promote", "models-tabs")
    next(f for f in app.text_input if f.label == "Labelled films").set_value(str(films))
    app = press(app, "Judge")
    for _ in range(600):
        if any("the gate against" in e.value for e in (*app.error, *app.success)):
            return app
        time.sleep(0.1)
        app = app.run()
    raise AssertionError(f"no evidence came; the page says: {text_of(app)}")


def put_in_charge(name, *, gate_failed=False):
    """Promote without the page, on no evidence."""
    from xray_core.evaluation.data_ref import DataRef
    from xray_core.inference import ModelRef
    from xray_core.promotion.check import Check

    info, champion = find_bundle(name), present_champion()
    checks = (Check("shortcuts", "No more reliance", not gate_failed, "It reads the frame."),)
    gate = Gate(
        ModelRef(info.name, info.sha256),
        ModelRef(champion.name, champion.sha256),
        DataRef("ward", None, "0" * 64, 8, 8, {}, {}),
        0.02, 8, 8, checks,
    )  # fmt: skip
    promote(gate, by="Dr A", reason=REASON, override=gate_failed)


def test_a_gate_that_fails_shows_each_check_and_promotes_only_with_a_reason(
    tiny_and_other, films, open_page
):
    app = judged(open_page("pages/models.py"), films)
    words = text_of(app)
    assert "does not pass the gate against **tiny**" in words
    assert ":red[:material/cancel: **Failed**] Sensitivity not worse" in words
    assert ":green[:material/check_circle: **Passed**] Files as they were" in words
    assert ":red[:material/cancel: **Failed**] Specificity not worse" in words
    assert "at least 133 patients" in words and "at least 52 patients" in words
    promote_button = next(b for b in app.button if b.label == "Promote all the same")
    assert promote_button.disabled

    app = typed(app, "Your name", "Dr A")
    app = typed(app, "Reason", REASON)
    assert next(b for b in app.button if b.label == "Promote all the same").disabled
    app.checkbox[0].set_value(True)
    app = press(app.run(), "Promote all the same")
    assert find_bundle().name == "other"
    assert "**other** is the champion" in text_of(app)
    (entry,) = read_record()
    assert entry.overridden and entry.by == "Dr A" and "sensitivity" in entry.failed


def test_an_override_stands_on_the_card_for_good(tiny_and_other, open_page):
    put_in_charge("other", gate_failed=True)
    for page in ("pages/models.py", "pages/about.py"):
        words = text_of(open_page(page))
        assert "by Dr A although the gate had failed (shortcuts)" in words
        assert "It reads the frame." in words
    press(typed(open_page("pages/models.py"), "Your name", "Dr B"), "Roll back to tiny")
    app = open_page("pages/models.py")
    app.radio[0].set_value("other")
    assert "although the gate had failed" in text_of(app.run()), "also when it is no champion"
    tiny, other = app.radio[0].options
    assert "gate overridden" in other and "gate overridden" not in tiny


def test_a_roll_back_is_one_click_and_recorded(tiny_and_other, open_page):
    put_in_charge("other")
    app = open_page("pages/models.py")
    assert next(b for b in app.button if b.label == "Roll back to tiny").disabled
    app = press(typed(app, "Your name", "Dr B"), "Roll back to tiny")
    assert not failed(app)
    assert find_bundle().name == "tiny"
    assert "tiny is the champion again" in app.success[0].value
    words = text_of(open_tab(app, "History", "models-tabs"))
    assert "**tiny** came back in place of **other**" in words and "by Dr B" in words
    assert "**other** replaced **tiny**" in words and "far too few for the gate" in words


def test_a_page_that_is_out_of_date_rolls_nothing_back(tiny_and_other, open_page):
    put_in_charge("other")
    app = typed(open_page("pages/models.py"), "Your name", "Dr B")
    third = shutil.copytree(tiny_and_other, tiny_and_other.parent / "third")
    path = third / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "third"}))
    trust(third)
    put_in_charge("third")  # in another session; this one still says "Roll back to tiny"
    app = press(app, "Roll back to tiny")
    (shown,) = failed(app)
    assert "would bring back other, not tiny" in shown and not app.success
    assert find_bundle().name == "third" and len(read_record()) == 2


def test_a_change_that_did_not_come_about_is_said_in_the_history_and_not_of_the_champion(
    tiny_and_other, monkeypatch, open_page
):
    put_in_charge("other")

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as ended:
        ended.setattr("xray_core.promotion.champion.name_champion", crash)
        with pytest.raises(KeyboardInterrupt):
            rollback(by="Dr C")
    app = open_page("pages/models.py")
    words = text_of(app)
    assert "no promotion is on record" not in words
    assert "promoted by Dr A" in words and "by Dr C" not in words
    assert any(b.label == "Roll back to tiny" for b in app.button)
    app = open_tab(app, "History", "models-tabs")
    assert not failed(app)
    assert "by Dr C" in text_of(app) and "by Dr A" in text_of(app)
    assert len([w for w in app.warning if "the program ended before" in w.value]) == 1
    assert find_bundle().name == "other"


def test_a_record_that_was_altered_is_said_and_the_page_stands(tiny_and_other, home, open_page):
    put_in_charge("other")
    path = home / "promotions.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"by":"Dr A"', b'"by":7'))
    app = open_page("pages/models.py")
    words = text_of(app)
    assert not failed(app)
    assert "is not as it was written" in words and "### Another network" in words


def test_films_that_are_not_there_are_one_sentence(tiny_and_other, open_page):
    app = open_tab(open_page("pages/models.py"), "Promote", "models-tabs")
    next(f for f in app.text_input if f.label == "Labelled films").set_value("/no/such/folder")
    app = press(app, "Judge")
    for _ in range(100):
        if failed(app):
            break
        time.sleep(0.1)
        app = app.run()
    (shown,) = failed(app)
    assert "/no/such/folder" in shown and not app.exception


def test_diagnose_takes_the_new_champion_at_once(tiny_and_other, open_page):
    """The same session, run again as its polling does it."""
    from pages.components import models

    app = open_page("pages/diagnose.py")
    assert not failed(app)
    assert models.reader().classifier.name == "tiny"
    put_in_charge("other")
    assert models.reader().classifier.name == "other"
