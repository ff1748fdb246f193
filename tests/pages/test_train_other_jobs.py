"""Cross-validations and classical models on Train, with a queue that nobody works off."""

import shutil

import pytest
from pagetools import failed, press, text_of

from xray_core.jobs import ledger, queue, recovery, tags
from xray_core.jobs.state import State
from xray_core.settings import settings
from xray_core.tracking.folds import log_folds
from xray_core.tracking.runs import config_of, read_config, set_tags
from xray_core.training.classical.config import ClassicalConfig
from xray_core.training.fold_result import FIGURES, FoldResult, summary


@pytest.fixture
def opened(no_model, open_page, tmp_path, phantom_file, monkeypatch):
    """Return `opened()`: Train with a small set chosen; jobs are noted, and nobody works."""
    monkeypatch.setattr(queue, "hand_over", lambda job: None)
    monkeypatch.setattr(recovery, "recover", lambda **_: None)
    monkeypatch.setattr(queue, "recover", lambda **_: None)

    def show():
        for kind, name in (("normal", "NORMAL"), ("lobar", "BACTERIAL")):
            (tmp_path / "set" / name).mkdir(parents=True)
            for seed in range(15):
                data = phantom_file(kind, seed).read_bytes()
                (tmp_path / "set" / name / f"{name}-p{seed}.png").write_bytes(data)
        app = open_page("app.py").switch_page("pages/train.py").run()
        app.text_input(key="train-path").set_value(str(tmp_path / "set"))
        return app.run()

    return show


def fold(number, auc):
    return FoldResult(number, 10, 3, 2, 0.4, dict.fromkeys(FIGURES, 0.5) | {"auc": auc})


def test_a_cross_validation_is_queued_and_shows_its_folds_with_mean_and_spread(opened):
    app = opened()
    assert "No model is kept" in text_of(app)
    next(n for n in app.number_input if n.key == "train-folds").set_value(4)
    app = press(app, "Start cross-validation")
    assert not failed(app)
    (job,) = queue.jobs()
    config = config_of(job.id)
    assert (job.name, job.folds, job.epochs) == ("set-residual-folds", 4, 4 * config.epochs)
    assert "residual, 4 folds" in text_of(app)

    ledger.note_running(job.id, "here, process 1")
    done = config.epochs + 2
    set_tags(job.id, {tags.EPOCH: str(done), tags.EPOCH_AT: "9e9", tags.EPOCH_SECONDS: "60"})
    log_folds(job.id, summary(config, [fold(1, 0.9), fold(2, 0.7)]))
    app = app.run()
    assert not failed(app)
    (bar,) = app.get("progress")
    assert bar.proto.text.startswith(f"Fold 2 of 4, epoch 2 of {config.epochs}, about")
    assert "AUC 0.800 ± 0.141" in text_of(app)
    (table,) = app.dataframe
    assert list(table.value["Fold"]) == ["1", "2", "Mean", "Standard deviation"]
    assert list(table.value["AUC"]) == [0.9, 0.7, 0.8, 0.1414]

    ledger.note_end(job.id, State.DONE)
    app = app.run()
    assert not failed(app)
    assert "No model is kept" in text_of(app)


def test_a_classical_model_is_queued_with_the_films_and_the_division_that_are_chosen(
    opened, tiny_store
):
    shutil.copytree(tiny_store, settings().home / "bundles", dirs_exist_ok=True)
    app = opened()
    next(s for s in app.selectbox if s.label == "Classical model").set_value("decision-tree")
    app = app.run()
    app = press(app, "Start fitting")
    assert not failed(app)
    (job,) = queue.jobs()
    assert (job.name, job.network) == ("tiny-decision-tree", "decision-tree")
    config = read_config(job.id, ClassicalConfig)
    assert (config.features, config.data[0].path.name) == ("tiny", "set")
    words = text_of(app)
    assert "decision-tree" in words and "Epoch" not in words
    ledger.note_running(job.id, "here, process 1")
    ledger.note_end(job.id, State.DONE)
    (ready,) = app.run().success
    assert "tiny-decision-tree is ready" in ready.value


def test_without_an_installed_network_there_are_no_features(opened):
    assert "No network is installed whose features could be used" in text_of(opened())
