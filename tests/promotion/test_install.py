"""A bundle from afar is tried in a process of its own and trusted once its hash is confirmed."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import keras
import psutil
import pytest
from trusting import trust

from xray_core.bundle import find_bundle, list_bundles
from xray_core.bundle.export import zip_bytes
from xray_core.bundle.index import INDEX
from xray_core.bundle.store import stores
from xray_core.child_process import environment
from xray_core.errors import BundleError, TrainingError
from xray_core.promotion import trial
from xray_core.promotion.install import inspect, install
from xray_core.settings import settings
from xray_core.training.free_name import check_free
from xray_core.training.lock import exclusive


@pytest.fixture
def from_afar(tiny_bundle):
    """The zip of `another`, and its hash; it is not installed here."""
    folder = tiny_bundle.parent / "another"
    shutil.copytree(tiny_bundle, folder)
    path = folder / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "name": "another"}))
    index = tiny_bundle.parent / INDEX
    before = index.read_bytes()
    trust(folder)
    info = find_bundle("another")
    zipped = zip_bytes(info)
    shutil.rmtree(folder)
    index.write_bytes(before)
    return zipped, info.sha256


@pytest.fixture
def no_trial(monkeypatch):
    """Leave out the process, which takes seconds."""
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)


def test_it_is_tried_and_installed_and_the_champion_stays(from_afar):
    zipped, sha256 = from_afar
    info = install(io.BytesIO(zipped), "another.zip", f" {sha256[:32].upper()}\n{sha256[32:]}")
    assert (info.name, info.sha256, info.champion) == ("another", sha256, False)
    assert info.path == stores()[1] / "another"
    assert find_bundle().name == "tiny"


def test_looking_at_it_leaves_nothing(from_afar, no_trial):
    zipped, sha256 = from_afar
    found = inspect(io.BytesIO(zipped), "another.zip")
    assert (found.name, found.sha256) == ("another", sha256)
    assert [info.name for info in list_bundles()] == ["tiny"]
    assert sorted(p.name for p in stores()[1].iterdir()) == ["index.json", "tiny"]


@pytest.mark.parametrize("confirmed", ["", "0" * 64, "yes"])
def test_without_the_right_hash_it_is_not_trusted(from_afar, no_trial, confirmed):
    zipped, sha256 = from_afar
    with pytest.raises(BundleError, match=f"its SHA-256 is {sha256}, not"):
        install(io.BytesIO(zipped), "another.zip", confirmed)
    assert [info.name for info in list_bundles()] == ["tiny"]


@pytest.mark.parametrize("begins", ["before", "while it is tried"])
def test_the_name_of_a_training_that_goes_on_is_refused(from_afar, monkeypatch, begins):
    """The training would find its place taken at its end."""
    zipped, sha256 = from_afar
    with contextlib.ExitStack() as training:

        def begin(*_):
            training.enter_context(exclusive(settings().home / "runs" / "another"))

        def never(*_):
            raise AssertionError("it was tried")

        if begins == "before":
            begin()
        tried = never if begins == "before" else begin
        monkeypatch.setattr("xray_core.promotion.install.try_bundle", tried)
        words = "'another' is the name of a model that is being trained here; allowed is a name"
        with pytest.raises(BundleError, match=words):
            install(io.BytesIO(zipped), "another.zip", sha256)
        with pytest.raises(BundleError, match=words):
            inspect(io.BytesIO(zipped), "another.zip")
    assert not (stores()[1] / "another").exists()
    monkeypatch.setattr("xray_core.promotion.install.try_bundle", lambda *_: None)
    assert install(io.BytesIO(zipped), "another.zip", sha256).name == "another"


def test_no_training_replaces_it(from_afar, no_trial):
    zipped, sha256 = from_afar
    folder = install(io.BytesIO(zipped), "another.zip", sha256).path
    with pytest.raises(TrainingError, match="'another' is an installed model that this training"):
        check_free(folder, "classifier")


KILLED = """
import os, sys
from pathlib import Path
from xray_core.promotion import install
moment, source, sha256 = sys.argv[1:]
done = getattr(Path, moment)
def killed(path, target):
    if moment == "rename":
        done(path, target)
    os.kill(os.getpid(), 9)
