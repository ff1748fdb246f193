"""A training puts its bundle in place whole and trusted, and replaces none but its own."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from xray_core.bundle.index import read_index
from xray_core.bundle.store import bundle_sha256
from xray_core.child_process import environment
from xray_core.errors import TrainingError
from xray_core.training.free_name import IMPORT, check_free, origin, written_by
from xray_core.training.new_bundle import new_bundle, put_in_place


@pytest.fixture
def folder(home: Path) -> Path:
    """Where the bundle `mine` goes."""
    return home / "bundles" / "mine"


def train(folder: Path, words: str) -> None:
    """Write a bundle, as a training does at its end."""
    with new_bundle(folder, "classifier", default=False) as new:
        (new / "README.md").write_text(words)


def imported(folder: Path, words: str) -> None:
    """Put a bundle in place, as an import does."""
    new = folder.parent / ".import"
    new.mkdir(parents=True)
    (new / "README.md").write_text(words)
    put_in_place(new, folder, IMPORT)


def words_of(folder: Path) -> str:
    return (folder / "README.md").read_text()


def test_a_command_that_is_given_again_replaces_its_own_bundle(folder: Path) -> None:
    train(folder, "first")
    train(folder, "second")
    assert words_of(folder) == "second"
    assert read_index(folder.parent).bundles == {"mine": bundle_sha256(folder)}
    assert [path.name for path in folder.parent.glob(".*")] == []


def test_a_command_replaces_what_was_trained_before_origins_were_noted(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("of old")
    train(folder, "again")
    assert words_of(folder) == "again"


def test_a_command_replaces_no_import(folder: Path) -> None:
    imported(folder, "from afar")
    with pytest.raises(TrainingError, match="that this training has not written"):
        check_free(folder, "classifier")  # which is asked before the first film is read
    with pytest.raises(TrainingError, match="that this training has not written"):
        train(folder, "mine")
    assert words_of(folder) == "from afar"
    assert read_index(folder.parent).bundles == {"mine": bundle_sha256(folder)}


@pytest.mark.parametrize("put", [imported, train])
def test_a_job_replaces_nothing_that_came_while_it_ran(folder: Path, put: object) -> None:
    assert callable(put)
    with (
        written_by("job"),
        pytest.raises(TrainingError, match="'mine' is an installed model that this training has"),
        new_bundle(folder, "classifier", default=False) as new,
    ):
        (new / "README.md").write_text("of the job")
        with written_by("command"):
            put(folder.with_name("mine-too"), "another's")
            folder.with_name("mine-too").rename(folder)
    assert words_of(folder) == "another's"


def test_a_job_replaces_its_own_bundle_and_no_other_jobs(folder: Path) -> None:
    with written_by("job"):
        train(folder, "first")
        train(folder, "second")
    assert (words_of(folder), origin(folder)) == ("second", "job")
    with written_by("other"), pytest.raises(TrainingError, match="has not written"):
        train(folder, "third")
    (folder / "README.md").write_text("changed by hand")
    assert origin(folder) is None


def test_a_bundle_that_cannot_be_moved_leaves_the_one_before_trusted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(folder, "first")
    rename, before = Path.rename, read_index(folder.parent)

    def stuck(path: Path, target: Path) -> None:
        if path.name == ".mine.partial":
            raise OSError("it cannot be moved")
        rename(path, target)

    monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(OSError, match="cannot be moved"):
        train(folder, "second")
    assert words_of(folder) == "first"
    assert read_index(folder.parent) == before
    assert [path.name for path in folder.parent.glob(".*")] == []


KILLED = """
import os, sys
from pathlib import Path
from xray_core.training.new_bundle import new_bundle
moment, folder = sys.argv[1], Path(sys.argv[2])
done = getattr(Path, moment)
def killed(path, target):
    if moment == "rename":
        done(path, target)
    os.kill(os.getpid(), 9)
setattr(Path, moment, killed)
with new_bundle(folder, "classifier", default=False) as new:
    (new / "README.md").write_text("cut off")
"""


@pytest.mark.parametrize("moment", ["replace", "rename"])
def test_what_is_in_place_after_a_kill_is_trusted(folder: Path, moment: str) -> None:
    """It ends where the index is replaced, or right after the bundle was moved."""
    command = [sys.executable, "-c", KILLED, moment, str(folder)]
    assert subprocess.run(command, env=environment(), check=False).returncode == -signal.SIGKILL
    assert folder.exists() == (moment == "rename")
    if folder.exists():
        assert read_index(folder.parent).bundles == {"mine": bundle_sha256(folder)}
    train(folder, "again")
    assert words_of(folder) == "again"
    assert read_index(folder.parent).bundles == {"mine": bundle_sha256(folder)}
