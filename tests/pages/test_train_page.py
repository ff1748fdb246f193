"""What Train shows, with a queue that nobody works off: no process is started."""

import pytest
from pagetools import failed, press, text_of

from pages.components import train_data, train_preview
from xray_core.datasets.phantom_set import draw_phantom_set
from xray_core.errors import JobError
from xray_core.jobs import ledger, queue, recovery
from xray_core.jobs.state import State
from xray_core.jobs.tags import EPOCH, EPOCH_AT, EPOCH_SECONDS
from xray_core.plots.augmentation import preview
from xray_core.tracking.history import log_epochs
from xray_core.tracking.runs import config_of, set_tags


@pytest.fixture
def no_worker(home, monkeypatch):
    """Jobs are noted, and the scheduler seems to know all of them."""
    monkeypatch.setattr(queue, "hand_over", lambda job: None)
    monkeypatch.setattr(recovery, "under_way", lambda jobs: {job.key for job in jobs})
    return home


@pytest.fixture
def folder(tmp_path, phantom_file):
    """Thirty films of two classes."""
    for kind, name in (("normal", "NORMAL"), ("lobar", "BACTERIAL")):
        (tmp_path / "set" / name).mkdir(parents=True)
        for seed in range(15):
            data = phantom_file(kind, seed).read_bytes()
            (tmp_path / "set" / name / f"{name}-p{seed}.png").write_bytes(data)
    return tmp_path / "set"


@pytest.fixture
def train(no_worker, open_page):
    """Return `train(path)`: the page with a data set chosen, or without."""

    def run(path=None):
        app = open_page("app.py").switch_page("pages/train.py").run()
        if path is not None:
            app.text_input(key="train-path").set_value(str(path))
            app.run()
        return app

    return run


@pytest.fixture
def submitted(train, folder):
    """A job in the queue, and the page that put it there."""
    app = press(train(folder), "Start training")
    (job,) = queue.jobs()
    return app, job.id


def name_of(app):
    return next(t for t in app.text_input if t.label.startswith("Name"))


def number(app, label):
    return next(n for n in app.number_input if n.label == label)


def look_again(app):
    """Run the page as its polling does."""
    return app.run()


def test_an_empty_page_says_what_to_do(train):
    words = text_of(train())
    assert "Train a network on your own films" in words
    assert f"Make {train_data.PHANTOMS} phantoms" in words


def test_a_page_without_jobs_says_how_to_get_one(train):
    app = train()
    app.session_state["train-tab"] = "Jobs"
    assert "No training yet" in text_of(app.run())


def test_a_data_set_is_described_and_its_choices_have_defaults_and_help(train, folder):
    app = train(folder)
    words = text_of(app)
    assert not failed(app)
    assert "30 films of" in words and "Bacterial pneumonia 15" in words
    assert number(app, "Epochs").value > 0
    assert "learning rate" in number(app, "Learning rate").help
    rotation = number(app, "Rotation")
    assert (rotation.value, rotation.min, rotation.max) == (10.0, 0.0, 180.0)
    assert "What the network will see" in words


def test_augmentation_is_shown_at_once_on_films_of_each_class(train, folder, monkeypatch):
    drawn = []

    def draw(shown, which, how, size, seed):
        drawn.append((shown[which].label, how.rotation))
        return preview(shown, which, how, size, seed)

    monkeypatch.setattr(train_preview, "preview", draw)
    app = train(folder)
    number(app, "Rotation").set_value(90.0)
    app.run()
    assert drawn == [
        ("BACTERIAL", 10.0),
        ("NORMAL", 10.0),
        ("BACTERIAL", 90.0),
        ("NORMAL", 90.0),
    ]


def test_start_puts_what_was_chosen_into_the_queue_and_shows_it(train, folder):
    app = train(folder)
    app.text_input(key=next(t.key for t in app.text_input if t.label.startswith("Name"))).set_value(
        "my-model"
    )
    number(app, "Epochs").set_value(7)
    number(app, "Shear").set_value(0.25)
    app = press(app.run(), "Start training")
    assert not failed(app)
    (job,) = queue.jobs()
    config = config_of(job.id)
    assert (config.name, config.epochs, config.augmentation.shear) == ("my-model", 7, 0.25)
    assert config.data[0].path == folder
    assert "**my-model**" in text_of(app) and "Queued" in text_of(app)


def test_choices_are_kept_while_another_tab_or_page_is_shown(train, folder):
    app = train(folder)
    app.selectbox(key="train-network").set_value("cnn-tiny")
    app = app.run()
    name_of(app).set_value("my-model")
    number(app, "Epochs").set_value(7)
    toggle = next(t for t in app.toggle if t.label == "Deterministic")
    toggle.set_value(True)
    optional = number(app, "Early stopping")
    assert optional.value is None
    optional.set_value(3)
    app = app.run()

    def chosen():
        assert not failed(app)
        assert app.selectbox(key="train-network").value == "cnn-tiny"
        assert name_of(app).value == "my-model"
        assert (number(app, "Epochs").value, number(app, "Early stopping").value) == (7, 3)
        assert next(t for t in app.toggle if t.label == "Deterministic").value is True

    chosen()
    app.session_state["train-tab"] = "Jobs"
    app.run()
    assert not app.number_input
    app.session_state["train-tab"] = "New training"
    app.run()
    chosen()
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/train.py").run()
    chosen()