setattr(Path, moment, killed)
install.try_bundle = lambda *_: None
install.install(Path(source), "another.zip", sha256)
"""


@pytest.mark.parametrize("moment", ["replace", "rename"])
def test_an_import_that_is_killed_leaves_a_trusted_model_or_a_free_name(
    from_afar, no_trial, tmp_path, moment
):
    """It ends where the index is replaced, or right after the bundle was moved."""
    zipped, sha256 = from_afar
    source = tmp_path / "another.zip"
    source.write_bytes(zipped)
    command = [sys.executable, "-c", KILLED, moment, str(source), sha256]
    assert subprocess.run(command, env=environment(), check=False).returncode == -signal.SIGKILL
    if moment == "replace":
        install(source, "another.zip", sha256)
    assert find_bundle("another").sha256 == sha256


def test_a_layer_that_is_code_is_refused(tiny_bundle, tmp_path, capsys):
    """Through the process's own `main`, in this process."""
    folder = tmp_path / "bundle"
    shutil.copytree(tiny_bundle, folder)
    film = keras.layers.Input((32, 32, 1))
    x = keras.layers.Lambda(lambda x: x * 2)(film)
    keras.Model(film, keras.layers.Dense(4)(keras.layers.Flatten()(x))).save(folder / "model.keras")
    assert trial.main(folder) == trial.REFUSED
    assert "'Lambda'; only Keras' own layers" in capsys.readouterr().out


def test_operations_beyond_a_networks_own_are_refused(tiny_bundle, tmp_path, capsys):
    folder = tmp_path / "bundle"
    shutil.copytree(tiny_bundle, folder)
    (folder / "model.tflite").write_bytes(b"TFL3 no network")
    assert trial.main(folder) == trial.REFUSED
    assert "model.tflite: the network cannot be loaded" in capsys.readouterr().out


def test_weights_that_do_not_fit_the_manifest_are_refused(tiny_bundle, tmp_path, capsys):
    folder = tmp_path / "bundle"
    shutil.copytree(tiny_bundle, folder)
    path = folder / "bundle.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "input": {"size": 64, "channels": 1}}))
    assert trial.main(folder) == trial.REFUSED
    assert "not what its bundle.json says" in capsys.readouterr().out


def test_what_crashes_takes_only_its_own_process(tmp_path, monkeypatch):
    monkeypatch.setattr(trial, "COMMAND", ("python3", "-c", "import os; os.abort()"))
    with pytest.raises(BundleError, match=r"x\.zip: the weights crashed the process"):
        trial.try_bundle(tmp_path, "x.zip")


def test_what_never_ends_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(trial, "COMMAND", ("python3", "-c", "import time; time.sleep(600)"))
    monkeypatch.setattr(trial, "SECONDS", 0.5)
    with pytest.raises(BundleError, match=r"x\.zip: loading it took over 0\.5 seconds"):
        trial.try_bundle(tmp_path, "x.zip")


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes")
def test_what_never_ends_ends_with_who_tried_it(tmp_path):
    endless = tmp_path / "bundle.json"
    os.mkfifo(endless)
    code = (
        "import sys; from pathlib import Path; from xray_core.promotion.trial import try_bundle; "
        "try_bundle(Path(sys.argv[1]), 'x.zip')"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=environment())
    try:
        end = _held_open(endless)
        (trying,) = psutil.Process(parent.pid).children()
    finally:
        parent.kill()
        parent.wait()
    try:
        trying.wait(30)
    finally:
        os.close(end)  # which would end the reading


def _held_open(endless):
    """Return the end of a pipe into which nothing is written, as soon as somebody reads it."""
    for _ in range(600):
        with contextlib.suppress(OSError):  # nobody does so yet
            return os.open(endless, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.1)
    raise AssertionError("nobody reads it")


def test_what_hangs_and_holds_the_interpreter_ends_by_itself():
    code = (
        "import re; from xray_core.promotion import trial; "
        "trial.SECONDS = trial.GRACE_SECONDS = 0.5; trial.end_by_itself(); "
        "re.match('(a+)+$', 'a' * 99 + 'b')"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    with child:
        try:
            assert child.wait(120) == 1
        finally:
            child.kill()


def test_a_bundle_from_afar_that_was_changed_is_refused_before_it_is_tried(from_afar, monkeypatch):
    def never(*_):
        raise AssertionError("it was tried")

    monkeypatch.setattr("xray_core.promotion.install.try_bundle", never)
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(from_afar[0])) as old,
        zipfile.ZipFile(buffer, "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name == "model.keras" else b""))
    buffer.seek(0)
    with pytest.raises(BundleError, match="damaged or changed on the way"):
        inspect(buffer, "another.zip")
