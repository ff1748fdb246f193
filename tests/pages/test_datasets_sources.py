"""Films that are not in a folder yet come to Datasets: archives, phantoms and public sets."""

import io
import shutil
import zipfile
from pathlib import Path

from pagetools import drop, failed, press, text_of

from pages.components import dataset_public, dataset_upload
from xray_core.datasets.public_sets import PublicSet
from xray_core.errors import DatasetError, DownloadError


def test_a_dropped_archive_is_imported_and_shown(datasets_page, leaky_set, no_model):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in leaky_set.rglob("*.png"):
            archive.write(path, path.relative_to(leaky_set))
    app = drop(datasets_page, {"my set.zip": stream.getvalue()})
    assert not failed(app)
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"
    assert len(list((no_model / "datasets" / "my-set").rglob("*.png"))) == 4


def test_an_archive_that_leads_out_is_refused_in_one_sentence(datasets_page, no_model):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../evil.png", b"x")
    app = drop(datasets_page, {"evil.zip": stream.getvalue()})
    assert not app.exception
    assert "unsafe name" in app.error[0].value
    assert not list(no_model.rglob("evil.png"))


def test_an_archive_that_was_refused_is_not_unpacked_again(datasets_page, monkeypatch):
    unpacked = []

    def refuse(content, name, progress):
        unpacked.append(name)
        raise DatasetError("letters.zip holds no films; allowed are archives of films.")

    monkeypatch.setattr(dataset_upload, "import_archive", refuse)
    app = drop(datasets_page, {"letters.zip": b"PK"})
    assert [error.value for error in app.error] == [
        "letters.zip holds no films; allowed are archives of films."
    ]
    app = app.run()
    assert unpacked == ["letters.zip"]
    assert not app.error and not app.exception


def test_phantoms_are_drawn_and_shown(datasets_page, monkeypatch):
    real = dataset_upload.draw_phantom_set
    monkeypatch.setattr(
        dataset_upload,
        "draw_phantom_set",
        lambda films, progress: real(4, 64, progress),
    )
    app = press(datasets_page, "Draw phantoms")
    assert not failed(app)
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"
    assert "Covid" not in text_of(app) and "COVID-19" in text_of(app)


def test_phantoms_that_were_drawn_again_are_looked_at_anew(datasets_page, monkeypatch):
    real, counts = dataset_upload.draw_phantom_set, iter((4, 8))

    def draw(films, progress):
        drawn = real(next(counts), 64, progress)
        return drawn.rename(drawn.with_name("phantoms"))

    monkeypatch.setattr(dataset_upload, "draw_phantom_set", draw)
    app = press(datasets_page, "Draw phantoms")
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"
    shutil.rmtree(app.session_state["dataset-path"])
    app = press(app, "Draw phantoms")
    assert not failed(app)
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "8"


def test_a_licence_must_be_accepted_before_the_download(datasets_page, monkeypatch):
    asked = []

    def fetch(public, *, accepted, progress):
        asked.append(public)
        progress(1, 2)
        raise DownloadError("pneumoniamnist could not be fetched (no connection); try again.")

    monkeypatch.setattr(dataset_public, "fetch_set", fetch)
    button = next(b for b in datasets_page.button if b.label == "Download 214 MB")
    assert button.disabled
    assert "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)" in text_of(datasets_page)
    datasets_page.checkbox[0].check()
    app = press(datasets_page.run(), "Download 214 MB")
    assert not app.exception and len(asked) == 1
    assert "could not be fetched (no connection)" in app.warning[0].value


def test_a_fetched_set_is_opened(datasets_page, leaky_set, monkeypatch, no_model):
    fetched = Path(no_model / "datasets" / "films")
    fetched.parent.mkdir(parents=True, exist_ok=True)
    leaky_set.rename(fetched)
    monkeypatch.setattr(dataset_public, "fetch_set", lambda *_, **__: fetched)
    datasets_page.checkbox[0].check()
    app = press(datasets_page.run(), "Download 214 MB")
    assert not failed(app)
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"


def test_a_set_that_is_fetched_by_hand_says_how(datasets_page):
    box = next(s for s in datasets_page.selectbox if s.label == "Public set")
    box.set_value(next(o for o in dataset_public.PUBLIC_SETS if not o.url))
    app = datasets_page.run()
    assert isinstance(box.value, PublicSet)
    assert "This set is fetched by hand" in app.info[0].value
