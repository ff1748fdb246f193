"""Every page opens, with and without a model, through the app and by its own address."""

import logging

import keras
import pytest
from pagetools import failed, text_of
from streamlit.testing.v1 import AppTest

from pages.components import frame
from xray_core.errors import XrayError
from xray_core.notice import NOTICE
from xray_core.settings import PROJECT_ROOT, settings

NAMES = sorted(path.stem for path in (PROJECT_ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_opens_by_itself_with_the_notice(name, tiny_bundle, open_page):
    app = open_page(f"pages/{name}.py")
    assert not failed(app)
    assert text_of(app).count(NOTICE) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_page_opens_without_a_model(name, no_model, open_page):
    app = open_page(f"pages/{name}.py")
    assert not failed(app)
    assert text_of(app).count(NOTICE) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_page_opens_through_the_app_and_stays_when_run_again(name, tiny_bundle, open_page):
    app = open_page("app.py").switch_page(f"pages/{name}.py").run()
    first = text_of(app)
    assert not failed(app)
    assert first.count(NOTICE) == 1
    assert text_of(app.run()) == first


def test_the_app_opens_on_diagnose(tiny_bundle, open_page):
    assert "Drop a chest X-ray to begin" in text_of(open_page("app.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_that_is_none_is_one_sentence_on_every_page(
    name, tiny_bundle, open_page, monkeypatch
):
    monkeypatch.setenv("XRAY_MAX_PIXELS", "many")
    settings.cache_clear()
    app = open_page(f"pages/{name}.py")
    (said,) = failed(app)
    assert said.replace("\\", "").startswith("XRAY_MAX_PIXELS is 'many': Input should be")
    assert "## " in text_of(app) and NOTICE in text_of(app)


@pytest.mark.parametrize("name", NAMES)
def test_a_home_that_cannot_be_looked_into_is_one_sentence_on_every_page(
    name, home, open_page, monkeypatch
):
    monkeypatch.setenv("XRAY_HOME", "/" + 300 * "x")  # root may look into every folder there is
    settings.cache_clear()
    app = open_page(f"pages/{name}.py")
    (said,) = failed(app)
    assert "which cannot be read (File name too long); allowed is a folder that" in said
    assert "## " in text_of(app) and NOTICE in text_of(app)


def page_on_its_way():
    import streamlit as st

    from pages.components import frame

    frame.announce(st.Page(frame.TRAIN, title="Train"))


def test_a_page_opened_for_the_first_time_says_at_once_that_it_is_on_its_way(
    tiny_bundle, open_page, monkeypatch
):
    monkeypatch.setattr(frame, "_opened", set())
    app = AppTest.from_function(page_on_its_way).run()
    assert "Opening Train …" in text_of(app)
    assert "Opening" not in text_of(app.run())
    assert "Opening" not in text_of(open_page("app.py"))  # it is there, and says so no longer


def broken_page():
    import streamlit as st

    from pages.components import frame

    with frame.boundary():
        st.markdown("above")
        raise KeyError("a secret of the implementation")


def refusing_page():
    from pages.components import frame
    from xray_core.errors import XrayError

    with frame.boundary():
        raise XrayError("what was received is *x*, allowed is [y].")


def test_an_unexpected_failure_is_one_sentence_and_a_line_in_the_log(caplog):
    with caplog.at_level(logging.ERROR, "kerley"):
        app = AppTest.from_function(broken_page).run()
    assert not app.exception
    assert app.markdown[0].value == "above"
    (shown,) = app.error
    assert "secret" not in shown.value
    reference = shown.value.split("reference ")[1].split(";")[0]
    assert reference in caplog.text
    assert "a secret of the implementation" in caplog.text


def test_a_failure_that_a_user_caused_is_shown_as_it_is_and_not_as_markdown():
    app = AppTest.from_function(refusing_page).run()
    assert [e.value for e in app.error] == [r"what was received is \*x\*, allowed is \[y\]."]


def test_text_from_outside_is_no_markdown():
    assert frame.sentence("a*b_c`d [e] <f> $g$ :h:") == (r"a\*b\_c\`d \[e\] \<f\> \$g\$ \:h\:")
    assert frame.sentence(XrayError("plain")) == "plain"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_clears_what_other_threads_work_with_while_a_page_runs_again(
    name, tiny_bundle, open_page, monkeypatch
):
    """Streamlit clears Keras' session after each run, where nobody forbids it."""
    cleared = []
    monkeypatch.setattr(keras.backend, "clear_session", lambda *_: cleared.append(name))
    open_page(f"pages/{name}.py").run()
    assert not cleared
