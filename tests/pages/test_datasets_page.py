"""What the page Datasets shows of a data set: its films, its audit and its division."""

import time

import pytest
from pagetools import failed, open_tab, press, text_of, typed

from pages.components import audit_job, dataset_splits
from xray_core.datasets.manifest import read_manifest


@pytest.fixture
def looking(datasets_page, leaky_set):
    """The page, looking at the set."""
    datasets_page.text_input[0].set_value(str(leaky_set))
    return datasets_page.run()


def audited(app):
    """Start the audit, and watch it until it has ended."""
    return until_audited(press(open_tab(app, "Audit", "dataset-tab"), "Audit 4 films"))


def until_audited(app):
    """Run the page as its polling does, until the audit has ended."""
    for _ in range(600):
        if "Findings" in text_of(app):
            return app
        assert not app.exception
        time.sleep(0.1)
        app = app.run()
    raise AssertionError(f"the audit did not end; the page says: {text_of(app)}")


def test_an_empty_page_says_what_to_do(datasets_page):
    words = text_of(datasets_page)
    assert not failed(datasets_page)
    assert "Know your films before you train on them" in words
    assert "Upload" in words and "Phantoms" in words and "Public set" in words


def test_a_folder_is_shown_with_its_counts_and_films(looking):
    assert not failed(looking)
    metrics = {metric.label: metric.value for metric in looking.metric}
    assert metrics == {"Films": "4", "Patients": "4", "Classes": "2", "Splits": "2"}
    words = text_of(looking)
    assert "film-0.png" in words and "Pneumonia · test" in words


def test_a_path_that_is_not_there_is_one_sentence(datasets_page, tmp_path):
    datasets_page.text_input[0].set_value(str(tmp_path / "nowhere"))
    app = datasets_page.run()
    assert not app.exception
    (error,) = app.error
    assert "nowhere cannot be opened" in error.value and "allowed is a folder" in error.value


def test_a_file_that_is_no_film_is_shown_as_none(looking, leaky_set):
    (leaky_set / "train" / "NORMAL" / "letter.png").write_bytes(b"Dear doctor,")
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
    app = open_tab(looking, "Mean films and sizes", "dataset-tab")
    assert "These pictures come with the audit" in text_of(app)
    app = open_tab(audited(looking), "Mean films and sizes", "dataset-tab")
    assert not failed(app)
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
    app = press(open_tab(looking, "Audit", "dataset-tab"), "Audit 4 films")
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
    app = press(open_tab(looking, "Audit", "dataset-tab"), "Audit 4 films")
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


def test_patients_are_divided_and_the_manifest_saved(looking, leaky_set, phantom_file, no_model):
    app = open_tab(looking, "Split", "dataset-tab")
    assert not failed(app)
    assert "By patient, 10% validation, 10% test, seed 20180222" in text_of(app)
    app = press(app, "Save")
    assert "no patient has the role" in app.error[0].value  # of four patients
    data = phantom_file("normal").read_bytes()
    for i in range(40):
        folder = leaky_set / "train" / ("PNEUMONIA" if i % 2 else "NORMAL")
        (folder / f"patient{i}.png").write_bytes(data + bytes([i]))  # no two films are equal
    app = press(app, "Reload")
    next(t for t in app.text_input if t.label == "Name of the split").set_value("mine")
    app = press(app, "Save")
    assert "Saved as" in app.success[0].value
    assert len(read_manifest(no_model / "splits" / "mine" / "patients.csv")) == 44


def test_a_share_for_the_test_is_always_asked_for(looking):
    app = open_tab(looking, "Split", "dataset-tab")
    test = next(n for n in app.number_input if n.label == "Test, %")
    assert test.min == 1
    app.session_state["split-method"] = "Folds"
    assert "Each fold is the test once" in text_of(app.run())


def test_patients_are_not_divided_again_by_a_rerun_but_by_reload(looking, leaky_set, monkeypatch):
    divided, real = [], dataset_splits.DIVIDE[dataset_splits.SHARES]

    def divide(*args):
        divided.append(args)
        return real(*args)

    monkeypatch.setitem(dataset_splits.DIVIDE, dataset_splits.SHARES, divide)
    app = open_tab(looking, "Split", "dataset-tab").run()
    assert not failed(app) and len(divided) == 1
    (leaky_set / "train" / "NORMAL" / "film-0.png").unlink()
    app = press(app, "Reload")
    assert not failed(app) and [len(dataset) for dataset, *_ in divided] == [4, 3]


def number(app, label):
    """The field of that number."""
    return next(n for n in app.number_input if n.label == label)


def test_how_to_divide_is_kept_while_another_tab_and_another_page_are_shown(looking):
    app = open_tab(looking, "Split", "dataset-tab")
    app.segmented_control(key="split-method").set_value("Folds")
    app = app.run()
    number(app, "Seed").set_value(7)
    number(app, "Folds").set_value(2)
    app = app.run()
    typed(app, "Name of the split", "mine")
    said = [line for line in text_of(app).splitlines() if "seed 7" in line]
    app = open_tab(open_tab(app, "Films", "dataset-tab"), "Split", "dataset-tab")
    assert not failed(app)
    assert app.segmented_control(key="split-method").value == "Folds"
    assert (number(app, "Seed").value, number(app, "Folds").value) == (7, 2)
    assert said and said[0] in text_of(app)
    assert next(t for t in app.text_input if t.label == "Name of the split").value == "mine"


def test_a_set_without_splits_of_its_own_is_divided_by_shares(looking, tmp_path, leaky_set):
    app = open_tab(looking, "Split", "dataset-tab")
    app.segmented_control(key="split-method").set_value("The set's own")
    app = open_tab(app.run(), "Films", "dataset-tab")
    (leaky_set / "train").rename(tmp_path / "plain")
    app.text_input[0].set_value(str(tmp_path / "plain"))
    app = open_tab(app.run(), "Split", "dataset-tab")
    assert not app.exception
    assert app.segmented_control(key="split-method").value == "Shares"


def test_a_sets_own_split_that_shares_a_film_is_refused_in_red(looking):
    app = open_tab(looking, "Split", "dataset-tab")
    app.session_state["split-method"] = "The set's own"
    app = app.run()
    assert not app.exception
    assert "more than one split of the set; divide it by patient instead" in app.error[0].value


def test_the_data_set_is_kept_while_another_page_is_shown(no_model, open_page, leaky_set):
    app = open_page("app.py").switch_page("pages/datasets.py").run()
    app.text_input[0].set_value(str(leaky_set))
    app = app.run().switch_page("pages/about.py").run().switch_page("pages/datasets.py").run()
    assert {metric.label: metric.value for metric in app.metric}["Films"] == "4"
