"""Train says what the audit found before the button that starts a training."""

import time

import pytest
from pagetools import press, text_of

from pages.components import audit_job
from xray_core.datasets.audit import audit
from xray_core.datasets.open import open_dataset


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


def test_films_that_nobody_audited_say_so_and_can_be_audited_here(train):
    app = train()
    assert "Nobody has audited these films yet" in text_of(app)
    assert "Start training" in labels(app)
    app = judged(press(app, "Audit them"))
    (verdict,) = app.error
    assert verdict.value.startswith("**Audit: serious.**")
    assert "- **Conflicting labels**: " in verdict.value
    assert "Start training" in labels(app)
    assert "Nobody has audited" not in text_of(app)


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
    assert app.session_state["dataset-path"] == str(folder)
    assert app.session_state["dataset-tab"] == "Audit"
