"""Import on Models: a model comes in by its hash, and what is none is refused."""

import io
import shutil

import pytest
from pagetools import failed, open_tab, press, text_of, typed

from xray_core.bundle import find_bundle
from xray_core.bundle.export import zip_bytes


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
