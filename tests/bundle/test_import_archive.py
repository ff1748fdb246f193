"""A zip that was changed, cut short or made to do harm is refused before anything comes in."""

import io
import shutil
import stat
import zipfile
from pathlib import Path

import pytest
from bundletools import NAMES, refusal, rewritten
from hypothesis import given, settings
from hypothesis import strategies as st
from trusting import trust

from xray_core.bundle import BundleManifest, find_bundle
from xray_core.bundle import import_archive as archive_rules
from xray_core.bundle.export import export_bundle, zip_bytes
from xray_core.bundle.files import check_sums
from xray_core.bundle.import_archive import unpack
from xray_core.bundle.store import bundle_sha256
from xray_core.errors import BundleError


@pytest.mark.parametrize(
    "name",
    ["../out.txt", "/etc/out.txt", "a/../../out.txt", "C:/out.txt", "..\\out.txt", "tab\tname"],
)
def test_no_path_leads_out_of_the_folder(exported, name):
    said = refusal(rewritten(exported, lambda members: members.update({name: b"x"})))
    assert "unsafe name" in said


@pytest.mark.parametrize("name", ["run.py", "weights.pkl", "model.h5", "sub/README.md"])
def test_what_no_bundle_has_is_refused(exported, name):
    said = refusal(rewritten(exported, lambda members: members.update({name: b"x"})))
    assert f"it holds {name!r}; allowed in a bundle are README.md" in said


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_missing_is_named(exported, name):
    def drop(members):
        members[name] = None
        members["SHA256SUMS"] = None

    assert f"{name} is missing" in refusal(rewritten(exported, drop))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_was_changed_on_the_way_is_noticed(exported, name):
    def change(members):
        members[name] += b" "

    said = refusal(rewritten(exported, change))
    assert f"{name} has SHA-256" in said and "damaged or changed on the way" in said


def test_sums_of_other_files_are_no_sums(tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    with pytest.raises(BundleError, match="does not list the files"):
        check_sums("x", "", {"a": tmp_path / "a"})


def test_a_bomb_is_refused_before_it_is_unpacked(exported, monkeypatch):
    monkeypatch.setattr(archive_rules, "_SLACK", 0)
    said = refusal(rewritten(exported, lambda m: m.update({"films.csv": b"0" * 10**6})))
    assert "films.csv is over 50 times its size in the zip" in said


def test_a_file_that_is_too_large_is_refused(exported, monkeypatch):
    monkeypatch.setitem(archive_rules.LIMITS, "README.md", 10)
    assert "README.md has" in refusal(exported)


def test_more_than_a_bundle_may_unpack_to_is_refused(exported, monkeypatch):
    monkeypatch.setattr(archive_rules, "MAX_BYTES", 100)
    assert "it unpacks to over" in refusal(exported)


def test_too_many_files_are_refused(exported):
    many = {f"f{i}": b"" for i in range(archive_rules.MAX_MEMBERS)}
    assert "files; allowed are 64" in refusal(rewritten(exported, lambda m: m.update(many)))


def test_a_link_is_refused(exported):
    buffer = rewritten(exported, lambda members: members.update({"films.csv": None}))
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo("films.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    buffer.seek(0)
    assert "the link 'films.csv'" in refusal(buffer)


def test_a_folder_around_the_folder_is_looked_into(tiny_bundle, tmp_path):
    shutil.copytree(tiny_bundle, tmp_path / "outer" / "tiny")
    (tmp_path / "into").mkdir()
    files = unpack(tmp_path / "outer", "outer", tmp_path / "into")
    assert "bundle.json" in files and all(path.is_file() for path in files.values())


def test_a_link_in_a_folder_is_refused(tiny_bundle, tmp_path):
    out = export_bundle(find_bundle("tiny"), tmp_path / "tiny")
    (out / "films.csv").unlink()
    (out / "films.csv").symlink_to("/etc/hostname")
    shutil.rmtree(tiny_bundle)
    assert "films.csv is no plain file" in refusal(out)


def test_a_name_that_is_there_twice_is_refused(exported):
    buffer = rewritten(exported, lambda members: None)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("README.md", b"another")
    buffer.seek(0)
    assert "twice" in refusal(buffer)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all" * 100])
def test_what_is_no_zip_is_one_sentence(home, content):
    assert "cannot be read as a model" in refusal(io.BytesIO(content))


def test_a_zip_that_was_cut_short_is_refused(exported):
    assert "cannot be read" in refusal(io.BytesIO(exported.read_bytes()[:-200]))


@settings(deadline=None)
@given(st.data())
def test_whatever_byte_is_changed_nothing_else_comes_in(tmp_path_factory, whole, data):
    """Of a zip with one byte changed: either it is refused, or every file is as it was."""
    content, sha256 = whole
    at = data.draw(st.integers(0, len(content) - 1))
    to = data.draw(st.integers(0, 255))
    changed = content[:at] + bytes([to]) + content[at + 1 :]
    into = tmp_path_factory.mktemp("into")
    try:
        files = unpack(io.BytesIO(changed), "x.zip", into)
        sums = files.pop("SHA256SUMS")
        check_sums("x.zip", sums.read_text("utf-8", "replace"), files)
    except (BundleError, KeyError):
        return
    sums.unlink()
    assert bundle_sha256(into) == sha256


@pytest.fixture(scope="module")
def whole(tiny_store):
    """A small zip that looks like a bundle's, and the hash of its bundle."""
    folder = Path(tiny_store.parent) / "small" / "tiny"
    shutil.copytree(tiny_store / "tiny", folder)
    (folder / "model.keras").write_bytes(b"weights" * 20)
    trust(folder)
    from xray_core.bundle import BundleInfo

    manifest = BundleManifest.read(folder)
    info = BundleInfo("tiny", "classifier", folder, bundle_sha256(folder), manifest, False)
    return zip_bytes(info), info.sha256
