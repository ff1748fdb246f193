"""An audit that was made is found again by the films, and by nothing else."""

import pytest

from xray_core.datasets.audit import audit, known_audit
from xray_core.datasets.open import open_dataset


@pytest.fixture
def folder(home, write_set, phantom_file):
    """Six films, and a file that is called one and cannot be read."""
    files = {
        f"{name}/{name}-p{seed}.png": phantom_file(kind, seed).read_bytes()
        for kind, name in (("normal", "NORMAL"), ("lobar", "BACTERIAL"))
        for seed in range(3)
    }
    return write_set(files | {"NORMAL/broken.png": b"not a picture"})


def test_what_nobody_audited_is_not_known(folder):
    assert known_audit(open_dataset(folder)) is None


def test_an_audit_is_found_by_the_content_of_the_films(folder):
    made = audit(open_dataset(folder, labelled=False, hashed=False))
    assert known_audit(open_dataset(folder)) == made


@pytest.mark.parametrize("change", ["another film", "another label", "another file"])
def test_other_films_or_labels_are_not_audited_yet(folder, phantom_file, change):
    audit(open_dataset(folder))
    if change == "another film":
        data = phantom_file("normal", 9).read_bytes()
        (folder / "NORMAL" / "NORMAL-p9.png").write_bytes(data)
    elif change == "another label":
        (folder / "NORMAL" / "NORMAL-p0.png").rename(folder / "BACTERIAL" / "NORMAL-p0.png")
    else:
        (folder / "notes.txt").write_text("passed over")
    assert known_audit(open_dataset(folder)) is None


def test_a_damaged_cache_knows_nothing(folder, home):
    audit(open_dataset(folder))
    (home / "cache" / "audit.sqlite").write_bytes(b"no data base" * 1000)
    assert known_audit(open_dataset(folder)) is None
