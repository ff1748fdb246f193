"""Train says what the audit found before the button that starts a training."""

import shutil
import threading
import time
from concurrent.futures import Future

import pytest
from pagetools import press, text_of

from pages.components import audit_job, train_audit
from xray_core.datasets.audit import audit
from xray_core.datasets.open import open_dataset

BEGIN = train_audit._begin


@pytest.fixture(autouse=True)
def audit_by_itself(no_audit_by_itself, monkeypatch):
    """As it is for a user."""
    monkeypatch.setattr(train_audit, "_begin", BEGIN)


@pytest.fixture
def never(monkeypatch):
    """Audits that are begun, in place of running them."""
    begun = []

    class Job(audit_job.AuditJob):
        running = property(lambda self: not self.cancelled)

        def __init__(self, pool, dataset):
            self.step = ("Reading films", 1, 4)
            self.future, self._stop, self._asked = Future(), threading.Event(), {}
            begun.append(self)

    monkeypatch.setattr(audit_job, "AuditJob", Job)
    return begun


@pytest.fixture
def folder(tmp_path, phantom_file):
    """Too few films of two classes, one of them under both."""
    for kind, name in (("normal", "NORMAL"), ("lobar", "BACTERIAL")):
        (tmp_path / "set" / name).mkdir(parents=True)
        for seed in range(13):
            data = phantom_file(kind, seed).read_bytes()
            (tmp_path / "set" / name / f"{name}-p{seed}.png").write_bytes(data)
    twice = tmp_path / "set" / "NORMAL" / "NORMAL-p0.png"
    (tmp_path / "set" / "BACTERIAL" / "BACTERIAL-p99.png").write_bytes(twice.read_bytes())
    return tmp_path / "set"


@pytest.fixture
def train(no_model, open_page, folder):
    """Return `train()`: the page with the films chosen."""

    def run():
        app = open_page("app.py").switch_page("pages/train.py").run()
        app.text_input(key="train-path").set_value(str(folder))
        return app.run()

    return run


def judged(app):
    """Run the page as its polling does, until the verdict is there."""
    for _ in range(600):
        if app.error:
            return app
        assert not app.exception
        time.sleep(0.1)
        app = app.run()
    raise AssertionError(f"no verdict came; the page says: {text_of(app)}")


def labels(app):
    return [button.label for button in app.button]


def test_films_that_nobody_audited_are_audited_by_themselves(train):
    app = judged(train())
    (verdict,) = app.error
    assert verdict.value.startswith("**Audit: serious.** A network may learn something other")
    assert "- **Conflicting labels**: " in verdict.value
    assert "Start training" in labels(app)


def test_who_stops_the_audit_is_told_so_and_may_begin_it_again(train, never):
    app = train()
    assert len(never) == 1 and "Start training" in labels(app)
    app = press(app, "Cancel").run()
    assert not app.exception and len(never) == 1 and not never[0].running
    assert "Nobody has audited these films yet" in text_of(app)
    press(app, "Audit them")
    assert len(never) == 2


def test_the_audit_of_films_that_are_no_longer_chosen_is_stopped(train, never, tmp_path, folder):
    app = train()
    shutil.copytree(folder, tmp_path / "other")
    (tmp_path / "other" / "NORMAL" / "NORMAL-p1.png").unlink()
    app.text_input(key="train-path").set_value(str(tmp_path / "other"))
    app = app.run()
    assert not app.exception
    assert [job.running for job in never] == [False, True]


def test_an_audit_that_fails_can_be_tried_again(train, monkeypatch):
    def broken(dataset, progress):
        raise RuntimeError("a cable was pulled")

    with monkeypatch.context() as broken_survey:
        broken_survey.setattr(audit_job, "survey_films", broken)
        app = train()
        for _ in range(100):
            if "The audit of these films failed" in text_of(app):
                break
            time.sleep(0.05)
            app = app.run()
    assert not app.exception and "The audit of these films failed" in text_of(app)
    assert judged(press(app, "Audit them")).error


def test_an_audit_made_elsewhere_is_shown_and_none_is_run(train, folder, monkeypatch):
    made = audit(open_dataset(folder, labelled=False))
    monkeypatch.setattr(audit_job, "AuditJob", None)
    (verdict,) = train().error
    serious = [f.title for f in made.findings if f.verdict is made.verdict]
    assert [line.split("**")[1] for line in verdict.value.splitlines()[1:]] == serious


def test_the_verdict_leads_to_the_audit_on_datasets(train, folder):
    audit(open_dataset(folder, labelled=False))
    app = press(train(), "See the audit")
    assert not app.exception
    assert "## Datasets" in text_of(app)
    # A page that a script went to is left again by the next run of the test's own.
    app = judged(app.switch_page("pages/datasets.py").run())
    assert app.error[0].value.startswith("**Serious.**")
    assert "Findings" in text_of(app) and "Conflicting labels" in text_of(app)


def test_the_audit_that_is_looked_at_on_datasets_is_not_stopped_for_others(train, folder):
    dataset = open_dataset(folder, labelled=False)
    audit(dataset)
    app = train()
    begun = audit_job._job(str(folder), dataset)  # another session's
    app = press(app, "See the audit")
    assert not app.exception and not begun.cancelled
    assert begun.future.result(60) and audit_job._job(str(folder), None) is begun
