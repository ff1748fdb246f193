"""A bundle goes out as a repository of the Hub takes it, and comes in only as it went out."""

import hashlib
import io
import json
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from xray_core.bundle import BundleManifest, find_bundle
from xray_core.bundle import import_archive as archive_rules
from xray_core.bundle.export import export_bundle, export_name, zip_bytes
from xray_core.bundle.files import check_sums
from xray_core.bundle.import_archive import unpack
from xray_core.bundle.import_bundle import incoming
from xray_core.bundle.store import bundle_sha256, stores, trust
from xray_core.errors import BundleError
from xray_core.settings import PROJECT_ROOT

NAMES = ["README.md", "bundle.json", "films.csv", "model.keras"]


@pytest.fixture
def exported(tiny_bundle, tmp_path):
    """The zip of `tiny`, which is then taken away, so that it may come in again."""
    path = export_bundle(find_bundle("tiny"), tmp_path / "out" / "tiny.zip")
    shutil.rmtree(tiny_bundle)
    return path


def rewritten(path, change):
    """Return the zip with its members (name → bytes) changed; `None` leaves one out."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)
    buffer.seek(0)
    return buffer


def refusal(source):
    with pytest.raises(BundleError) as caught, incoming(source, "from-afar.zip"):
        pass
    assert not list(stores()[1].glob(".import-*")), "nothing stays"
    return str(caught.value)


def test_what_went_out_comes_in_with_the_same_hash(exported):
    with incoming(exported, "tiny.zip") as found:
        assert (found.name, found.kind) == ("tiny", "classifier")
        assert found.sha256 == bundle_sha256(found.folder)
        assert sorted(found.sizes) == NAMES
        folder = found.folder
    assert not folder.exists()


def test_a_folder_goes_out_and_comes_in_too(tiny_bundle, tmp_path):
    sha256 = bundle_sha256(tiny_bundle)
    out = export_bundle(find_bundle("tiny"), tmp_path / "tiny")
    (out / ".git").mkdir()  # as a clone of the Hub has it
    shutil.rmtree(tiny_bundle)
    with incoming(out, "tiny") as found:
        assert found.sha256 == sha256


def test_the_sums_can_be_checked_by_hand_and_their_hash_is_that_of_the_bundle(
    tiny_bundle, tmp_path
):
    out = export_bundle(find_bundle("tiny"), tmp_path / "tiny")
    sums = (out / "SHA256SUMS").read_bytes()
    assert hashlib.sha256(sums).hexdigest() == bundle_sha256(tiny_bundle)
    if shutil.which("sha256sum"):
        done = subprocess.run(
            ["sha256sum", "--check", "--strict", "SHA256SUMS"],
            cwd=out, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.count(": OK") == len(NAMES)


def test_the_same_bundle_always_gives_the_same_zip(tiny_bundle):
    info = find_bundle("tiny")
    assert zip_bytes(info) == zip_bytes(info)
    assert export_name(info) == f"tiny-{info.sha256[:12]}.zip"


@pytest.mark.parametrize("target", ["tiny.zip", "tiny"])
def test_what_is_said_of_a_model_goes_out_beside_it_and_does_not_come_in(
    tiny_bundle, tmp_path, target
):
    """The hash is that of the model alone, so what nobody vouches for may not come in with it."""
    info = find_bundle("tiny")
    out = export_bundle(info, tmp_path / target, "# Promoted although its gate had failed\n")
    if out.is_dir():
        assert (out / "PROMOTIONS.md").read_text().startswith("# Promoted although")
    else:
        with zipfile.ZipFile(out) as archive:
            assert archive.read("PROMOTIONS.md").startswith(b"# Promoted although")
    shutil.rmtree(tiny_bundle)
    with incoming(out, target) as found:
        assert found.sha256 == info.sha256 and sorted(found.sizes) == NAMES
        assert sorted(p.name for p in found.folder.iterdir()) == NAMES


def test_a_model_whose_gate_was_never_overridden_goes_out_without_a_word(exported):
    with zipfile.ZipFile(exported) as archive:
        assert sorted(archive.namelist()) == sorted([*NAMES, "SHA256SUMS", ".gitattributes"])


def test_the_bundled_model_goes_out_as_the_hub_wants_it(home, tmp_path):
    info = find_bundle("kerley-lite-2") if list((PROJECT_ROOT / "models").glob("*/*.keras")) else 0
    if not info:
        pytest.skip("no bundled model is here")
    out = export_bundle(info, tmp_path / "hub")
    head = yaml.safe_load((out / "README.md").read_text().split("---\n")[1])
    assert head["license"] == "other" and head["license_name"]
    assert head["library_name"] == "keras" and head["pipeline_tag"] == "image-classification"
    large = (out / ".gitattributes").read_text()
    for path in out.iterdir():
        assert path.stat().st_size < 10 * 2**20 or f"*{path.suffix} filter=lfs" in large


def test_a_changed_bundle_does_not_go_out(tiny_bundle, tmp_path):
    info = find_bundle("tiny")
    (tiny_bundle / "README.md").write_text("another card")
    for target in (tmp_path / "out" / "x.zip", tmp_path / "out" / "x"):
        with pytest.raises(BundleError, match="were changed"):
            export_bundle(info, target)
    assert not list((tmp_path / "out").iterdir()), "nothing half-written stays"


def test_an_export_writes_over_nothing(tiny_bundle, tmp_path):
    (tmp_path / "there.zip").write_bytes(b"mine")
    with pytest.raises(BundleError, match="writes over nothing"):
        export_bundle(find_bundle("tiny"), tmp_path / "there.zip")
    assert (tmp_path / "there.zip").read_bytes() == b"mine"


def test_files_in_one_folder_of_the_zip_are_found(exported):
    def nest(members):
        for name in list(members):
            members[f"tiny-main/{name}"] = members.pop(name)
        members["__MACOSX/tiny-main/._README.md"] = b"left behind"

    with incoming(rewritten(exported, nest), "tiny.zip") as found:
        assert found.name == "tiny"


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


def test_a_manifest_that_leads_elsewhere_is_refused(exported):
    def rename(members):
        content = json.loads(members["bundle.json"])
        members["bundle.json"] = json.dumps({**content, "name": "../../evil"}).encode()
        members["SHA256SUMS"] = None

    assert "bundle.json is not valid at 'name'" in refusal(rewritten(exported, rename))


def test_a_list_of_films_without_its_columns_is_refused(exported):
    def spoil(members):
        members["films.csv"] = b"sha256,role\n"
        members["SHA256SUMS"] = None

    assert "films.csv has no column label, patient" in refusal(rewritten(exported, spoil))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{sha},,p,ward,NORMAL", "line 3 of films.csv has 5 values; allowed are 6"),
        ("{sha},,p,ward,NORMAL,train,x", "line 3 of films.csv has 7 values; allowed are 6"),
        ("abc,,p,ward,NORMAL,train", "has the sha256 'abc'; allowed is 64 hexadecimal digits"),
        ("{sha},-1,p,ward,NORMAL,train", "has the phash '-1'; allowed is 16 hexadecimal digits"),
        ("{sha},0123456789abcdef0,p,ward,NORMAL,train", "has the phash '0123456789abcdef0'"),
        ("{sha},,p,ward,NORMAL,seen", "has the role 'seen'; allowed is train, validation"),
    ],
)
def test_a_list_of_films_with_a_malformed_row_is_refused(exported, row, said):
    def spoil(members):
        head = "sha256,phash,patient,source,label,role"
        good = f"{'0' * 64},0123456789abcdef,p,ward,NORMAL,internal_test"
        text = "\n".join([head, good, row.format(sha="1" * 64), ""])
        members["films.csv"] = text.encode()
        members["SHA256SUMS"] = None

    assert said in refusal(rewritten(exported, spoil))


@pytest.mark.parametrize("row", ["", "{sha},,p,ward,NORMAL,train\n", '{sha},,"p,1",w,,train\n\n'])
def test_a_list_of_films_that_is_well_formed_comes_in(exported, row):
    def change(members):
        head = "sha256,phash,patient,source,label,role\n"
        members["films.csv"] = (head + row.format(sha="1" * 64)).encode()
        members["SHA256SUMS"] = None

    with incoming(rewritten(exported, change), "tiny.zip") as found:
        assert found.name == "tiny"


def test_a_name_that_is_taken_is_refused(tiny_bundle):
    zipped = zip_bytes(find_bundle("tiny"))
    assert "is installed already" in refusal(io.BytesIO(zipped))
    (tiny_bundle / "README.md").write_text("another card")
    trust(tiny_bundle)
    assert "another model called 'tiny' is installed" in refusal(io.BytesIO(zipped))


def test_a_model_that_needs_a_segmenter_says_which_one(exported):
    def crop(members):
        content = json.loads(members["bundle.json"])
        content["preprocessing"] |= {
            "crop": "lungs",
            "lungs": {"name": "finder", "sha256": "ab" * 32},
        }
        members["bundle.json"] = json.dumps(content).encode()
        members["SHA256SUMS"] = None

    assert "'finder' (SHA-256 abababababab…) finds" in refusal(rewritten(exported, crop))
