"""What the page Datasets shows of a data set, and what it lets one do with it."""

import io
import shutil
import time
import zipfile
from pathlib import Path

import pytest
from pagetools import drop, failed, press, text_of

from pages.components import audit_job, dataset_public, dataset_splits, dataset_upload
from xray_core.datasets.manifest import read_manifest
from xray_core.datasets.public_sets import PublicSet
from xray_core.errors import DatasetError, DownloadError


@pytest.fixture
def films(tmp_path, phantom_file):
    """Two classes in two splits, one film in both."""
    root = tmp_path / "set"
    for i, (split, name) in enumerate(
        [("train", "NORMAL"), ("train", "PNEUMONIA"), ("test", "NORMAL"), ("test", "PNEUMONIA")]
    ):
        (root / split / name).mkdir(parents=True)
        data = phantom_file("normal", seed=i % 3).read_bytes()
        (root / split / name / f"film-{i}.png").write_bytes(data)
    return root


@pytest.fixture
def page(no_model, open_page):
    """The page by its own address: no model is loaded, which the audit needs none of."""
    return open_page("pages/datasets.py")


@pytest.fixture
def looking(page, films):
    """The page, looking at the films."""
    page.text_input[0].set_value(str(films))
    return page.run()


def open_tab(app, name):
    """Open a part of the page, as a click on it does."""
    app.session_state["dataset-tab"] = name
    return app.run()


def audited(app):
    """Start the audit, and watch it until it has ended."""
    return until_audited(press(open_tab(app, "Audit"), "Audit 4 films"))


def until_audited(app):
    """Run the page as its polling does, until the audit has ended."""
    for _ in range(600):
        if "Findings" in text_of(app):
            return app
        assert not app.exception
        time.sleep(0.1)
        app = app.run()
    raise AssertionError(f"the audit did not end; the page says: {text_of(app)}")


def test_an_empty_page_says_what_to_do(page):
    words = text_of(page)
    assert not failed(page)
    assert "Know your films before you train on them" in words
    assert "Upload" in words and "Phantoms" in words and "Public set" in words


def test_a_folder_is_shown_with_its_counts_and_films(looking):
    assert not failed(looking)
    metrics = {metric.label: metric.value for metric in looking.metric}
    assert metrics == {"Films": "4", "Patients": "4", "Classes": "2", "Splits": "2"}
    words = text_of(looking)
    assert "film-0.png" in words and "Pneumonia · test" in words


def test_a_path_that_is_not_there_is_one_sentence(page, tmp_path):
    page.text_input[0].set_value(str(tmp_path / "nowhere"))
    app = page.run()
    assert not app.exception
    (error,) = app.error
    assert "nowhere cannot be opened" in error.value and "allowed is a folder" in error.value


def test_a_file_that_is_no_film_is_shown_as_none(looking, films):
    (films / "train" / "NORMAL" / "letter.png").write_bytes(b"Dear doctor,")
    app = press(looking, "Reload")
    assert not failed(app)
    assert ":red[:material/broken_image: No film]" in text_of(app)


def test_an_audit_is_started_watched_and_read(looking):
    app = audited(looking)
    words = text_of(app)
    assert not app.exception
    (headline,) = app.error
    assert headline.value.startswith("**Serious.**")
    for verdict in ("**Fine**", "**Warning**", "**Serious**"):
        assert verdict in words, "a word stands beside the colour"
    assert "1 pair of equal or nearly equal films lie in two splits" in words
    assert "train/NORMAL/film-0.png" in words
    assert [button.label for button in app.get("download_button")] == [
        "Audit (HTML)", "Audit (JSON)", "Audit (CSV)",
    ]  # fmt: skip