def test_a_job_that_no_worker_takes_is_queued_once_and_the_page_says_so(train, folder, monkeypatch):
    def refuse(job):
        raise JobError("the process that runs jobs could not be started.")

    monkeypatch.setattr(queue, "hand_over", refuse)
    app = press(train(folder), "Start training")
    assert not failed(app)
    (job,) = queue.jobs()
    (warning,) = app.warning
    assert "is in the queue, but the process that runs jobs could not" in warning.value
    assert "Queued" in text_of(app) and job.name in text_of(app)


def test_what_is_not_allowed_is_one_sentence_and_starts_nothing(train, folder):
    app = train(folder)
    name = next(t for t in app.text_input if t.label.startswith("Name"))
    name.set_value("Not a name!")
    app = app.run()
    assert not app.exception
    (error,) = app.error
    assert "not valid at 'name'" in error.value
    assert queue.jobs() == ()


def test_a_path_that_is_not_there_is_one_sentence(train, tmp_path):
    app = train(tmp_path / "nowhere")
    assert not app.exception
    (error,) = app.error
    assert "nowhere" in error.value and "allowed" in error.value


def test_a_running_job_shows_its_epochs_curves_and_time_left_in_every_browser(submitted, open_page):
    app, run = submitted
    ledger.note_running(run, "here, process 1")
    log_epochs(run, [{"epoch": n, "loss": 1 / n, "validation_auc": 0.5} for n in (1, 2)])
    noted = {EPOCH: "2", EPOCH_AT: "9e9", EPOCH_SECONDS: "60"}
    set_tags(run, noted)
    other = open_page("app.py").switch_page("pages/train.py").run()
    other.session_state["train-tab"] = "Jobs"
    for page in (look_again(app), other.run()):
        words = text_of(page)
        assert not failed(page)
        assert "Running" in words and "here, process 1" in words
        (bar,) = page.get("progress")
        assert "Epoch 2 of" in bar.proto.text and "left" in bar.proto.text
        assert len(page.get("plotly_chart")) == 1
        assert len(page.get("download_button")) == 2


def test_a_job_is_cancelled_and_resumed(submitted):
    app, run = submitted
    app = press(app, "Cancel")
    assert queue.job(run).state is State.CANCELLED
    assert "Cancelled" in text_of(app)
    app = press(app, "Resume")
    assert not failed(app)
    assert (queue.job(run).state, queue.job(run).attempt) == (State.QUEUED, 2)
    assert "Queued" in text_of(app) and "attempt 2" in text_of(app)


def test_a_failed_job_shows_its_reason_and_its_log(submitted):
    app, run = submitted
    ledger.note_running(run, "here, process 1")
    ledger.note_end(run, State.FAILED, "the disk is full.")
    queue.log_path(queue.job(run).name).parent.mkdir(parents=True)
    queue.log_path(queue.job(run).name).write_text("Reading the films.")
    app = look_again(app)
    assert failed(app) == ["the disk is full."]
    app.toggle(key=f"log-{run}").set_value(True)
    assert "Reading the films." in [code.value for code in app.run().code]


def test_details_are_opened_and_hidden(submitted):
    app, run = submitted
    assert f"Job {run}" in text_of(app)
    app = press(app, "Hide")
    assert f"Job {run}" not in text_of(app)
    assert f"Job {run}" in text_of(press(app, "Details"))


def test_phantoms_are_drawn_to_try_it_out(train, monkeypatch):
    monkeypatch.setattr(train_data, "PHANTOMS", 16)
    monkeypatch.setattr(train_data, "PHANTOM_SIDE", 64)
    app = press(train(), "Make 16 phantoms")
    assert not failed(app)
    assert "16 films of" in text_of(app)
    assert app.selectbox(key="train-known").value.endswith("phantoms-16")


def test_reload_sees_films_that_have_come_and_suggests_for_them(train, folder, phantom_file):
    app = train(folder)
    for seed in range(15, 20):
        data = phantom_file("normal", seed).read_bytes()
        (folder / "NORMAL" / f"NORMAL-p{seed}.png").write_bytes(data)
    assert "30 films of" in text_of(app.run())
    app = press(app, "Reload")
    assert not failed(app)
    assert "35 films of" in text_of(app)


def test_films_that_are_imported_after_a_first_look_are_chosen(train):
    app = train()
    imported = draw_phantom_set(16, 64)
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/train.py").run()
    assert not failed(app)
    assert app.selectbox(key="train-known").value == str(imported)
    assert "16 films of" in text_of(app)
