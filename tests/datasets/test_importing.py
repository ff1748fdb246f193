"""An uploaded archive becomes a folder, and nothing of it leaves that folder."""

import io
import tarfile
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from xray_core.datasets import archive_limits, importing
from xray_core.datasets.importing import import_archive, imported_sets
from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError
from xray_core.settings import settings


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    stream.seek(0)
    return stream


def tarred(members, mode="w:gz"):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    stream.seek(0)
    return stream


def everything(home):
    """Everything below a folder."""
    return sorted(str(path.relative_to(home)) for path in home.rglob("*"))


@pytest.mark.parametrize(("name", "pack"), [("my films.zip", zipped), ("my films.tar.gz", tarred)])
def test_an_archive_is_unpacked_without_its_junk(home, film, name, pack):
    members = {f"set/{c}/{i}.png": film(i) for i, c in enumerate(["NORMAL", "VIRAL"])}
    junk = {"set/.DS_Store": b"x", "__MACOSX/set/NORMAL/._0.png": b"x", "set/run.sh": b"rm -r /"}
    seen = []
    path = import_archive(pack(members | junk), name, lambda *step: seen.append(step))
    assert path == home / "datasets" / "my-films"
    assert sorted(p.name for p in path.rglob("*") if p.is_file()) == ["0.png", "1.png"]
    assert open_dataset(path).table["label"].tolist() == ["NORMAL", "VIRAL"]
    assert seen[-1] == (2, 2)
    assert imported_sets() == [path]


def test_a_name_that_is_taken_gets_a_number(home, film):
    paths = [import_archive(zipped({"NORMAL/a.png": film(i)}), "set.zip") for i in range(3)]
    assert [path.name for path in paths] == ["set", "set-2", "set-3"]
    assert (paths[0] / "NORMAL/a.png").read_bytes() == film(0)


def test_an_array_file_is_kept_as_it_is(home):
    stream = io.BytesIO()
    images = np.random.default_rng(0).integers(0, 255, (4, 64, 64)).astype(np.uint8)
    np.savez(stream, train_images=images, train_labels=np.arange(4) % 2)
    stream.seek(0)
    path = import_archive(stream, "mine.npz")
    assert path == home / "datasets" / "mine.npz"
    assert len(open_dataset(path)) == 4


@pytest.mark.parametrize("name", ["肺炎.npz", ".npz", "-.NPZ"])
def test_an_array_file_stays_one_whatever_its_name(home, name):
    stream = io.BytesIO()
    images = np.random.default_rng(0).integers(0, 255, (4, 64, 64)).astype(np.uint8)
    np.savez(stream, train_images=images, train_labels=np.arange(4) % 2)
    stream.seek(0)
    path = import_archive(stream, name)
    assert path == home / "datasets" / "films.npz"
    assert len(open_dataset(path)) == 4


@pytest.mark.parametrize(
    ("name", "pack", "folder"),
    [
        ("肺炎.zip", zipped, "films"),
        ("肺炎.tar.gz", tarred, "films"),
        ("肺炎.tgz", tarred, "films"),
        ("肺炎-2018.ZIP", zipped, "2018"),
        ("肺炎", zipped, "films"),
    ],
)
def test_the_ending_of_an_archive_never_names_its_set(home, film, name, pack, folder):
    assert import_archive(pack({"NORMAL/a.png": film(0)}), name) == home / "datasets" / folder


def test_a_label_map_comes_along(home, film):
    members = {"0/a.png": film(0), "1/b.png": film(1), "labels.json": b'["NORMAL", "VIRAL"]'}
    path = import_archive(zipped(members), "numbered.zip")
    assert open_dataset(path).table["label"].tolist() == ["NORMAL", "VIRAL"]


@pytest.mark.parametrize(
    "evil",
    [
        "../outside.png",
        "/tmp/outside.png",
        "NORMAL/../../outside.png",
        "C:/outside.png",
        "a\\b.png",
    ],
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_no_member_leaves_the_folder(home, film, pack, evil):
    with pytest.raises(DatasetError, match=r"unsafe name"):
        import_archive(pack({"NORMAL/a.png": film(0), evil: film(1)}), "evil.zip")
    assert imported_sets() == []
    assert not [path for path in everything(home.parent) if path.endswith(".png")]


def test_a_link_is_refused(home, film):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        link = tarfile.TarInfo("NORMAL/a.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    stream.seek(0)
    with pytest.raises(DatasetError, match="a link, device or sparse file"):
        import_archive(stream, "links.tar")


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [("MAX_MEMBERS", 1, "over 1 files"), ("MAX_BYTES", 2000, "at most so much")],
)
def test_limits_hold(home, film, monkeypatch, limit, value, words):
    monkeypatch.setattr(archive_limits, limit, value)
    with pytest.raises(DatasetError, match=words):
        import_archive(zipped({f"NORMAL/{i}.png": film(i) for i in range(3)}), "many.zip")
    assert everything(home / "datasets") == []


def test_a_bomb_is_refused_before_it_is_unpacked(home):
    with pytest.raises(DatasetError, match="over 100 times its size"):
        import_archive(zipped({"NORMAL/zeros.png": bytes(40 * 2**20)}), "bomb.zip")


def test_a_film_over_the_limit_of_a_film_is_refused(home, film, monkeypatch):
    monkeypatch.setenv("XRAY_MAX_FILE_BYTES", "100")
    settings.cache_clear()
    with pytest.raises(DatasetError, match="allowed are 100 for one film"):
        import_archive(zipped({"NORMAL/a.png": film(0)}), "large.zip")
    assert imported_sets() == []


def test_two_names_that_cannot_both_be_files_are_one_sentence(home, film):
    members = {"NORMAL/a.png": film(0), "NORMAL/a.png/b.png": film(1)}
    with pytest.raises(DatasetError, match=r"^odd\.zip cannot be imported"):
        import_archive(zipped(members), "odd.zip")
    assert everything(home / "datasets") == []


@pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04 cut short"])
def test_what_is_no_archive_is_one_sentence(home, content):
    with pytest.raises(DatasetError, match="allowed"):
        import_archive(io.BytesIO(content), "film.zip")
    assert imported_sets() == []


def test_an_archive_without_films_is_refused(home):
    with pytest.raises(DatasetError, match="holds no films"):
        import_archive(zipped({"readme.txt": b"hello"}), "empty.zip")


def test_what_progress_raises_leaves_nothing(home, film):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_archive(zipped({"NORMAL/a.png": film(0)}), "set.zip", stop)
    assert everything(home / "datasets") == []


@hypothesis_settings(deadline=None, max_examples=50)
@given(st.text(max_size=80))
def test_any_name_is_made_one_that_is_safe(name):
    safe = importing._safe(name)
    assert safe and len(safe) <= 60 and not safe.startswith((".", "-"))
    assert set(safe) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


@hypothesis_settings(deadline=None, max_examples=50)
@given(
    st.one_of(st.text(max_size=80), st.text("肺炎.-", max_size=80)),
    st.sampled_from([".zip", ".npz", ".tar", ".tar.gz", ".tgz", ".ZIP", ".Npz"]),
)
def test_the_kind_of_an_archive_survives_any_name(name, ending):
    safe = importing._safe_archive(name + ending)
    assert safe.endswith(ending.lower())
    stem = safe.removesuffix(ending.lower())
    assert stem and not stem.startswith((".", "-")) and len(stem) <= 60 + len(".tar")
    assert importing._safe(stem) == stem
