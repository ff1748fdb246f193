"""A project's films, a training that only notes what it was given, and models that it left."""

import shutil
from dataclasses import asdict

import pytest
from epoch import RECORD

from xray_core.bundle import BundleManifest
from xray_core.bundle.store import bundle_sha256
from xray_core.cli import audit_note, run_choice
from xray_core.cli.model_name import command_of
from xray_core.training.free_name import note_origin


@pytest.fixture
def films_of_the_project(home, monkeypatch):
    """The films of the bundled configurations are not read, whether they are here or not."""
    real = audit_note.tell_audit

    def tell(paths):
        if not any("shared" in path.parts for path in paths):
            real(paths)

    monkeypatch.setattr(run_choice, "tell_audit", tell)


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """The configurations that `train` was given, in place of a training."""
    given = []

    def run(config, **_):
        given.append(config)
        return tmp_path / config.name

    monkeypatch.setattr("xray_core.training.run.train", run)
    return given


@pytest.fixture
def films(tmp_path, phantom_file):
    """Thirty films of two classes."""
    for kind, name in (("normal", "NORMAL"), ("lobar", "BACTERIAL")):
        (tmp_path / "films" / name).mkdir(parents=True)
        for seed in range(15):
            shutil.copy(phantom_file(kind, seed, 64), tmp_path / "films" / name / f"p{seed}.png")
    return tmp_path / "films"


@pytest.fixture
def install(home, tiny_store):
    """Return `install(config)`: leave a model behind, as if a command had trained it so.

    With `by` it is that of somebody else, or with None one of before such notes.
    """

    def write(config, *by):
        manifest = BundleManifest.read(tiny_store / "tiny")
        folder = home / "bundles" / config.name
        folder.mkdir(parents=True)
        training = config.portable() | {"history": [asdict(RECORD)]}
        manifest.model_copy(update={"name": config.name, "training": training}).write(folder)
        who = by[0] if by else command_of(config)
        if who is not None:
            note_origin(config.name, bundle_sha256(folder), who)

    return write
