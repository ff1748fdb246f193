"""Searches on Train, with a queue that nobody works off: what is asked for and what is shown."""

import pytest
from pagetools import failed, press, text_of

from pages.components import search_detail
from xray_core.jobs import ledger, queue, recovery, tags
from xray_core.jobs.state import State
from xray_core.tracking.runs import config_of, read_run, set_tags
from xray_core.training.config import TrainingConfig
from xray_core.training.search_plan import SearchPlan
from xray_core.training.search_result import SearchResult, TrialResult


@pytest.fixture
def no_worker(no_model, monkeypatch):
    """Jobs are noted, and the scheduler seems to know all of them."""
    monkeypatch.setattr(queue, "hand_over", lambda job: None)
    monkeypatch.setattr(recovery, "recover", lambda **_: None)
    monkeypatch.setattr(queue, "recover", lambda **_: None)


@pytest.fixture
def searched(no_worker, open_page, tmp_path, phantom_file):
    """The page on which a search was just started, and its job."""
    for kind, name in (("normal", "NORMAL"), ("lobar", "BACTERIAL")):
        (tmp_path / "set" / name).mkdir(parents=True)
        for seed in range(15):
            data = phantom_file(kind, seed).read_bytes()
            (tmp_path / "set" / name / f"{name}-p{seed}.png").write_bytes(data)
    app = open_page("app.py").switch_page("pages/train.py").run()
    app.text_input(key="train-path").set_value(str(tmp_path / "set"))
    app.run()
    next(n for n in app.number_input if n.label == "Trials").set_value(7)
    app = press(app, "Start search")
    (job,) = queue.jobs()
    return app, job.id


def found(config):
    """Three trials of a search, the second the best."""
    trials = (
        TrialResult(0, "complete", 0.9, 3, {"rate": 0.1, "batch": 8}, 4.0),
        TrialResult(1, "complete", 0.4, 3, {"rate": 0.001, "batch": 16}, 4.0),
        TrialResult(2, "failed", None, 0, {"rate": 9.0, "batch": 8}, 1.0, "it is not a number."),
    )
    best = config.changed({"rate": 0.001, "batch": 16})
    shares = {"rate": 0.8, "batch": 0.2}
    return SearchResult(config.name, "tpe", trials, shares, 1, best)


def test_start_search_queues_a_search_of_what_is_chosen_and_shows_it(searched):
    app, run = searched
    assert not failed(app)
    job = queue.job(run)
    assert job.is_search and job.epochs == 7
    assert job.name == "set-residual-search"
    config = config_of(run)
    plan = SearchPlan.model_validate_json(read_run(run).tags[tags.PLAN])
    assert (plan.trials, plan.sampler) == (7, "tpe")
    assert plan.trial_epochs == config.epochs // 4
    words = text_of(app)
    assert "residual, search" in words and "Queued" in words
    assert "The trials begin when the films are read." in words


def test_a_search_that_runs_shows_its_trials_its_importances_and_its_best(searched, monkeypatch):
    app, run = searched
    result = found(config_of(run))
    monkeypatch.setattr(search_detail, "read_search", lambda name: result)
    ledger.note_running(run, "here, process 1")
    set_tags(run, {tags.EPOCH: "3", tags.EPOCH_AT: "9e9", tags.EPOCH_SECONDS: "60"})
    app = app.run()
    assert not failed(app)
    (bar,) = app.get("progress")
    assert bar.proto.text.startswith("Trial 3 of 7, about")
    assert len(app.get("plotly_chart")) == 1
    assert "Best: trial 2**, worst of the validation losses (plain, stressed" in text_of(app)
    assert "rate 0.001, batch 16" in text_of(app)
    (table,) = app.dataframe
    assert list(table.value["State"]) == ["Complete", "Complete", "Failed"]
    assert list(table.value["Why it failed"])[2] == "it is not a number."


def test_one_click_trains_the_best_in_full_under_the_name_of_the_model(searched, monkeypatch):
    app, run = searched
    result = found(config_of(run))
    monkeypatch.setattr(search_detail, "read_search", lambda name: result)
    ledger.note_running(run, "here, process 1")
    ledger.note_end(run, State.DONE)
    app = press(app.run(), "Train the best fully")
    assert not failed(app)
    training = next(job for job in queue.jobs() if not job.is_search)
    best = config_of(training.id)
    assert (training.name, best.rate, best.batch) == ("set-residual", 0.001, 16)
    assert best.epochs == result.best.epochs
    assert f"Job {training.id}" in text_of(app)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "worst of the validation losses (plain, stressed, weighted against style)"),
        ({"style_floor": None}, "worst of the validation losses (plain, stressed)"),
        ({"best": "validation"}, "validation loss"),
        ({"best": "last"}, "validation loss of its last epoch"),
    ],
)
def test_the_loss_of_a_trial_bears_the_name_of_what_its_run_compares(tmp_path, changed, words):
    config = TrainingConfig.model_validate(
        {
            "name": "hunt", "title": "A hunt", "network": "residual", "balance": 0.5,
            "data": [{"path": tmp_path, "source": "set", "population": "x", "licence": "y"}],
            "confounders": "None that is known.", "operating_point": {"source": "set"},
            "style_floor": 0.1,
        } | changed
    )  # fmt: skip
    assert search_detail.loss_in_words(config) == words
