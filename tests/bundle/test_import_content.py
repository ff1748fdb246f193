"""What the files of a bundle say is checked before it comes in."""

import io
import json

import pytest
from bundletools import refusal, rewritten
from trusting import trust

from xray_core.bundle import find_bundle
from xray_core.bundle.export import zip_bytes
from xray_core.bundle.import_bundle import incoming


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
