"""Import on Models: a model comes in by its hash, and what is none is refused."""

import io
import shutil

import pytest
from pagetools import failed, open_tab, press, text_of, typed
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

from pages.components import model_import
from xray_core.bundle import find_bundle
from xray_core.bundle.export import zip_bytes
from xray_core.errors import BundleError
from xray_core.promotion.install import install


def test_a_model_comes_in_once_its_hash_is_confirmed(tiny_and_other, open_page, monkeypatch):
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    zipped, sha256 = zip_bytes(find_bundle("other")), find_bundle("other").sha256
    shutil.rmtree(tiny_and_other)
    app = open_tab(open_page("pages/models.py"), "Import", "models-tabs")
    app.file_uploader[0].set_value([("other.zip", zipped, "application/zip")])
    app = app.run()
    assert not failed(app)
    assert "it is not trusted yet" in text_of(app) and app.code[0].value == sha256
    assert next(b for b in app.button if b.label == "Trust and install").disabled
    app = typed(app, "SHA-256 from whoever made it", "0" * 64)
    assert "another SHA-256" in failed(app)[0]
    app = press(typed(app, "SHA-256 from whoever made it", sha256), "Trust and install")
    assert find_bundle("other").sha256 == sha256
    assert find_bundle().name == "tiny"
    assert "other is installed" in text_of(app) + "".join(s.value for s in app.success)
    assert not failed(app), "the zip is not judged again as one whose name is taken"
    assert "Take in a model from elsewhere" in text_of(app)


def test_a_refusal_goes_with_its_cause(tiny_and_other, open_page, monkeypatch):
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    zipped = zip_bytes(find_bundle("other"))
    app = open_tab(open_page("pages/models.py"), "Import", "models-tabs")
    app.file_uploader[0].set_value([("other.zip", zipped, "application/zip")])
    app = app.run()
    assert "is installed already" in failed(app)[0]
    shutil.rmtree(tiny_and_other)
    app = app.run()
    assert not failed(app) and "it is not trusted yet" in text_of(app)


def test_a_click_while_a_model_is_installed_loses_nothing(tiny_and_other, open_page, monkeypatch):
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    zipped, sha256 = zip_bytes(find_bundle("other")), find_bundle("other").sha256
    shutil.rmtree(tiny_and_other)

    def clicked_meanwhile(*given):
        info = install(*given)
        found = get_script_run_ctx()
        found.script_requests.request_rerun(RerunData(page_script_hash=found.page_script_hash))
        return info

    monkeypatch.setattr(model_import, "install", clicked_meanwhile)
    app = open_tab(open_page("pages/models.py"), "Import", "models-tabs")
    app.file_uploader[0].set_value([("other.zip", zipped, "application/zip")])
    app = typed(app.run(), "SHA-256 from whoever made it", sha256)
    app = press(app, "Trust and install")
    assert not failed(app)
    assert [s.value for s in app.success] == [
        "other is installed. The champion is the same as before."
    ]
    assert "Take in a model from elsewhere" in text_of(app)
    assert not app.run().success, "it is said once"


def test_weights_that_are_refused_are_tried_once_for_each_upload(
    tiny_and_other, open_page, monkeypatch
):
    tried = []

    def refuse(folder, title):
        tried.append(title)
        raise BundleError(f"{title}: loading it took over 600 seconds.")

    monkeypatch.setattr("xray_core.promotion.install.try_bundle", refuse)
    zipped = zip_bytes(find_bundle("other"))
    shutil.rmtree(tiny_and_other)
    app = open_tab(open_page("pages/models.py"), "Import", "models-tabs")
    app.file_uploader[0].set_value([("other.zip", zipped, "application/zip")])
    app = app.run().run()
    (shown,) = failed(app)
    assert "took over 600 seconds" in shown and len(tried) == 1
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    app = press(app, "Check again")
    assert not failed(app) and "it is not trusted yet" in text_of(app)


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_what_is_no_model_is_refused_in_one_sentence(tiny_and_other, open_page, content):
    app = open_tab(open_page("pages/models.py"), "Import", "models-tabs")
    app.file_uploader[0].set_value([("bad.zip", content, "application/zip")])
    app = app.run()
    (shown,) = failed(app)
    assert shown.startswith("**Refused.**") and "cannot be read as a model" in shown


def test_a_zip_with_code_is_refused(tiny_and_other, open_page):
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../evil.py", "print('run')")
    app = open_tab(open_page("pages/models.py"), "Import", "models-tabs")
    app.file_uploader[0].set_value([("bad.zip", buffer.getvalue(), "application/zip")])
    (shown,) = failed(app.run())
    assert "unsafe name" in shown