def test_mean_films_and_sizes_come_with_the_audit(looking):
    app = open_tab(looking, "Mean films and sizes")
    assert "These pictures come with the audit" in text_of(app)
    app = open_tab(audited(looking), "Mean films and sizes")
    assert not failed(app) or app.error[0].value.startswith("**Serious.**")
    assert "The mean film of each class" in text_of(app)
    assert "PNG 8 bit (4)" in text_of(app)
    assert "Every film has 96 × 96 pixels." in text_of(app)
    assert len(app.get("plotly_chart")) == 2


def test_an_audit_can_be_cancelled_and_made_after_all(looking, monkeypatch):
    real = audit_job.survey_films

    def endless(dataset, progress):
        while True:
            progress("Reading films", 1, 4)
            time.sleep(0.01)

    monkeypatch.setattr(audit_job, "survey_films", endless)
    app = press(open_tab(looking, "Audit"), "Audit 4 films")
    for _ in range(100):
        if "Auditing" in text_of(app):
            break
        app = app.run()
    app = press(app, "Cancel")
    assert "What is wrong with these films?" in text_of(app)
    monkeypatch.setattr(audit_job, "survey_films", real)
    assert not audited(app).exception


def test_a_failing_audit_is_one_sentence_and_can_be_made_again(looking, monkeypatch):
    real = audit_job.survey_films

    def failing(dataset, progress):
        raise KeyError("a secret of the implementation")

    monkeypatch.setattr(audit_job, "survey_films", failing)
    app = press(open_tab(looking, "Audit"), "Audit 4 films")
    for _ in range(100):
        if app.error:
            break
        time.sleep(0.05)
        app = app.run()
    assert not app.exception
    assert "Something unexpected went wrong" in app.error[0].value
    monkeypatch.setattr(audit_job, "survey_films", real)
    app = until_audited(press(app, "Try again"))
    assert "Findings" in text_of(app)


def test_patients_are_divided_and_the_manifest_saved(looking, films, phantom_file, no_model):
    app = open_tab(looking, "Split")
    assert not failed(app)
    assert "By patient, 10% validation, 10% test, seed 20180222" in text_of(app)
    app = press(app, "Save")
    assert "no patient has the role" in app.error[0].value  # of four patients
    data = phantom_file("normal").read_bytes()
    for i in range(40):
        folder = films / "train" / ("PNEUMONIA" if i % 2 else "NORMAL")
        (folder / f"patient{i}.png").write_bytes(data + bytes([i]))  # no two films are equal
    app = press(app, "Reload")
    next(t for t in app.text_input if t.label == "Name of the split").set_value("mine")
    app = press(app, "Save")
    assert "Saved as" in app.success[0].value
    assert len(read_manifest(no_model / "splits" / "mine" / "patients.csv")) == 44


def test_a_share_for_the_test_is_always_asked_for(looking):
    app = open_tab(looking, "Split")
    test = next(n for n in app.number_input if n.label == "Test, %")
    assert test.min == 1
    app.session_state["split-method"] = "Folds"
    assert "Each fold is the test once" in text_of(app.run())


def test_patients_are_not_divided_again_by_a_rerun_but_by_reload(looking, films, monkeypatch):
    divided, real = [], dataset_splits.DIVIDE[dataset_splits.SHARES]

    def divide(*args):
        divided.append(args)
        return real(*args)

    monkeypatch.setitem(dataset_splits.DIVIDE, dataset_splits.SHARES, divide)
    app = open_tab(looking, "Split").run()
    assert not failed(app) and len(divided) == 1
    (films / "train" / "NORMAL" / "film-0.png").unlink()
    app = press(app, "Reload")
    assert not failed(app) and [len(dataset) for dataset, *_ in divided] == [4, 3]


def test_a_sets_own_split_that_shares_a_film_is_refused_in_red(looking):
    app = open_tab(looking, "Split")
    app.session_state["split-method"] = "The set's own"
    app = app.run()
    assert not app.exception
    assert "more than one split of the set; divide it by patient instead" in app.error[0].value


