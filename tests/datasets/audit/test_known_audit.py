"""An audit that was made is found again by the films, and by nothing else."""

import pytest
from audit_films import encoded, picture

from xray_core.datasets.audit import audit, known_audit
from xray_core.datasets.open import open_dataset
from xray_core.settings import settings


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


def test_a_film_that_is_too_large_to_be_read_does_not_hide_the_audit(folder, monkeypatch):
    with (folder / "NORMAL" / "huge.png").open("wb") as file:
        file.truncate(3 * 2**20)
    monkeypatch.setenv("XRAY_MAX_FILE_BYTES", "1MiB")
    settings.cache_clear()
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


@pytest.mark.parametrize("sides", [(64, 32), (32, 64)])
def test_under_another_limit_films_are_measured_and_judged_again(
    home, write_set, monkeypatch, sides
):
    folder = write_set({f"NORMAL/n{i}.png": encoded(picture(i, side=48)) for i in range(3)})
    for least in sides:
        monkeypatch.setenv("XRAY_MIN_SIDE", str(least))
        settings.cache_clear()
        assert known_audit(open_dataset(folder)) is None
        made = audit(open_dataset(folder))
        finding = next(one for one in made.findings if one.check == "unsuitable")
        assert finding.sentence.startswith("None" if least == 32 else "All 3 files are no chest")
        assert known_audit(open_dataset(folder)) == made
