"""Choices on Train that are no plain number: the division, epochs of a schedule, several sets."""

import pytest
from pagetools import failed, press, text_of

from pages.components import train_preview, train_suggestion
from xray_core.datasets.open import open_dataset
from xray_core.datasets.split_plans import fraction_split
from xray_core.jobs import queue, recovery
from xray_core.plots.augmentation import preview
from xray_core.settings import settings
from xray_core.tracking.runs import config_of
from xray_core.training import suggest
from xray_core.training.suggest import UNKNOWN


@pytest.fixture
def no_worker(no_model, monkeypatch):
    """Jobs are noted, and the scheduler seems to know all of them."""
    monkeypatch.setattr(queue, "hand_over", lambda job: None)
    monkeypatch.setattr(recovery, "under_way", lambda jobs: {job.key for job in jobs})


@pytest.fixture
def films(tmp_path, phantom_file):
    """Return `films(name, kinds)`: a folder of 20 films of each class."""

    def make(name, *kinds):
        for kind, label in kinds:
            (tmp_path / name / label).mkdir(parents=True)
            for seed in range(20):
                data = phantom_file(kind, seed, 64).read_bytes()
                (tmp_path / name / label / f"{name}-{label}-p{seed}.png").write_bytes(data)
        return tmp_path / name

    return make


@pytest.fixture
def one(films):
    """A set of two classes."""
    return films("one", ("normal", "NORMAL"), ("lobar", "BACTERIAL"))


@pytest.fixture
def train(no_worker, open_page):
    """Return `train(path)`: the page with films chosen."""

    def run(path):
        app = open_page("app.py").switch_page("pages/train.py").run()
        app.text_input(key="train-path").set_value(str(path))
        return app.run()

    return run


def choose(app, label, value):
    """Choose in the box of that label and run the page."""
    next(box for box in app.selectbox if box.label == label).set_value(value)
    return app.run()


def started(app):
    """Start the training, and return its configuration."""
    app = press(app, "Start training")
    assert not failed(app)
    (job,) = queue.jobs()
    return config_of(job.id)


def epochs_of_the_schedule(app):
    return [t for t in app.text_input if t.label == "Epochs after which the rate is lowered"]


def test_names_that_are_taken_are_read_again_only_when_something_new_may_have_one(
    train, one, monkeypatch
):
    read, real = [], train_suggestion.taken_names

    def taken():
        read.append(real())
        return read[-1]

    monkeypatch.setattr(train_suggestion, "taken_names", taken)
    app = train(one).run()  # the first look makes the database
    name = next(t.value for t in app.text_input if t.label == "Name of the model")
    read.clear()
    app = choose(app, "Schedule", "steps").run()
    assert not failed(app) and not read
    assert started(app).name == name
    assert train_suggestion.free_name(name) == f"{name}-2"
    (settings().home / "runs" / f"{name}-2").mkdir(parents=True)
    (settings().home / "runs" / f"{name}-2" / "history.json").write_text("[]")
    assert train_suggestion.free_name(name) == f"{name}-3"
    (settings().home / "bundles" / f"{name}-3").mkdir(parents=True)
    assert train_suggestion.free_name(name) == f"{name}-4"


def test_steps_are_typed_where_the_schedule_has_any(train, one):
    app = train(one)
    assert not epochs_of_the_schedule(app)
    app = choose(app, "Schedule", "steps")
    (typed,) = epochs_of_the_schedule(app)
    half, later = (int(part) for part in typed.value.split(", "))
    assert 0 < half < later
    typed.set_value("3, 5 and 7")
    app = app.run()
    assert "allowed are whole numbers with commas between them" in app.error[0].value
    epochs_of_the_schedule(app)[0].set_value("3, 5, 7")
    config = started(app.run())
    assert (config.schedule, config.rate_steps) == ("steps", (3, 5, 7))


@pytest.mark.parametrize("suggested", [256, None])
def test_a_limit_of_size_is_suggested_and_can_be_set_or_left_out(
    train, one, monkeypatch, suggested
):
    monkeypatch.setattr(suggest, "suggest_longest", lambda datasets: suggested)
    app = train(one)
    (longest,) = [field for field in app.number_input if field.label == "Longest"]
    assert longest.value == suggested and "finer detail" in longest.help
    other = 320 if suggested is None else None
    longest.set_value(other)
    assert started(app.run()).preprocessing.longest == other


def test_a_saved_split_is_trained_by_where_it_knows_the_patients(train, one, films):
    other = films("other", ("normal", "NORMAL"), ("lobar", "BACTERIAL"))
    for name, folder in (("mine", one), ("strange", other)):
        saved = fraction_split(open_dataset(folder), 0.2, 0.2, seed=1).save(name)
    app = choose(train(one), "Divided by", "manifest")
    assert not failed(app)
    (split,) = [box for box in app.selectbox if box.label == "Saved split"]
    assert split.options == ["mine"]
    assert "do not know these patients: strange (40 of 40 patients)" in text_of(app)
    config = started(app)
    assert config.manifest == saved.parent / "mine" / "patients.csv"
    assert config.division.by == "manifest"


def test_without_a_split_that_fits_the_page_says_how_to_get_one(train, one):
    app = choose(train(one), "Divided by", "manifest")
    assert not app.exception
    assert "no saved split knows the patients of these films" in app.error[0].value
    assert not failed(choose(app, "Divided by", "random"))


def test_shares_of_the_patients_are_chosen(train, one):
    app = train(one)
    next(n for n in app.number_input if n.label == "Validation, %").set_value(25.0)
    config = started(app.run())
    assert config.division.fractions == pytest.approx((0.65, 0.25, 0.1))
    assert config.manifest is None


def test_several_sets_are_trained_on_as_one(train, one, films, monkeypatch):
    drawn = []

    def draw(shown, which, *more):
        drawn.append(shown[which].label)
        return preview(shown, which, *more)

    monkeypatch.setattr(train_preview, "preview", draw)
    two = films("two", ("normal", "NORMAL"), ("interstitial", "VIRAL"))
    app = train(f"{one}; {two}")
    assert not failed(app)
    assert "80 films of" in text_of(app)
    assert drawn == ["BACTERIAL", "NORMAL", "VIRAL"]
    config = started(app)
    assert [(d.path, d.source) for d in config.data] == [(one, "one"), (two, "two")]
    assert config.confounders == UNKNOWN


def test_what_the_preview_does_not_show_is_said(train, one):
    app = train(one)
    assert "Films are also mixed in pairs, which is not shown." in text_of(app)
    next(n for n in app.number_input if n.label == "Mixup").set_value(0.0)
    assert "mixed in pairs" not in text_of(app.run())


def test_a_name_that_is_none_says_what_names_are(train, one):
    app = train(one)
    next(t for t in app.text_input if t.label == "Name of the model").set_value("Mine!")
    (error,) = app.run().error
    assert "dots, hyphens and underscores" in error.value