def test_a_dropped_archive_is_imported_and_shown(page, films, no_model):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in films.rglob("*.png"):
            archive.write(path, path.relative_to(films))
    app = drop(page, {"my set.zip": stream.getvalue()})
    assert not failed(app)
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"
    assert len(list((no_model / "datasets" / "my-set").rglob("*.png"))) == 4


def test_an_archive_that_leads_out_is_refused_in_one_sentence(page, no_model):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../evil.png", b"x")
    app = drop(page, {"evil.zip": stream.getvalue()})
    assert not app.exception
    assert "unsafe name" in app.error[0].value
    assert not list(no_model.rglob("evil.png"))


def test_an_archive_that_was_refused_is_not_unpacked_again(page, monkeypatch):
    unpacked = []

    def refuse(content, name, progress):
        unpacked.append(name)
        raise DatasetError("letters.zip holds no films; allowed are archives of films.")

    monkeypatch.setattr(dataset_upload, "import_archive", refuse)
    app = drop(page, {"letters.zip": b"PK"})
    assert [error.value for error in app.error] == [
        "letters.zip holds no films; allowed are archives of films."
    ]
    app = app.run()
    assert unpacked == ["letters.zip"]
    assert not app.error and not app.exception


def test_phantoms_are_drawn_and_shown(page, monkeypatch):
    real = dataset_upload.draw_phantom_set
    monkeypatch.setattr(
        dataset_upload,
        "draw_phantom_set",
        lambda films, progress: real(4, 64, progress),
    )
    app = press(page, "Draw phantoms")
    assert not failed(app)
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"
    assert "Covid" not in text_of(app) and "COVID-19" in text_of(app)


def test_phantoms_that_were_drawn_again_are_looked_at_anew(page, monkeypatch):
    real, counts = dataset_upload.draw_phantom_set, iter((4, 8))

    def draw(films, progress):
        drawn = real(next(counts), 64, progress)
        return drawn.rename(drawn.with_name("phantoms"))

    monkeypatch.setattr(dataset_upload, "draw_phantom_set", draw)
    app = press(page, "Draw phantoms")
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"
    shutil.rmtree(app.session_state["dataset-path"])
    app = press(app, "Draw phantoms")
    assert not failed(app)
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "8"


def test_a_licence_must_be_accepted_before_the_download(page, monkeypatch):
    asked = []

    def fetch(public, *, accepted, progress):
        asked.append(public)
        progress(1, 2)
        raise DownloadError("pneumoniamnist could not be fetched (no connection); try again.")

    monkeypatch.setattr(dataset_public, "fetch_set", fetch)
    button = next(b for b in page.button if b.label == "Download 214 MB")
    assert button.disabled
    assert "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)" in text_of(page)
    page.checkbox[0].check()
    app = press(page.run(), "Download 214 MB")
    assert not app.exception and len(asked) == 1
    assert "could not be fetched (no connection)" in app.warning[0].value


def test_a_fetched_set_is_opened(page, films, monkeypatch, no_model):
    fetched = Path(no_model / "datasets" / "films")
    fetched.parent.mkdir(parents=True, exist_ok=True)
    films.rename(fetched)
    monkeypatch.setattr(dataset_public, "fetch_set", lambda *_, **__: fetched)
    page.checkbox[0].check()
    app = press(page.run(), "Download 214 MB")
    assert not failed(app)
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"


def test_a_set_that_is_fetched_by_hand_says_how(page):
    box = next(s for s in page.selectbox if s.label == "Public set")
    box.set_value(next(o for o in dataset_public.PUBLIC_SETS if not o.url))
    app = page.run()
    assert isinstance(box.value, PublicSet)
    assert "This set is fetched by hand" in app.info[0].value


def test_the_data_set_is_kept_while_another_page_is_shown(no_model, open_page, films):
    app = open_page("app.py").switch_page("pages/datasets.py").run()
    app.text_input[0].set_value(str(films))
    app = app.run().switch_page("pages/about.py").run().switch_page("pages/datasets.py").run()
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"
