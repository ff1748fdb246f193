"""A bundle goes out as a repository of the Hub takes it, and comes in only as it went out."""

import hashlib
import shutil
import subprocess
import zipfile

import pytest
import yaml
from bundletools import NAMES, rewritten

from xray_core.bundle import find_bundle
from xray_core.bundle.export import export_bundle, export_name, zip_bytes
from xray_core.bundle.import_bundle import incoming
from xray_core.bundle.store import bundle_sha256
from xray_core.errors import BundleError
from xray_core.settings import PROJECT_ROOT


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
    info = find_bundle() if list((PROJECT_ROOT / "models").glob("*/*.keras")) else 0
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
