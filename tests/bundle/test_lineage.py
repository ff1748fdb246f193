"""What a bundle says it was made from."""

import json

from trusting import trust

from xray_core.bundle import find_bundle
from xray_core.bundle.lineage import lineage_of


def test_films_and_patients_are_counted_by_data_set_and_role(tiny_bundle):
    (tiny_bundle / "films.csv").write_text(
        "sha256,phash,patient,source,label,role\n"
        "a,,p1,ward,NORMAL,train\n"
        "b,,p1,ward,VIRAL,train\n"
        "c,,p2,ward,NORMAL,validation\n"
        "d,,p3,clinic,NORMAL,internal_test\n"
    )
    path = tiny_bundle / "bundle.json"
    training = {"start": "kerley-lite-2", "seed": 3, "manifest": "patients.csv", "history": [1]}
    path.write_text(json.dumps({**json.loads(path.read_text()), "training": training}))
    trust(tiny_bundle)
    found = lineage_of(find_bundle("tiny"))
    assert found.films["ward", "train"] == 2 and found.patients["ward", "train"] == 1
    assert found.sources == ("clinic", "ward")
    assert found.fitted == 3, "the internal test chose nothing"
    assert (found.start, found.seed, found.manifest) == ("kerley-lite-2", 3, "patients.csv")
    assert "history" not in found.config


def test_a_row_that_was_cut_short_counts_as_far_as_it_goes(tiny_bundle):
    (tiny_bundle / "films.csv").write_text(
        "sha256,phash,patient,source,label,role\na,,p1,ward,NORMAL,train\nb,,p2\n"
    )
    trust(tiny_bundle)
    found = lineage_of(find_bundle("tiny"))
    assert found.films == {("", ""): 1, ("ward", "train"): 1}
    assert found.sources == ("", "ward") and found.fitted == 1


def test_what_a_model_was_made_from_is_named_with_its_hash(tiny_bundle):
    path = tiny_bundle / "bundle.json"
    training = {
        "start": "kerley-lite-2",
        "start_sha256": "ab" * 32,
        "teacher": "elder",
        "teacher_sha256": "01" * 32,
        "average": [{"model": "one", "sha256": "cd" * 32, "share": 0.5}],
        "features": {"model": "two", "sha256": "ef" * 32, "layer": "top"},
    }
    path.write_text(json.dumps({**json.loads(path.read_text()), "training": training}))
    trust(tiny_bundle)
    assert lineage_of(find_bundle("tiny")).parents == (
        ("kerley-lite-2", "ab" * 32), ("elder", "01" * 32), ("one", "cd" * 32), ("two", "ef" * 32),
    )  # fmt: skip


def test_a_bundle_that_says_nothing_has_no_lineage(tiny_bundle):
    (tiny_bundle / "films.csv").write_bytes(b"\xff\xfe not a table")
    trust(tiny_bundle)
    found = lineage_of(find_bundle("tiny"))
    assert (found.films, found.fitted, found.start, found.seed) == ({}, 0, "", None)
    assert found.parents == ()
